import type { EdgeLane, EdgeModel, EdgeProbe, EdgeService } from '@berth/domain/edge';
import { laneNames } from '@berth/domain/edge';
import { type EdgeMaps, type MapEntries, renderMapFile, renderMaps } from './maps.ts';
import {
  adminSocket,
  backendOf,
  certificateList,
  configFile,
  edgeMount,
  mapFiles,
  ownCertificate,
  parkedFqdn,
  proofSocket,
  relaySocket,
  serverPrefix,
  stateFile,
} from './names.ts';

/** What of this installation, not of the model, is in the configuration. */
export interface EdgeOptions {
  /** Ports HAProxy binds inside its container; all above 1024, because it has no privileges. */
  readonly ports: { readonly http: number; readonly https: number; readonly apps: readonly [number, number] };
  /** Port users reach HTTPS at, for redirects. */
  readonly httpsPortPublic: number;
  readonly api: { readonly hostName: string; readonly upstreamHost: string; readonly upstreamPort: number };
  readonly statsPort?: number;
  readonly connectionsMax: number;
  /** How long an earlier worker may finish its connections after a reload. */
  readonly hardStopSeconds: number;
  readonly threads: number;
}

/** Files of one revision, by name. Deterministic: the same model gives the same bytes. */
export function renderEdge(model: EdgeModel, options: EdgeOptions): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  files.set(configFile, renderHaproxy(model, options));
  files.set(
    certificateList,
    certificateNames(model)
      .map((name) => `${edgeMount}/certs/${name}.pem\n`)
      .join(''),
  );
  for (const [name, map] of Object.entries(renderMaps(model)) as [keyof EdgeMaps, MapEntries][])
    files.set(mapFiles[name], renderMapFile(map));
  return files;
}

/** The first answers to names nobody has a certificate for; the agent's own is there when no other is. */
export function certificateNames(model: EdgeModel): readonly string[] {
  const names = model.certificates.map(({ name }) => name);
  return names.includes(ownCertificate) ? names : [...names, ownCertificate];
}

export function renderHaproxy(model: EdgeModel, options: EdgeOptions): string {
  return [
    globalSection(options),
    resolversSection,
    defaultsSection,
    frontendSection(options),
    ...(options.statsPort === undefined ? [] : [statsSection(options.statsPort)]),
    proofSection,
    elsewhereSection(options),
    ...[...model.services].sort(byId).map(serviceSection),
  ].join('\n');
}

const globalSection = (options: EdgeOptions): string => `global
  # Files are looked up beside this one, so that a candidate is checked with its own maps.
  default-path config
  nbthread ${options.threads}
  maxconn ${options.connectionsMax}
  no strict-limits
  log stdout format raw local0 notice
  stats socket ${edgeMount}/run/${adminSocket} mode 600 level admin expose-fd listeners
  server-state-file ${edgeMount}/run/${stateFile}
  hard-stop-after ${options.hardStopSeconds}s
  mworker-max-reloads 10
  spread-checks 0
  tune.h2.be.max-concurrent-streams 100
  tune.pool-low-fd-ratio 30
  # With OpenSSL's own defaults for what is not named here; TLS 1.2 is the oldest offered.
  ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
  tune.ssl.default-dh-param 2048
  tune.ssl.cachesize 4000
`;

/**
 * The engine's DNS in the container. New tasks are asked for every three quarters of a second; an answer that
 * takes tasks away counts at once. A DNS that does not answer at all (engine restarting) changes nothing for a day.
 */
const resolversSection = `resolvers engine
  nameserver dns 127.0.0.11:53
  accepted_payload_size 8192
  resolve_retries 3
  timeout resolve 750ms
  timeout retry 200ms
  hold valid 250ms
  hold nx 300ms
  hold other 300ms
  hold obsolete 0
  hold timeout 24h
  hold refused 24h
`;

/** How often HAProxy looks at a server that is down; the agent sees it much earlier where it can ask itself. */
const downSeconds = { attended: 60, alone: 1 } as const;

const defaultsSection = `defaults
  mode http
  log global
  option dontlog-normal
  option dontlognull
  option httplog
  option http-keep-alive
  option idle-close-on-response
  option redispatch 1
  retries 3
  # Only what is safe to send again is (see disable-l7-retry); a connection that failed carried nothing.
  retry-on conn-failure empty-response response-timeout
  load-server-state-from-file global
  timeout connect 1s
  timeout check 2s
  timeout queue 5s
  timeout http-request 30s
  timeout http-keep-alive 5m
  timeout client 10m
  timeout client-fin 10s
  timeout server 10m
  timeout server-fin 10s
  timeout tunnel 1h
  # A task is looked at every two seconds, and at once when it refuses a connection. \`fall 2\` keeps a server that
  # just got its address below full health until its first good check, which is how the agent tells a proven
  # server from an assumed one. \`downinter\` is what places without a task cost; the agent looks at those that
  # come or come back.
  default-server check observe layer4 error-limit 1 on-error fastinter inter 2s fastinter 200ms downinter ${downSeconds.attended}s rise 1 fall 2 resolvers engine resolve-prefer ipv4 init-addr last,none pool-purge-delay 2s pool-max-conn 200
`;

function frontendSection(options: EdgeOptions): string {
  const { ports } = options;
  const byHost = '%[req.hdr(host),host_only,lower]%[path]/';
  const byPort = ':%[dst_port]%[path]/';
  const isAppPort = `{ dst_port ${ports.apps[0]}:${ports.apps[1]} }`;
  const byName = (bind: string, scheme: string, hosts: string): string => `  bind ${bind}
${firstRules(scheme)}
  # Most requests end here: one service has the host, and one lane all of the service's traffic.
  http-request set-var(txn.backend) req.fhdr(host,1),map(${hosts})
  http-request allow if { var(txn.backend) -m found }
  http-request allow if { stopping }
  http-request set-var-fmt(txn.key) ${byHost}
${servingRules(options)}`;
  return `frontend edge
${byName(`:${ports.http}`, 'http', mapFiles.hosts)}
frontend edge-tls
${byName(`:${ports.https} ssl crt-list ${certificateList} alpn h2,http/1.1`, 'https', mapFiles.tlsHosts)}
# An app's own port, for when no name resolves.
frontend apps
  bind :${ports.apps[0]}-${ports.apps[1]}
${firstRules('http')}
  http-request allow if { stopping }
  http-request set-var-fmt(txn.key) ${byPort}
${servingRules(options)}
# A worker that finishes its connections after a reload neither asks the DNS nor looks at servers any more:
# a request that still comes to it is passed on to the worker of now, with the client's address and port.
frontend relay
  bind ${edgeMount}/run/${relaySocket} mode 600 accept-proxy
# TLS is told by the port, which a relayed request keeps.
${firstRules(`%[dst_port,sub(${ports.https}),bool,iif(http,https)]`)}
  http-request set-var-fmt(txn.key) ${byHost}
  http-request set-var-fmt(txn.key) ${byPort} if ${isAppPort}
${servingRules(options)}
backend successor
  http-reuse never
  retry-on conn-failure
  server worker ${edgeMount}/run/${relaySocket} send-proxy-v2 no-check
`;
}

/**
 * Requests per second above which none is sent to a second task: a retry needs a copy of each request's buffer
 * (16 KiB), which then costs more than all rules together.
 */
const retriedPerSecondMax = 5_000;

/**
 * Who asks, and how: what a client says about itself is not believed. The host is the client's own in \`Host\`.
 * Every rule here is paid by every request.
 */
const firstRules = (scheme: string): string => `  option forwardfor
  http-request del-header forwarded -m sub
  http-request del-header x-real-ip
  http-request add-header X-Forwarded-Proto ${scheme}
  http-request disable-l7-retry if { fe_req_rate gt ${retriedPerSecondMax} } or !METH_GET !{ method HEAD OPTIONS }
`;

function servingRules({ httpsPortPublic, ports }: EdgeOptions): string {
  const httpsPort = httpsPortPublic === 443 ? '' : `:${httpsPortPublic}`;
  const fallback = (lane: string): string =>
    `  http-request set-var-fmt(txn.backend) be_%[var(txn.service)]_${lane} if { var(txn.split) -m sub ${lane} } { var(txn.backend),nbsrv eq 0 }`;
  return `
  # Which service: the longest route of whole segments.
  http-request set-var(txn.service) var(txn.key),map_beg(${mapFiles.routes})
  http-request set-var(txn.route) var(txn.service) if { var(txn.service) -m sub | }
  http-request set-var(txn.service) var(txn.route),field(1,|) if { var(txn.route) -m found }
  http-request set-var(txn.strip) var(txn.route),field(2,|) if { var(txn.route) -m found }
  http-request redirect code 308 location https://%[req.hdr(host),host_only,lower]${httpsPort}%[pathq] if { var(txn.route),field(3,|) -m str s } !{ dst_port ${ports.https} }
  http-request set-path /%[path,bytes(txn.strip),ltrim(/)] if { var(txn.strip) -m int gt 0 }

  # Which lane: the one that has all traffic; or one of a hundred letters, and another weighted lane when no
  # server of that one is up.
  http-request set-var(txn.backend) var(txn.service),map(${mapFiles.weights})
  http-request set-var(txn.split) var(txn.backend) if { var(txn.backend) -m beg % }
  http-request set-var(txn.draw) rand(100),add(1) if { var(txn.split) -m found }
  http-request set-var-fmt(txn.backend) be_%[var(txn.service)]_%[var(txn.split),bytes(txn.draw,1)] if { var(txn.split) -m found }
${laneNames.map(fallback).join('\n')}

  use_backend successor if { stopping }
  use_backend %[var(txn.backend)]
  default_backend elsewhere
`;
}

/** For the agent only: a request through one server of one lane, even one that is down (see proof.ts). */
const proofSection = `frontend proof
  bind ${edgeMount}/run/${proofSocket} mode 600
  http-request set-var(txn.server) req.hdr(x-berth-server)
  http-request set-var(txn.backend) req.hdr(x-berth-backend)
  http-request del-header x-berth- -m beg
  http-after-response set-header X-Berth-Served-By "%b/%s %ts"
  use_backend %[var(txn.backend)]
`;

/** Requests no lane takes: Berth's own API, redirects, stopped services, and names nobody has. */
function elsewhereSection({ api, ports }: EdgeOptions): string {
  const redirect = (code: number): string =>
    `  http-request redirect code ${code} location %[var(txn.to)] if { var(txn.redirect) -m beg ${code} }`;
  return `backend elsewhere
  http-request set-var(txn.host) req.hdr(host),host_only,lower
  http-request return status 503 hdr Retry-After 5 content-type "text/html; charset=utf-8" lf-string "${page('%[var(txn.service)] is stopped', 'The service is known here, but no release of it takes traffic now. Start it with <code>berth start</code>.')}" if { var(txn.service) -m found }

  http-request set-var(txn.redirect) var(txn.host),map(${mapFiles.redirects})
  http-request set-var(txn.to) var(txn.redirect),field(2,|)
  http-request set-var(txn.port) req.hdr(host),port_only
  http-request set-var-fmt(txn.to) %[var(txn.to)]:%[var(txn.port)] if { var(txn.redirect),field(3,|) -m str : } !{ var(txn.port) -m int 0 }
  http-request set-var-fmt(txn.to) %[var(txn.to)]%[pathq] if { var(txn.redirect),field(3,|) -m str + : }
${[301, 302, 307, 308].map(redirect).join('\n')}

  http-request set-var(txn.shown) var(txn.host),regsub('[^a-z0-9.:-]',?,g)
  http-request return status 404 content-type "text/html; charset=utf-8" lf-string "${page('Nothing is served here', 'No app of this platform answers to <b>%[var(txn.shown)]</b>. Check the address, or give an app this name: <code>berth domains add</code>.')}" unless { var(txn.host) -m str ${api.hostName} }

  # Berth's own API: behind TLS, and nowhere else.
  http-request return status 404 content-type text/plain string "The API is served over HTTPS only.\\n" unless { dst_port ${ports.https} }
  # Loads the map in which the running configuration says what it is.
  http-response set-header X-Berth-Edge-Revision %[str(revision),map(${mapFiles.meta},0)]
  # Control restarts in a second or two: a request waits for it instead of failing.
  retries 10
  no option redispatch
  server control ${api.upstreamHost}:${api.upstreamPort} no-check
`;
}

const statsSection = (port: number): string => `frontend stats
  bind :${port}
  http-request use-service prometheus-exporter if { path /metrics }
  http-request return status 404
`;

function serviceSection(service: EdgeService): string {
  return laneNames.map((name) => laneSection(service, name)).join('\n');
}

function laneSection(service: EdgeService, name: (typeof laneNames)[number]): string {
  const lane = service.lanes[name];
  return `backend ${backendOf(service.id, name)}
${probeLines(lane.probe)}${clientLines(lane)}  force-persist if { var(txn.server) -m found }
  use-server %[var(txn.server)] if { var(txn.server) -m found }
  server-template ${serverPrefix} 1-${service.slots} ${lane.fqdn ?? parkedFqdn}:${lane.port}${probePort(lane)}
`;
}

/** Words of one line are few. A request of the agent's own proof has no address. */
const clientsPerLine = 40;

function clientLines({ allowFrom }: EdgeLane): string {
  if (allowFrom === undefined) return '';
  const lines = [];
  for (let from = 0; from < allowFrom.length; from += clientsPerLine)
    lines.push(`  acl let_in src ${allowFrom.slice(from, from + clientsPerLine).join(' ')}\n`);
  return `  acl let_in var(txn.server) -m found
${lines.join('')}  http-request deny deny_status 403 unless let_in
`;
}

function probeLines(probe: EdgeProbe): string {
  if (probe.kind !== 'http') return '';
  return `  option httpchk
  http-check send meth GET uri '${probe.path}' ver HTTP/1.1 hdr Host '${probe.host}' hdr User-Agent berth-edge
`;
}

function probePort({ probe, port }: EdgeLane): string {
  if (probe.kind === 'none') return ' no-check';
  return probe.port === port ? '' : ` port ${probe.port} downinter ${downSeconds.alone}s`;
}

/** One line, because a log-format string is; quotes inside attributes are not needed. */
const page = (title: string, text: string): string =>
  `<!doctype html><meta charset=utf-8><meta name=viewport content=width=device-width><title>${title}</title><body style=font-family:system-ui;max-width:40em;margin:4em\\ auto;padding:0\\ 1em><h1>${title}</h1><p>${text}</p>\\n`;

const byId = (a: EdgeService, b: EdgeService): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
