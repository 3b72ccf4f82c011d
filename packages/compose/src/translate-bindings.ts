import type { AppLink } from '@berth/domain/release';
import type { ComposeModel } from './compose-model.ts';
import type { Fault, Path } from './issue.ts';
import { nearest } from './schema.ts';
import type { Networks } from './translate-networks.ts';
import { httpPorts, isOnHost } from './translate-routes.ts';
import type { AppExtension, BindingExtension, ServiceExtension } from './x-berth.ts';

/** What people write before the name of a server, by its port. */
const schemes: Readonly<Record<number, string>> = {
  ...Object.fromEntries(httpPorts.map((port) => [port, 'http'])),
  443: 'https',
  3306: 'mysql',
  4222: 'nats',
  5432: 'postgres',
  5672: 'amqp',
  6379: 'redis',
  27017: 'mongodb',
};

/**
 * Variables of the bindings a service declares: `DB: {to: db}` gives it `DB_HOST`, `DB_PORT` and `DB_URL`. What is
 * bound to is a service of the app, a link or an external service, by the name it is reached by.
 */
export function planBindings(o: {
  readonly model: ComposeModel;
  readonly name: string;
  readonly app: AppExtension;
  readonly extension: ServiceExtension;
  readonly extensions: ReadonlyMap<string, ServiceExtension>;
  readonly links: readonly AppLink[];
  readonly joined: Networks;
}): { readonly environment: Readonly<Record<string, string>>; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const environment: Record<string, string> = {};
  for (const [prefix, given] of Object.entries(o.extension.bindings ?? {})) {
    const path = ['services', o.name, 'x-berth', 'bindings', prefix];
    const binding = expand(given);
    const fault = findFault(o, binding.to, path);
    const port = binding.port ?? portOf(o, binding.to);
    if (fault !== undefined) faults.push(fault);
    else if (port === undefined)
      faults.push({
        path,
        message: `the port of \`${binding.to}\` is not said`,
        suggestion: `write it like \`${prefix}: ${binding.to}:5432\``,
      });
    else {
      environment[`${prefix}_HOST`] = binding.to;
      environment[`${prefix}_PORT`] = String(port);
      environment[`${prefix}_URL`] =
        `${binding.scheme ?? schemes[port] ?? 'tcp'}://${binding.to}:${port}${binding.path ?? ''}`;
    }
  }
  return { environment, faults };
}

type Binding = Exclude<BindingExtension, string>;

function expand(given: BindingExtension): Binding {
  if (typeof given !== 'string') return given;
  const [to = '', port] = given.split(':', 2);
  return { to, ...(port === undefined ? {} : { port: Number(port) }) };
}

function findFault(
  { model, name, app, links, joined }: Parameters<typeof planBindings>[0],
  to: string,
  path: Path,
): Fault | undefined {
  const service = model.services[to];
  if (service === undefined) {
    const others = [...links.map(({ as }) => as), ...(app.externals ?? [])];
    if (others.includes(to)) return undefined;
    const near = nearest(to, [...Object.keys(model.services), ...others]);
    return {
      path,
      message: `there is no service, link or external service \`${to}\``,
      suggestion:
        near === undefined
          ? 'name a service, the `as` of a link, or one of `x-berth.externals`'
          : `did you mean \`${near}\`?`,
    };
  }
  const networksOf = (one: string) => (joined.memberships.get(one) ?? []).map(({ network }) => network);
  const own = new Set(networksOf(name));
  if (!isOnHost(service) && networksOf(to).some((network) => own.has(network))) return undefined;
  return {
    path,
    message: `\`${to}\` and \`${name}\` have no network in common`,
    suggestion: 'let both join one under `networks`',
  };
}

/** Where it is the only one: what `x-berth`, `ports` or `expose` name of a service, or a link names. */
function portOf(
  { model, extensions, links }: Parameters<typeof planBindings>[0],
  to: string,
): number | undefined {
  const service = model.services[to];
  if (service === undefined) return links.find(({ as }) => as === to)?.port;
  const own = extensions.get(to)?.port;
  if (own !== undefined) return own;
  const targets = new Set([
    ...(service.ports ?? []).flatMap(({ target, protocol = 'tcp' }) =>
      target === undefined || protocol !== 'tcp' ? [] : [target],
    ),
    ...(service.expose ?? []).flatMap((text) =>
      /^\d+(\/tcp)?$/.test(text) ? [Number.parseInt(text, 10)] : [],
    ),
  ]);
  return targets.size === 1 ? [...targets][0] : undefined;
}
