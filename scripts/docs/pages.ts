import { renderCliReference } from '@berth/cli/reference';
import { renderComposeKeys } from '@berth/compose/keys';
import { renderOpenapi } from '@berth/contract/openapi';
import { renderErrors } from './errors.ts';
import { machines, renderStates } from './states.ts';

/** Every generated page of `docs/`, by its path from the root. */
export async function renderPages(): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>();
  for (const [name, machine] of Object.entries(machines))
    pages.set(`docs/states/${name}.md`, renderStates(machine));
  pages.set('docs/errors.md', renderErrors());
  pages.set('docs/cli.md', await renderCliReference());
  pages.set('docs/compose-keys.md', renderComposeKeys());
  pages.set('docs/openapi.json', `${JSON.stringify(renderOpenapi(), null, 2)}\n`);
  return pages;
}
