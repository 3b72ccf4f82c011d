import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isoTime } from '@berth/runtime/clock';

/** A bundle as an edge wants it: the chain from the site's own certificate upwards, then its key. */
export interface Bundle {
  readonly pem: string;
  readonly notAfter: number;
  /** SHA-256 of the bundle, hex. */
  readonly fingerprint: string;
}

export type BundleVerdict =
  | { readonly kind: 'usable'; readonly bundle: Bundle }
  | { readonly kind: 'unusable'; readonly because: string };

const block = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;
const unusable = (because: string): BundleVerdict => ({ kind: 'unusable', because });

/**
 * Reads a PEM text with certificates and one key, in any order; checks that they belong together, hold now
 * and cover `domain`. Says why when they do not, never quoting the key.
 */
export function readBundle(text: string, domain: string, nowMs: number): BundleVerdict {
  const blocks = [...text.matchAll(block)].map(([pem, kind]) => ({ pem, kind: kind ?? '' }));
  const keys = blocks.filter(({ kind }) => kind.endsWith('PRIVATE KEY'));
  if (keys.length !== 1)
    return unusable(`it has ${keys.length} private keys; one is needed, beside the certificates`);
  const keyPem = keys[0]?.pem ?? '';
  if (keys[0]?.kind === 'ENCRYPTED PRIVATE KEY' || keyPem.includes('ENCRYPTED'))
    return unusable('its key is encrypted; give it without a passphrase (`openssl pkey -in key.pem`)');
  const key = parseKey(keyPem);
  if (key === undefined) return unusable('its private key cannot be read');
  const certificates = blocks
    .filter(({ kind }) => kind === 'CERTIFICATE')
    .map(({ pem }) => parseCertificate(pem));
  if (certificates.length === 0) return unusable('it has no certificate');
  if (certificates.includes(undefined)) return unusable('one of its certificates cannot be read');
  const all = certificates.filter((certificate) => certificate !== undefined);
  const leaf = all.find((certificate) => certificate.checkPrivateKey(key));
  if (leaf === undefined) return unusable('its key belongs to none of its certificates');
  const notAfter = leaf.validToDate.getTime();
  if (notAfter <= nowMs) return unusable(`it expired at ${isoTime(notAfter)}`);
  if (leaf.validFromDate.getTime() > nowMs)
    return unusable(`it is not valid before ${isoTime(leaf.validFromDate.getTime())}`);
  if (!covers(leaf, domain)) return unusable(`it is for ${namesOf(leaf)}, not for ${domain}`);
  const chain = chainOf(leaf, all);
  const pem = [...chain.map((certificate) => certificate.toString().trim()), keyPem.trim(), ''].join('\n');
  return {
    kind: 'usable',
    bundle: { pem, notAfter, fingerprint: createHash('sha256').update(pem).digest('hex') },
  };
}

/** A wildcard domain is covered by the same wildcard. */
function covers(leaf: X509Certificate, domain: string): boolean {
  if (domain.startsWith('*.')) return namesOf(leaf).split(', ').includes(domain);
  return leaf.checkHost(domain) !== undefined;
}

function namesOf(leaf: X509Certificate): string {
  const names = (leaf.subjectAltName ?? '')
    .split(', ')
    .flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4).toLowerCase()] : []));
  return names.length === 0 ? leaf.subject.replaceAll('\n', ', ') : names.join(', ');
}

/** From the leaf upwards as far as the given certificates go; a root that signs itself need not be sent. */
function chainOf(leaf: X509Certificate, all: readonly X509Certificate[]): X509Certificate[] {
  const chain = [leaf];
  for (let at = leaf; ; ) {
    const issuer = all.find(
      (candidate) =>
        !chain.includes(candidate) && at.checkIssued(candidate) && at.verify(candidate.publicKey),
    );
    if (issuer === undefined) return chain;
    if (issuer.checkIssued(issuer)) return chain;
    chain.push(issuer);
    at = issuer;
  }
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    // OpenSSL's words may quote what it was given.
    return undefined;
  }
}

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
