import type { Selectable } from 'kysely';
import type { Database } from '../db/database.ts';
import type { DomainsTable } from '../db/schema.ts';
import type { Vault } from '../env/vault.ts';
import type { CustomDomain } from '../routing/edge-model.ts';
import type { Bundle } from './certificate.ts';

/** The one writer of domains. */
export type DomainStore = ReturnType<typeof createDomainStore>;

export function createDomainStore(db: Database) {
  return {
    /** Of all apps, in order: the edge model is made from it. */
    async listAll(): Promise<CustomDomain[]> {
      return (await db.selectFrom('domains').selectAll().orderBy('domain').orderBy('path').execute()).map(
        toDomain,
      );
    },
    async listOf(domain: string): Promise<CustomDomain[]> {
      return (
        await db.selectFrom('domains').selectAll().where('domain', '=', domain).orderBy('path').execute()
      ).map(toDomain);
    },
    async put(entry: CustomDomain, actor: string, nowMs: number): Promise<void> {
      const facts = {
        app: entry.app,
        service: entry.service ?? null,
        strip_prefix: entry.stripPrefix ? 1 : 0,
        https_only: entry.httpsOnly ? 1 : 0,
        redirect_to: entry.redirectTo ?? null,
      };
      await db
        .insertInto('domains')
        .values({ domain: entry.domain, path: entry.path, ...facts, created_at: nowMs, created_by: actor })
        .onConflict((conflict) => conflict.columns(['domain', 'path']).doUpdateSet(facts))
        .execute();
    },
    async remove(domain: string, path: string): Promise<void> {
      await db.deleteFrom('domains').where('domain', '=', domain).where('path', '=', path).execute();
    },
  };
}

export interface StoredCertificate {
  readonly name: string;
  readonly domain: string;
  readonly fingerprint: string;
  readonly notAfter: number;
}

/** The one writer of certificates; chains and keys are sealed. */
export type CertificateStore = ReturnType<typeof createCertificateStore>;

/** Name an agent keeps the certificate of a domain under: a file name. */
export const certificateName = (domain: string): string => domain.replace('*', '_wildcard');

const place = (name: string): string => `certificate/${name}`;

export function createCertificateStore(db: Database, vault: Vault) {
  return {
    /** With keys, for the edges. */
    async list(): Promise<{ name: string; pem: string }[]> {
      const rows = await db.selectFrom('certificates').select(['name', 'sealed']).orderBy('name').execute();
      return rows.map((row) => ({ name: row.name, pem: vault.open(row.sealed, place(row.name)) }));
    },
    async listFacts(): Promise<StoredCertificate[]> {
      const rows = await db
        .selectFrom('certificates')
        .select(['name', 'domain', 'fingerprint', 'not_after'])
        .orderBy('name')
        .execute();
      return rows.map(({ not_after: notAfter, ...rest }) => ({ ...rest, notAfter }));
    },
    async find(domain: string): Promise<Bundle | undefined> {
      const row = await db
        .selectFrom('certificates')
        .selectAll()
        .where('domain', '=', domain)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      return {
        pem: vault.open(row.sealed, place(row.name)),
        fingerprint: row.fingerprint,
        notAfter: row.not_after,
      };
    },
    async put(domain: string, bundle: Bundle, nowMs: number): Promise<void> {
      const name = certificateName(domain);
      const facts = {
        sealed: vault.seal(bundle.pem, place(name)),
        fingerprint: bundle.fingerprint,
        not_after: bundle.notAfter,
        updated_at: nowMs,
      };
      await db
        .insertInto('certificates')
        .values({ name, domain, ...facts })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(facts))
        .execute();
    },
    async remove(domain: string): Promise<void> {
      await db.deleteFrom('certificates').where('domain', '=', domain).execute();
    },
    /** Of domains that no app has any more. */
    async removeUnused(): Promise<void> {
      await db
        .deleteFrom('certificates')
        .where('domain', 'not in', db.selectFrom('domains').select('domain'))
        .execute();
    },
  };
}

function toDomain(row: Selectable<DomainsTable>): CustomDomain {
  return {
    domain: row.domain,
    app: row.app,
    service: row.service ?? undefined,
    path: row.path,
    stripPrefix: row.strip_prefix === 1,
    httpsOnly: row.https_only === 1,
    redirectTo: row.redirect_to ?? undefined,
  };
}
