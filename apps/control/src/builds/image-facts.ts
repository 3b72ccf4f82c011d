import { label } from '@berth/domain/label';
import { looksSecret } from '@berth/domain/secret-name';
import type { ImageHistory, ImageInspect } from '@berth/engine/types';
import type { Secret } from '@berth/runtime/secret';
import { formatBytes } from '@berth/source/walk';

/** TCP ports of `EXPOSE`, lowest first. */
export function listPorts(image: ImageInspect): readonly number[] {
  return Object.keys(image.Config.ExposedPorts ?? {})
    .flatMap((key) => /^(\d+)(?:\/tcp)?$/.exec(key)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Those Berth's own builds give an image; a task has others of their names in any case. */
const buildLabels: readonly string[] = [label.platform, label.app, label.service];

/** Labels a task would inherit from its image, and Berth would take for its own word. */
export const findForgedLabels = (image: ImageInspect): readonly string[] =>
  Object.keys(image.Config.Labels ?? {}).filter(
    (key) => Object.values<string>(label).includes(key) && !buildLabels.includes(key),
  );

/** Where several ports are exposed, the one that usually speaks HTTP to the world. */
const usualPorts = [8080, 80, 3000, 8000, 5000];

export function pickPort(ports: readonly number[]): number | undefined {
  return usualPorts.find((port) => ports.includes(port)) ?? ports[0];
}

/** Larger images are told of: each node fetches them whole before the first task starts. */
const bytesUsual = 1024 ** 3;

/**
 * Whether `docker commit` made it, of a container somebody changed by hand: builders leave the step that was
 * last there, `docker commit` the command that ran. Newer builders and engines leave nothing.
 */
export function isCommitted({ image, history }: ImageFacts): boolean {
  const command = image.ContainerConfig?.Cmd ?? [];
  const top = history[0];
  if (command.length === 0 || top === undefined || /buildkit/.test(top.Comment)) return false;
  const isStep = (words: string): boolean => /^(\|\d+ |\/\S+ (.* )?-\S*c )/s.test(words);
  return !isStep(`${command.join(' ')} `) && !isStep(top.CreatedBy);
}

export interface ImageFacts {
  readonly image: ImageInspect;
  readonly history: readonly ImageHistory[];
}

/**
 * What a person should know about an image before it runs. Names only: a value is never repeated.
 */
export function listWarnings(
  { image, history }: ImageFacts,
  options: {
    args?: Readonly<Record<string, string>>;
    variables?: Readonly<Record<string, Secret>>;
    assumedPort?: number | undefined;
  } = {},
): readonly string[] {
  const warnings: string[] = [];
  const { User: user } = image.Config;
  if (/^(0|root)?(:(0|root))?$/.test(user))
    warnings.push('The image runs as root. Give it a user of its own: USER in the Dockerfile.');

  if (isCommitted({ image, history }))
    warnings.push(
      'The image was made by `docker commit`, out of a container that was changed by hand: nobody can read how it came to be, or make it again. Build it from a Dockerfile.',
    );
  if (image.Size > bytesUsual)
    warnings.push(
      `The image has ${formatBytes(image.Size)}, and each node fetches them before the first task starts; \`berth releases N --layers\` says what is in it. A smaller base, or a second stage, makes it lighter.`,
    );

  const env = (image.Config.Env ?? []).filter(
    (line) => looksSecret(line.split('=')[0] ?? '') && !line.endsWith('='),
  );
  for (const line of env)
    warnings.push(
      `The image holds ${line.split('=')[0]} in its environment, for all who can pull it. Set it with \`berth env set\` instead of ENV.`,
    );
  for (const name of Object.keys(options.args ?? {}).filter(looksSecret))
    warnings.push(
      `The build argument ${name} can be read in the image's history. Build arguments are no place for secrets.`,
    );
  for (const name of findLeaks({ image, history }, options.variables ?? {}))
    warnings.push(
      `The value of the variable ${name} is written into the image. Take it out of the source and change it.`,
    );

  const ports = listPorts(image);
  const assumed = options.assumedPort;
  if (assumed !== undefined && ports.length === 0)
    warnings.push(
      `The image does not say which port it listens on; ${assumed} is assumed, and told to it in PORT. EXPOSE says so.`,
    );
  if (assumed !== undefined && ports.length > 0 && !ports.includes(assumed))
    warnings.push(`The image exposes port ${ports.join(', ')}, but traffic goes to ${assumed}.`);
  return warnings;
}

/** Whether finding this value in an image means something: `production` is in many, and no secret. */
function isTelling(name: string, value: string): boolean {
  if (looksSecret(name)) return value.length >= 8;
  return value.length >= 16 && /\d/.test(value) && /[A-Za-z]/.test(value);
}

/** Names of variables whose values can be read in the image's history or configuration. */
export function findLeaks(
  { image, history }: ImageFacts,
  variables: Readonly<Record<string, Secret>>,
): readonly string[] {
  const text = [
    ...history.map((layer) => `${layer.CreatedBy}\n${layer.Comment}`),
    JSON.stringify(image.Config),
  ].join('\n');
  return Object.entries(variables).flatMap(([name, secret]) => {
    const value = secret.reveal();
    return isTelling(name, value) && text.includes(value) ? [name] : [];
  });
}
