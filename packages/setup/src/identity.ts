import { createHash, randomBytes } from 'node:crypto';
import { refuse } from '@berth/contract/errors';
import { createAuthority, issueCertificate, type KeyPair } from '@berth/pki/authority';
import { findCertificateFault } from '@berth/pki/certificate';
import { newSecret } from '@berth/runtime/ids';
import { Secret } from '@berth/runtime/secret';
import { compare, hash } from 'bcryptjs';

/** Everything secret or random of a platform. Made once, then only read. */
export interface Identity {
  readonly authority: KeyPair;
  readonly control: KeyPair;
  readonly agent: KeyPair;
  readonly adminToken: { readonly id: string; readonly sha256: string };
  readonly registry: RegistryAccess;
}

export interface RegistryAccess {
  readonly username: string;
  readonly password: Secret;
  /** The one line of htpasswd; bcrypt salts, so it is kept and not made again. */
  readonly htpasswd: string;
  /** Distribution signs upload states with it. */
  readonly httpSecret: Secret;
}

/** What was found on disk. */
export interface FoundIdentity {
  readonly authority?: KeyPair | undefined;
  readonly control?: KeyPair | undefined;
  readonly agent?: KeyPair | undefined;
  readonly adminToken?: { readonly id: string; readonly sha256: string } | undefined;
  readonly registryPassword?: string | undefined;
  readonly registryHtpasswd?: string | undefined;
  readonly registryHttpSecret?: string | undefined;
}

export interface IdentityOptions {
  readonly platform: string;
  /** Names and addresses control's certificate must serve. */
  readonly controlNames: readonly string[];
  /** Berth's node id: control reads it from the agent's certificate. */
  readonly nodeId: string;
  readonly nowMs: number;
  readonly isNewTokenAsked: boolean;
}

export interface CompletedIdentity {
  readonly identity: Identity;
  /** In words, what was not there or no longer served. */
  readonly made: readonly string[];
  /** The admin token, when one was made: the only time it is known. */
  readonly newToken: Secret | undefined;
}

const registryUser = 'berth';
/** The lowest there is. */
const BCRYPT_COST = 4;
/** Certificates are renewed by `up` and by control's own check well before they end. */
const DAYS_LEFT_MIN = 60;

/** Keeps what serves, makes what does not. Refuses to replace a broken authority: every node trusts it. */
export async function completeIdentity(found: FoundIdentity, o: IdentityOptions): Promise<CompletedIdentity> {
  const made: string[] = [];
  const make = async <T>(what: string, how: () => Promise<T>): Promise<T> => {
    made.push(what);
    return how();
  };
  const authority =
    found.authority ??
    (await make('certificate authority', () =>
      createAuthority({ commonName: `${o.platform} authority`, nowMs: o.nowMs }),
    ));
  checkAuthority(authority, o.nowMs);
  const issue = async (
    pair: KeyPair | undefined,
    wanted: { what: string; commonName: string; usage: 'server' | 'client'; names: readonly string[] },
  ): Promise<KeyPair> => {
    const fault =
      pair === undefined
        ? 'absent'
        : findCertificateFault(pair, {
            authorityPem: authority.certificatePem,
            commonName: wanted.commonName,
            names: wanted.names,
            nowMs: o.nowMs,
            daysLeftMin: DAYS_LEFT_MIN,
          })?.kind;
    if (pair !== undefined && fault === undefined) return pair;
    const { what, ...certificate } = wanted;
    return make(`certificate of ${what} (${fault})`, () =>
      issueCertificate(authority, { ...certificate, nowMs: o.nowMs }),
    );
  };
  const control = await issue(found.control, {
    what: 'control',
    commonName: `${o.platform}-control`,
    usage: 'server',
    names: o.controlNames,
  });
  const agent = await issue(found.agent, {
    what: 'the agent',
    commonName: o.nodeId,
    usage: 'client',
    names: [],
  });

  let adminToken = found.adminToken;
  let newToken: Secret | undefined;
  if (adminToken === undefined || o.isNewTokenAsked) {
    const token = newAdminToken();
    made.push('admin token');
    adminToken = { id: token.id, sha256: token.sha256 };
    newToken = token.token;
  }
  return {
    identity: { authority, control, agent, adminToken, registry: await completeRegistry(found, make) },
    made,
    newToken,
  };
}

async function completeRegistry(
  found: FoundIdentity,
  make: <T>(what: string, how: () => Promise<T>) => Promise<T>,
): Promise<RegistryAccess> {
  const password = found.registryPassword ?? (await make('registry password', async () => newSecret()));
  const isKnown =
    found.registryHtpasswd?.startsWith(`${registryUser}:`) === true &&
    (await compare(password, found.registryHtpasswd.slice(registryUser.length + 1).trim()));
  // A random 256-bit password is not guessed, however cheap the hash: and Distribution checks it at each request,
  // some twenty in a push. At the usual cost of 10 that took longer than the push.
  const htpasswd = isKnown
    ? found.registryHtpasswd!
    : await make('registry login', async () => `${registryUser}:${await hash(password, BCRYPT_COST)}\n`);
  return {
    username: registryUser,
    password: new Secret(password),
    htpasswd,
    httpSecret: new Secret(found.registryHttpSecret ?? newSecret()),
  };
}

/** `berth_<id>_<secret>`; whoever holds it may do everything. Only its hash is kept on the server. */
export function newAdminToken(): { id: string; sha256: string; token: Secret } {
  const id = randomBytes(6).toString('hex');
  const token = `berth_${id}_${newSecret()}`;
  return { id, sha256: createHash('sha256').update(token).digest('hex'), token: new Secret(token) };
}

function checkAuthority(authority: KeyPair, nowMs: number): void {
  const fault = findCertificateFault(authority, {
    authorityPem: authority.certificatePem,
    nowMs,
    daysLeftMin: 0,
  });
  if (fault === undefined) return;
  throw refuse(
    'conflict',
    `the certificate authority of the platform does not serve any more (${fault.kind}); every node trusts it, so it is not replaced by itself. Restore control/ca from a backup`,
  );
}
