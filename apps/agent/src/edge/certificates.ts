import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refuse } from '@berth/contract/errors';
import type { EdgeCertificate } from '@berth/domain/edge';
import { certificateName } from './check-model.ts';
import { giveToEdge, isMissing } from './files.ts';
import { ownCertificate } from './names.ts';

export interface HeldCertificate extends EdgeCertificate {
  readonly notAfter: string;
}

/** Why a PEM bundle cannot be served; undefined when it can. Pure. */
export function findBundleFault(pem: string, nowMs: number): string | undefined {
  const [leaf] = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  const [key] =
    pem.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g) ?? [];
  if (leaf === undefined) return 'there is no certificate in it';
  if (key === undefined) return 'there is no private key in it';
  try {
    const certificate = new X509Certificate(leaf);
    if (!certificate.checkPrivateKey(createPrivateKey(key)))
      return 'the private key is not that of the first certificate';
    if (Date.parse(certificate.validTo) <= nowMs) return `it expired at ${certificate.validTo}`;
  } catch (error) {
    return `it cannot be read: ${(error as Error).message}`;
  }
  return undefined;
}

/** PEM bundles as HAProxy reads them (chain, then key), 0600, one file each. */
export function createCertificates(directory: string) {
  const fileOf = (name: string): string => join(directory, `${name}.pem`);

  const read = async (name: string): Promise<string | undefined> => {
    try {
      return await readFile(fileOf(name), 'utf8');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
  const write = async (name: string, pem: string): Promise<void> => {
    const candidate = join(directory, `.${name}.new`);
    await writeFile(candidate, pem, { mode: 0o600, flush: true });
    await giveToEdge(candidate, 0o600);
    await rename(candidate, fileOf(name));
  };

  return {
    /** Keeps a bundle after checking it; the previous file of the name stays until then. */
    put: async (name: string, pem: string, nowMs: number): Promise<void> => {
      if (!certificateName.test(name)) throw refuse('invalid', `${name} is not a name for a certificate`);
      const fault = findBundleFault(pem, nowMs);
      if (fault !== undefined) throw refuse('invalid', `The certificate ${name} cannot be served: ${fault}`);
      await write(name, pem);
    },
    list: async (): Promise<readonly HeldCertificate[]> => {
      const names = (await readdir(directory)).filter((file) => /^[^.].*\.pem$/.test(file)).sort();
      const held: HeldCertificate[] = [];
      for (const file of names) {
        const pem = await readFile(join(directory, file), 'utf8');
        held.push({
          name: file.slice(0, -'.pem'.length),
          fingerprint: fingerprintOf(pem),
          notAfter: new Date(new X509Certificate(pem).validTo).toISOString(),
        });
      }
      return held;
    },
    /** The first of the certificates a model names that is not here as it says. */
    findMissing: async (wanted: readonly EdgeCertificate[]): Promise<string | undefined> => {
      for (const { name, fingerprint } of wanted) {
        const pem = await read(name);
        if (pem === undefined || fingerprintOf(pem) !== fingerprint) return name;
      }
      return undefined;
    },
    /** The agent's own, so that HTTPS answers from the first start. The library is loaded only when it is made. */
    ensureOwn: async (names: readonly string[], nowMs: number): Promise<void> => {
      const held = await read(ownCertificate);
      if (held !== undefined && findBundleFault(held, nowMs) === undefined) return;
      const { createSelfSigned } = await import('@berth/pki/authority');
      const pair = await createSelfSigned({ commonName: names[0] ?? 'berth', names: [...names], nowMs });
      await write(ownCertificate, `${pair.certificatePem.trim()}\n${pair.keyPem.trim()}\n`);
    },
  };
}

/** As in EdgeCertificate: of the bundle as it was given, to the last byte. */
export const fingerprintOf = (pem: string): string => createHash('sha256').update(pem).digest('hex');
