import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Docker Compose 2.26 as Debian trixie ships it: what Berth's parser is compared with. */
const reference = {
  version: '2.26.1-4',
  url: 'http://deb.debian.org/debian/pool/main/d/docker-compose/docker-compose_2.26.1-4_amd64.deb',
  sha256: '47681197cb2b1ab88206b42a1a92fc75f50d9530a6322d03494a473eed0408ea',
  binary: 'usr/libexec/docker/cli-plugins/docker-compose',
} as const;

/**
 * Path of the real docker-compose, fetched once from the Debian mirror into the user's cache. With
 * `BERTH_COMPOSE_REFERENCE` set, that binary is used.
 */
export async function findReference(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const given = env.BERTH_COMPOSE_REFERENCE;
  if (given !== undefined && given !== '') return given;
  const cache = env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const directory = join(cache, 'berth', `docker-compose-${reference.version}`);
  const binary = join(directory, reference.binary);
  if (existsSync(binary)) return binary;
  const answer = await fetch(reference.url, { signal: AbortSignal.timeout(120_000) });
  if (!answer.ok) throw new Error(`${reference.url} answered ${answer.status}`);
  const deb = Buffer.from(await answer.arrayBuffer());
  const digest = createHash('sha256').update(deb).digest('hex');
  if (digest !== reference.sha256) throw new Error(`${reference.url} has the digest ${digest}`);
  const work = mkdtempSync(join(tmpdir(), 'berth-compose-'));
  try {
    const file = join(work, 'docker-compose.deb');
    writeFileSync(file, deb);
    const unpacked = join(work, 'root');
    const { status, stderr } = spawnSync('dpkg-deb', ['-x', file, unpacked], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`dpkg-deb failed: ${stderr}`);
    mkdirSync(dirname(directory), { recursive: true });
    rmSync(directory, { recursive: true, force: true });
    const copied = spawnSync('cp', ['-a', unpacked, directory], { encoding: 'utf8' });
    if (copied.status !== 0) renameSync(unpacked, directory);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return binary;
}
