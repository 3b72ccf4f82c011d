import { isBakedImage } from '@berth/domain/baked-image';
import type { Decision, PolicyRequest, PolicySettings } from './request.ts';
import { allow, deny, isTrue } from './request.ts';

/** In a registry of this node: under such a name images are made, and from there nothing leaves the machine. */
const isOfOwnRegistry = (reference: string): boolean =>
  /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\//.test(reference);

export function judgePush(_request: PolicyRequest, id: string): Decision {
  return isOfOwnRegistry(id)
    ? allow()
    : deny(`push to ${id.split('/')[0]}: images are pushed to the platform's own registry only`);
}

export function judgeTag(request: PolicyRequest): Decision {
  const repository = request.query.get('repo') ?? '';
  return isOfOwnRegistry(repository)
    ? allow()
    : deny(`${repository || 'no name'} is not of the platform's registry`);
}

export function judgeImageRemoval(request: PolicyRequest, id: string): Decision {
  if (isTrue(request.query.get('force')))
    return deny('images are removed only when nothing uses them: no force');
  return isBakedImage(id) ? deny(`${id} is one of Berth's own images`) : allow();
}

export function judgeImageCreate(request: PolicyRequest): Decision {
  const [source] = request.query.getAll('fromSrc');
  if (source !== undefined) return deny('images come from registries and builds, not from archives');
  const image = request.query.get('fromImage') ?? '';
  return isBakedImage(image) ? deny(`${image} is one of Berth's own images, baked on this machine`) : allow();
}

const buildKeys = new Set([
  ...['dockerfile', 't', 'q', 'nocache', 'pull', 'rm', 'forcerm', 'buildargs', 'labels', 'target', 'version'],
  ...['buildid', 'platform', 'cachefrom', 'shmsize', 'extrahosts', 'networkmode', 'squash', 'memory'],
  ...['memswap', 'cpushares', 'cpuquota', 'cpuperiod', 'cpusetcpus', 'ulimits', 'cgroupparent'],
]);

/**
 * Builds always have caps. The classic builder takes them from the query; BuildKit's containers land under
 * a cgroup of their own, which the agent caps (`build-cgroup.ts`).
 */
export function judgeBuild(request: PolicyRequest, _id: string, settings: PolicySettings): Decision {
  const query = new URLSearchParams(request.query);
  for (const key of query.keys())
    if (!buildKeys.has(key)) return deny(`build parameter ${key} is not one Berth uses`);
  const name = query.getAll('t').find((each) => !isOfOwnRegistry(each));
  if (name !== undefined) return deny(`an image ${name}, which is not of the platform's registry`);
  const network = query.get('networkmode');
  if (network !== null && !['', 'default', 'bridge', 'none'].includes(network))
    return deny(`a build in network ${network}: only the default network or none`);
  const { memoryBytesMax, cpusMax } = settings.build;
  const memory = within(query.get('memory'), memoryBytesMax);
  const period = 100_000;
  query.set('memory', String(memory));
  // Equal to the memory limit: no swap.
  query.set('memswap', String(memory));
  query.set('cpuperiod', String(period));
  query.set('cpuquota', String(within(query.get('cpuquota'), Math.round(cpusMax * period))));
  query.set('cpushares', String(within(query.get('cpushares'), buildCpuShares)));
  query.delete('cgroupparent');
  return { kind: 'allow', objects: [], query };
}

/** A task has 1024: a build gets a quarter of a core's time when tasks want it all. */
export const buildCpuShares = 256;

const within = (asked: string | null, max: number): number => {
  const value = Number(asked);
  return Number.isInteger(value) && value > 0 ? Math.min(value, max) : max;
};
