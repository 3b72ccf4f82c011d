import type { AppLink, AppSpec, Exposure } from '@berth/domain/release';
import type { ComposeModel } from './compose-model.ts';
import type { Fault, Path } from './issue.ts';
import { nearest } from './schema.ts';
import type { AppExtension } from './x-berth.ts';

/** What the app reaches beyond its own networks, and what of it others may reach: `x-berth` links, externals, expose. */
export function planReach(
  model: ComposeModel,
  app: AppExtension,
): {
  readonly reach: Pick<AppSpec, 'links' | 'exposes' | 'externals'>;
  readonly faults: readonly Fault[];
} {
  const faults: Fault[] = [];
  const services = Object.keys(model.services);
  const names = new Map<string, string>(services.map((service) => [service, `the service ${service}`]));
  const claim = (name: string, what: string, path: Path): void => {
    const holder = names.get(name);
    if (holder !== undefined)
      faults.push({
        path,
        message: `the name \`${name}\` of ${what} is already that of ${holder}`,
        suggestion: 'choose another name with `as`',
      });
    names.set(name, what);
  };
  const links = (app.links ?? []).map((link, index): AppLink => {
    const as = link.as ?? link.service;
    claim(as, `the link to ${link.service} of ${link.app}`, ['x-berth', 'links', index]);
    return {
      app: link.app,
      service: link.service,
      as,
      ...(link.port === undefined ? {} : { port: link.port }),
    };
  });
  for (const [index, external] of (app.externals ?? []).entries())
    claim(external, `the external service ${external}`, ['x-berth', 'externals', index]);
  const exposes = (app.expose ?? []).map((entry, index): Exposure => {
    if (!services.includes(entry.service)) {
      const near = nearest(entry.service, services);
      faults.push({
        path: ['x-berth', 'expose', index, 'service'],
        message: `there is no service \`${entry.service}\``,
        suggestion: near === undefined ? `name one of ${services.join(', ')}` : `did you mean \`${near}\`?`,
      });
    }
    const udpPorts = portsOf(entry.ports, 'udp');
    return {
      service: entry.service,
      ports: portsOf(entry.ports, 'tcp'),
      ...(udpPorts.length === 0 ? {} : { udpPorts }),
      ...(entry.to === undefined ? {} : { to: entry.to }),
    };
  });
  return { reach: { links, exposes, externals: app.externals ?? [] }, faults };
}

/** Of `5432`, `5432/tcp` and `53/udp` those of one protocol. */
const portsOf = (ports: readonly (number | string)[], protocol: 'tcp' | 'udp'): number[] =>
  ports.flatMap((entry) => {
    const [port, of = 'tcp'] = String(entry).split('/', 2);
    return of === protocol ? [Number(port)] : [];
  });
