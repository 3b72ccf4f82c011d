import { type Issue, refuse } from '@berth/contract/errors';
import { type EdgeModel, laneNames } from '@berth/domain/edge';

/**
 * What control sends ends up in HAProxy's configuration, so every string is held to the characters its place
 * allows; nothing is escaped that could be refused. Also the invariants the renderer relies on.
 */
export function checkEdgeModel(value: unknown): EdgeModel {
  const issues: Issue[] = [];
  const fault = (at: string, message: string) => issues.push({ at, message });
  const text = (at: string, given: unknown, pattern: RegExp): void => {
    if (typeof given !== 'string' || !pattern.test(given))
      fault(at, `${JSON.stringify(given)} is not ${pattern.source}`);
  };
  const whole = (at: string, given: unknown, min: number, max: number): void => {
    if (!Number.isInteger(given) || Number(given) < min || Number(given) > max)
      fault(at, `${JSON.stringify(given)} is not a whole number from ${min} to ${max}`);
  };
  const each = (
    at: string,
    given: unknown,
    look: (item: Record<string, unknown>, at: string) => void,
  ): void => {
    if (!Array.isArray(given)) return void fault(at, 'is not a list');
    given.forEach((item, i) => {
      if (typeof item === 'object' && item !== null) look(item, `${at}/${i}`);
      else fault(`${at}/${i}`, 'is not an object');
    });
  };
  const model = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  whole('/revision', model.revision, 0, Number.MAX_SAFE_INTEGER);
  if (model.boundRuns !== undefined && !Array.isArray(model.boundRuns)) fault('/boundRuns', 'is not a list');
  else for (const [i, name] of (model.boundRuns ?? []).entries()) text(`/boundRuns/${i}`, name, hostName);
  const services = new Set<unknown>();
  each('/services', model.services, (service, at) => {
    text(`${at}/id`, service.id, serviceId);
    if (services.has(service.id)) fault(`${at}/id`, `${String(service.id)} is there twice`);
    services.add(service.id);
    whole(`${at}/slots`, service.slots, 1, 1024);
    if (!Array.isArray(service.networks)) fault(`${at}/networks`, 'is not a list');
    else for (const [i, name] of service.networks.entries()) text(`${at}/networks/${i}`, name, networkName);
    let total = 0;
    for (const name of laneNames) {
      const here = `${at}/lanes/${name}`;
      const lane = (service.lanes as Record<string, Record<string, unknown>> | undefined)?.[name];
      if (lane === undefined) {
        fault(here, 'is missing');
        continue;
      }
      if (lane.fqdn !== undefined) text(`${here}/fqdn`, lane.fqdn, hostName);
      whole(`${here}/port`, lane.port, 1, 65_535);
      whole(`${here}/weight`, lane.weight, 0, 100);
      total += Number(lane.weight);
      if (lane.allowFrom !== undefined && !Array.isArray(lane.allowFrom))
        fault(`${here}/allowFrom`, 'is not a list');
      else
        for (const [i, from] of (lane.allowFrom ?? []).entries())
          text(`${here}/allowFrom/${i}`, from, clients);
      const probe = (lane.probe ?? {}) as Record<string, unknown>;
      if (probe.kind === 'http') {
        text(`${here}/probe/path`, probe.path, probePath);
        text(`${here}/probe/host`, probe.host, hostHeader);
      } else if (probe.kind !== 'tcp' && probe.kind !== 'none') fault(`${here}/probe`, 'has no known kind');
      if (probe.kind !== 'none') whole(`${here}/probe/port`, probe.port, 1, 65_535);
    }
    if (total !== 0 && total !== 100) fault(`${at}/lanes`, `the weights sum to ${total}, not to 100 or 0`);
  });
  each('/routes', model.routes, (route, at) => {
    const match = (route.match ?? {}) as Record<string, unknown>;
    if (match.kind === 'host') text(`${at}/match/host`, match.host, hostName);
    else if (match.kind === 'port') whole(`${at}/match/port`, match.port, 1, 65_535);
    else fault(`${at}/match`, 'has no known kind');
    text(`${at}/path`, route.path, routePath);
    if (!services.has(route.service))
      fault(`${at}/service`, `${String(route.service)} is no service of the model`);
  });
  each('/redirects', model.redirects, (redirect, at) => {
    text(`${at}/host`, redirect.host, hostName);
    text(`${at}/to`, redirect.to, location);
    if (![301, 302, 307, 308].includes(Number(redirect.status))) fault(`${at}/status`, 'is no redirect');
  });
  each('/certificates', model.certificates, (certificate, at) => {
    text(`${at}/name`, certificate.name, certificateName);
    text(`${at}/fingerprint`, certificate.fingerprint, /^[0-9a-f]{64}$/);
  });
  if (!Array.isArray(model.httpsOnlyHosts)) fault('/httpsOnlyHosts', 'is not a list');
  else for (const [i, host] of model.httpsOnlyHosts.entries()) text(`/httpsOnlyHosts/${i}`, host, hostName);
  if (issues.length > 0)
    throw refuse(
      'invalid',
      `The edge model has ${issues.length} wrong values: ${issues[0]?.at}: ${issues[0]?.message}`,
      {
        issues,
      },
    );
  return value as EdgeModel;
}

const serviceId = /^[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9_-]*$/;
const clients = /^[0-9a-f.:]+(\/\d{1,3})?$/;
const networkName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
/** Underscores are in the names of services, if not of hosts. */
const hostName = /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?$/;
const hostHeader = /^[a-zA-Z0-9_.:[\]-]+$/;
const routePath = /^\/[A-Za-z0-9._~!$&()*+,;=:@%/-]*$/;
const probePath = /^\/[A-Za-z0-9._~!$&()*+,;=:@%/?-]*$/;
const location = /^([a-z]+:\/\/)?[A-Za-z0-9._~!$&()*+,;=:@%/?#[\]-]+$/;
export const certificateName = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/;
