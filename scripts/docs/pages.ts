import { machines, renderStates } from './states.ts';

/** Every generated page of `docs/`, by its path from the root. */
export async function renderPages(): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>();
  for (const [name, machine] of Object.entries(machines))
    pages.set(`docs/states/${name}.md`, renderStates(machine));
  return pages;
}
