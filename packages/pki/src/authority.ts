import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const { crypto } = globalThis;
x509.cryptoProvider.set(crypto);

/** A private key with its certificate, both PEM. The key is PKCS #8 and never leaves the files it is kept in. */
export interface KeyPair {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** What a certificate of Berth's CA is for. The other side checks the key usage, so one cannot stand in for the other. */
export type Usage = 'server' | 'client';

const KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** Clocks of joining machines may be behind. */
const SKEW_MS = 5 * 60_000;

/** A new certificate authority for one platform: self-signed, may sign end-entity certificates only. */
export async function createAuthority(o: {
  commonName: string;
  nowMs: number;
  days?: number;
}): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: [{ CN: [o.commonName] }],
    notBefore: new Date(o.nowMs - SKEW_MS),
    notAfter: new Date(o.nowMs + (o.days ?? 3650) * DAY_MS),
    signingAlgorithm: KEY,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
    ],
  });
  return { certificatePem: pem(certificate), keyPem: await exportKey(keys.privateKey) };
}

/**
 * A certificate of `authority`. `commonName` is the identity: control reads a node's id from it. `names` are
 * DNS names or IP addresses of a server.
 */
export async function issueCertificate(
  authority: KeyPair,
  o: { commonName: string; usage: Usage; names?: readonly string[]; nowMs: number; days?: number },
): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certificatePem);
  const signingKey = await importKey(authority.keyPem);
  const keys = await newKeys();
  const notAfter = Math.min(o.nowMs + (o.days ?? 825) * DAY_MS, issuer.notAfter.getTime());
  const usage = o.usage === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: [{ CN: [o.commonName] }],
    issuer: issuer.subject,
    notBefore: new Date(o.nowMs - SKEW_MS),
    notAfter: new Date(notAfter),
    signingAlgorithm: KEY,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage]),
      ...((o.names?.length ?? 0) > 0 ? [subjectNames(o.names!)] : []),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, crypto),
    ],
  });
  return { certificatePem: pem(certificate), keyPem: await exportKey(keys.privateKey) };
}

/** A self-signed server certificate, for HTTPS before any other is there. Clients warn. */
export async function createSelfSigned(o: {
  commonName: string;
  names: readonly string[];
  nowMs: number;
  days?: number;
}): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: [{ CN: [o.commonName] }],
    notBefore: new Date(o.nowMs - SKEW_MS),
    notAfter: new Date(o.nowMs + (o.days ?? 825) * DAY_MS),
    signingAlgorithm: KEY,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      subjectNames(o.names),
    ],
  });
  return { certificatePem: pem(certificate), keyPem: await exportKey(keys.privateKey) };
}

function subjectNames(names: readonly string[]): x509.SubjectAlternativeNameExtension {
  return new x509.SubjectAlternativeNameExtension(
    names.map((value) => ({ type: isAddress(value) ? ('ip' as const) : ('dns' as const), value })),
  );
}
const isAddress = (name: string): boolean => /^\d+(\.\d+){3}$/.test(name) || name.includes(':');

/** 16 random bytes, positive. */
function newSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

const newKeys = async (): Promise<webcrypto.CryptoKeyPair> =>
  (await crypto.subtle.generateKey(KEY, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

async function importKey(keyPem: string): Promise<webcrypto.CryptoKey> {
  const der = x509.PemConverter.decode(keyPem)[0];
  if (der === undefined) throw new Error('the key file holds no PEM block');
  return crypto.subtle.importKey('pkcs8', der, KEY, false, ['sign']);
}

const pem = (certificate: x509.X509Certificate): string => `${certificate.toString('pem')}\n`;
