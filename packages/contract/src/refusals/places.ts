import type { Refusal } from './refusal.ts';

/** Names, ports, networks, volumes, and the machines they are on. */
export const placeRefusals = {
  external_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no external service of this name for this app',
    hint: 'Make it with `berth externals add NAME --to HOST:PORT`; `berth externals` lists what there is.',
  },
  link_refused: {
    status: 409,
    retryable: false,
    title: 'The other app does not let this one in',
    hint: 'In the manifest of the other app: `x-berth: {expose: [{service: NAME, ports: [PORT], to: [APP]}]}`; deploy it first.',
  },
  network_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no shared network of this name',
    hint: 'Make it with `berth networks create NAME`; `berth networks` lists what there is.',
  },
  domain_taken: {
    status: 409,
    retryable: false,
    title: 'Another app has this domain',
    hint: 'Remove it there first: `berth domains rm DOMAIN -a OTHER`.',
  },
  port_taken: {
    status: 409,
    retryable: false,
    title: 'The port is already taken',
    hint: 'Choose another port, or free this one; `berth status` shows who has which.',
  },
  too_few_nodes: {
    status: 409,
    retryable: false,
    title: 'There are fewer nodes than tasks that need one each',
    hint: 'Ask for fewer tasks. Several share a port that is bound to an address, such as `127.0.0.1:9100:9100`.',
  },
  address_missing: {
    status: 409,
    retryable: false,
    title: 'No node has the address',
    hint: 'Bind the port to an address of a node, or leave the address out to open it on all of them.',
  },
  subnet_taken: {
    status: 409,
    retryable: false,
    title: 'The subnet overlaps with another one',
    hint: 'Declare another subnet, or none: Berth then chooses a free one. `berth networks` shows what there is.',
  },
  subnets_exhausted: {
    status: 409,
    retryable: false,
    title: 'There is no free subnet for another network',
    hint: 'Remove networks that nothing needs (`berth networks`), or give the platform another pool: `berth up --network-pool CIDR`.',
  },
  volume_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such volume',
    hint: 'List the volumes with `berth volume ls`, removed ones with `berth volume ls --trash`.',
  },
  volume_in_use: {
    status: 409,
    retryable: false,
    title: 'The volume is in use',
    hint: 'Who uses it is named. Take it out of them, or remove them, and try again.',
  },
  volume_taken: {
    status: 409,
    retryable: false,
    title: 'The name of the volume is taken',
    hint: 'Use another name; `berth volume ls` shows whose it is.',
  },
  volume_size: {
    status: 422,
    retryable: false,
    title: 'The volume cannot have this size',
    hint: 'Volumes grow and never shrink; a limited one is limited from its beginning.',
  },
  no_capacity: {
    status: 422,
    retryable: true,
    title: 'No node can take the tasks',
    hint: 'Lower the reservation, scale something down, or add a node.',
  },
  agent_unreachable: {
    status: 503,
    retryable: true,
    title: 'The agent of the node is not connected',
    hint: 'Run `berth doctor`; look at the agent’s log (`docker logs berth-agent`, unless the platform has another name).',
  },
  engine_unreachable: {
    status: 503,
    retryable: true,
    title: 'The container engine does not answer',
    hint: 'Run `berth doctor`; is dockerd running?',
  },
  engine_refused: {
    status: 502,
    retryable: false,
    title: 'The container engine refused',
    hint: 'Its own words are quoted.',
  },
  edge_refused: {
    status: 502,
    retryable: false,
    title: 'The edge refused the configuration',
    hint: 'The previous configuration keeps serving. HAProxy’s own words are quoted.',
  },
  machine_unfit: {
    status: 422,
    retryable: false,
    title: 'The machine cannot run Berth as it is',
    hint: 'Each problem is named with its fix; mend them and run `berth up` again.',
  },
  disk_full: {
    status: 507,
    retryable: true,
    title: 'The disk is full',
    hint: 'Free space: `docker image prune`, `berth down` does not help. Then try again.',
  },
} as const satisfies Record<string, Refusal>;
