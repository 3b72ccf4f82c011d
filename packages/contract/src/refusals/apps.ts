import type { Refusal } from './refusal.ts';

/** What is built, released and deployed. */
export const appRefusals = {
  app_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no app of this name',
    hint: 'List the apps with `berth status`; `berth deploy` in the app’s directory makes a new one.',
  },
  release_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such release',
    hint: 'List the kept releases with `berth releases`.',
  },
  deployment_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such deployment',
    hint: 'List deployments with `berth status -a APP`.',
  },
  deployment_running: {
    status: 409,
    retryable: true,
    title: 'A deployment of this app is running',
    hint: 'Follow it with `berth deploy --attach`, or stop it with `berth deploy --cancel`.',
  },
  deployment_ended: {
    status: 409,
    retryable: false,
    title: 'The deployment has already ended',
    hint: 'See its result with `berth status -a APP`.',
  },
  nothing_to_roll_back: {
    status: 409,
    retryable: false,
    title: 'There is no earlier release to return to',
    hint: 'List the kept releases with `berth releases`.',
  },
  services_differ: {
    status: 409,
    retryable: false,
    title: 'The two environments do not have the same services',
    hint: 'Compare them with `berth env diff FROM TO`, or deploy the source to the target itself: `berth deploy -e TO`.',
  },
  never_deployed: {
    status: 409,
    retryable: false,
    title: 'The app has no release yet',
    hint: 'Deploy it first: `berth deploy`.',
  },
  context_too_large: {
    status: 413,
    retryable: false,
    title: 'The build context is over the limit',
    hint: 'Add what the build does not need to .dockerignore; the largest entries are named.',
  },
  invalid_name: {
    status: 422,
    retryable: false,
    title: 'The name is not a DNS label',
    hint: 'Use lower-case letters, digits and hyphens, starting with a letter.',
  },
  invalid_manifest: {
    status: 422,
    retryable: false,
    title: 'The manifest is not valid',
    hint: 'Mend the places named by file and line; where a known key is near, it is suggested.',
  },
  unsupported: {
    status: 422,
    retryable: false,
    title: 'Berth does not honour this yet',
    hint: 'Take out the keys named, or use the alternative suggested.',
  },
  unsafe_archive: {
    status: 422,
    retryable: false,
    title: 'The upload holds a path that leaves its directory',
    hint: 'Remove the entry named; archives may hold only relative paths inside the context.',
  },
  source_unrecognised: {
    status: 422,
    retryable: false,
    title: 'No kind of app was recognised in the source',
    hint: 'Add a Dockerfile, a package.json, a Procfile or an index.html.',
  },
  missing_variable: {
    status: 422,
    retryable: false,
    title: 'A required variable is not set',
    hint: 'Set it: `berth env set NAME=value`.',
  },
  missing_secret: {
    status: 422,
    retryable: false,
    title: 'A secret or config is not set',
    hint: 'Set it: `berth secret set NAME`, `berth config-file set NAME`; `berth secret generate NAME` makes a random one.',
  },
  weak_secret: {
    status: 422,
    retryable: false,
    title: 'A password is missing or easy to guess',
    hint: 'Let Berth make one: `berth env generate NAME` or `berth secret generate NAME`. One that may be weak is named in `x-berth: allow_weak`.',
  },
  build_failed: {
    status: 422,
    retryable: false,
    title: 'The build failed',
    hint: 'The last lines of the failed step are quoted; mend it and deploy again. What served before keeps serving.',
  },
  image_not_found: {
    status: 422,
    retryable: false,
    title: 'The image cannot be pulled',
    hint: 'Check the name and the tag.',
  },
  image_denied: {
    status: 422,
    retryable: false,
    title: 'The registry does not give this image to who has no right to it',
    hint: 'Check the name; where it is a private one, log the engine of the node in: `docker login REGISTRY`, then `docker pull IMAGE`.',
  },
  registry_unreachable: {
    status: 502,
    retryable: true,
    title: 'The registry of the image does not answer',
    hint: 'Can the node resolve and reach its name? A mirror is named in /etc/docker/daemon.json; an image that is on the node already is used without it.',
  },
  release_unhealthy: {
    status: 422,
    retryable: false,
    title: 'The new release did not become healthy',
    hint: 'See the probe, the answer and the last log lines quoted. What served before keeps serving.',
  },
  hook_failed: {
    status: 422,
    retryable: false,
    title: 'The release command failed',
    hint: 'See its exit code and output; nothing was switched. What served before keeps serving.',
  },
  deadline_exceeded: {
    status: 422,
    retryable: true,
    title: 'The deployment passed its deadline',
    hint: 'See what it was waiting for; raise it with `berth deploy --deadline 30m`.',
  },
} as const satisfies Record<string, Refusal>;
