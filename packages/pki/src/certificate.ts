import { createPrivateKey, X509Certificate } from 'node:crypto';

export interface CertificateFacts {
  readonly commonName: string;
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-256, lower-case hex. */
  readonly fingerprint: string;
}

/** Reads the first certificate of a PEM text. Throws Node's error when there is none. */
export function readCertificate(pem: string): CertificateFacts {
  const certificate = new X509Certificate(pem);
  return {
    commonName: /(?:^|\n)CN=(.*)/.exec(certificate.subject)?.[1] ?? '',
    names: (certificate.subjectAltName ?? '')
      .split(', ')
      .filter((name) => name !== '')
      .map((name) => name.replace(/^(DNS|IP Address):/, '')),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

/** Why a certificate must be made anew. */
export type CertificateFault =
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'key-differs' }
  | { readonly kind: 'expires'; readonly notAfter: Date }
  | { readonly kind: 'misses-names'; readonly names: readonly string[] }
  | { readonly kind: 'other-subject'; readonly commonName: string };

/**
 * What is wrong with a certificate and key that should serve `commonName` (any when absent) and `names` under `authorityPem`
 * for at least `daysLeftMin` more days; undefined when nothing is.
 */
export function findCertificateFault(
  pair: { certificatePem: string; keyPem: string },
  o: {
    authorityPem: string;
    commonName?: string;
    names?: readonly string[];
    nowMs: number;
    daysLeftMin: number;
  },
): CertificateFault | undefined {
  let certificate: X509Certificate;
  let isOwnKey: boolean;
  try {
    certificate = new X509Certificate(pair.certificatePem);
    isOwnKey = certificate.checkPrivateKey(createPrivateKey(pair.keyPem));
  } catch {
    // Whatever Node finds wrong in the text, the answer is a new pair.
    return { kind: 'unreadable' };
  }
  if (!isOwnKey) return { kind: 'key-differs' };
  if (!certificate.verify(new X509Certificate(o.authorityPem).publicKey)) return { kind: 'foreign' };
  const facts = readCertificate(pair.certificatePem);
  if (o.commonName !== undefined && facts.commonName !== o.commonName)
    return { kind: 'other-subject', commonName: facts.commonName };
  const missing = (o.names ?? []).filter((name) => !facts.names.includes(name));
  if (missing.length > 0) return { kind: 'misses-names', names: missing };
  if (facts.notAfter.getTime() - o.nowMs < o.daysLeftMin * 86_400_000)
    return { kind: 'expires', notAfter: facts.notAfter };
  return undefined;
}
