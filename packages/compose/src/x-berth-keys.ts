/** What each key of `x-berth` is for. The schemas are in `x-berth.ts`; a test holds both to the same keys. */
export const extensionKeys: Readonly<Record<string, string>> = {
  'x-berth.allow_weak': 'variables and secrets that may have a password everybody tries',
  'x-berth.expose': 'services that other apps may link to: `{service, ports, to}`',
  'x-berth.externals': 'external services the app reaches by their names (`berth externals`)',
  'x-berth.hooks': 'commands in the image of a release: `release`, `postDeploy`, `seed`',
  'x-berth.links': 'services of other apps it reaches: `{app, service, as, port}`',
  'x-berth.redirects': 'host names answered by a redirect: `{host, to, status}`',
  'x-berth.routes': 'which service answers which requests: `{service, host, path, stripPrefix}`',
  'x-berth.strategy': 'times of a deployment: `drain`, `warm`, `deadline`, `probation` (`0s`: none)',
  'services.x-berth.allow_from': 'addresses and ranges that may reach what it publishes; any without it',
  'services.x-berth.bindings': 'what it needs: `DB: db` gives it DB_HOST, DB_PORT and DB_URL',
  'services.x-berth.hooks': 'as `x-berth.hooks`, in this service',
  'services.x-berth.logs': 'patterns of files whose lines belong to its log',
  'services.x-berth.port': 'the port it answers requests at, through the edge',
  'services.x-berth.probe':
    'how the edge proves a task: `{http: {path, port, host}}`, `{tcp: {port}}` or `none`',
  'services.x-berth.replicas': 'how many tasks, before `deploy.replicas`',
  'services.x-berth.routes': 'requests it answers: `{host, path, stripPrefix}`',
  'services.x-berth.schedule':
    'when it runs to its end: a cron line, or `{cron, timezone, concurrency, missed…}`',
  'services.x-berth.secret_variables': 'secrets delivered as variables: `{NAME: secret}`',
  'volumes.x-berth.overcommit': 'may promise more than the disk of its node has',
  'volumes.x-berth.size': 'what it may hold, such as `2G`: it is then a disk of its own',
};
