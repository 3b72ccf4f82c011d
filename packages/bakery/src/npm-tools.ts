import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { runCommand } from '@berth/runtime/command';
import { extract } from 'tar-stream';
import type { ContextEntry } from './context.ts';

/**
 * npm and corepack in `berth/node`, pinned by content. They are not dependencies of ours: `npm ci` run by an
 * npm inside node_modules would delete itself.
 */
export const npmTools = [
  {
    name: 'npm',
    version: '11.21.2',
    integrity:
      'sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A==',
    bin: { npm: 'bin/npm-cli.js', npx: 'bin/npx-cli.js' },
  },
  {
    name: 'corepack',
    version: '0.36.0',
    integrity:
      'sha512-SiiJsBhZqdBiPHTEl6OT3sASrRrKIcYTQMsVGXx6EE/gM8WFMwYjeIX8Tt8RiU4Iv2J6LbT8KpGfCOsBpRWB/w==',
    bin: { corepack: 'dist/corepack.js', pnpm: 'dist/pnpm.js', yarn: 'dist/yarn.js' },
  },
] as const;

/** Fetches the tools by the machine's own npm, with its registry, proxy and credentials, and unpacks them. */
export async function packNpmTools(workDir: string, signal: AbortSignal): Promise<ContextEntry[]> {
  const directory = join(workDir, 'npm-tools');
  await mkdir(directory, { recursive: true });
  const specs = npmTools.map((tool) => `${tool.name}@${tool.version}`);
  await runCommand('npm', ['pack', '--silent', '--pack-destination', directory, ...specs], {
    cwd: directory,
    signal,
  });
  const entries: ContextEntry[] = [];
  for (const tool of npmTools) {
    const archive = join(directory, `${tool.name}-${tool.version}.tgz`);
    const integrity = `sha512-${createHash('sha512')
      .update(await readFile(archive))
      .digest('base64')}`;
    if (integrity !== tool.integrity)
      throw new Error(
        `the npm registry gave another ${tool.name}@${tool.version} than the pinned one (${integrity})`,
      );
    entries.push(...(await readPackage(archive, `usr/local/lib/node_modules/${tool.name}`)));
    for (const [command, file] of Object.entries(tool.bin))
      entries.push({ path: `usr/local/bin/${command}`, link: `../lib/node_modules/${tool.name}/${file}` });
  }
  return entries;
}

async function readPackage(archive: string, prefix: string): Promise<ContextEntry[]> {
  const entries: ContextEntry[] = [];
  const reader = extract();
  reader.on('entry', (header, stream, next) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: unknown) => chunks.push(chunk as Buffer));
    stream.on('end', () => {
      const path = header.name.replace(/^[^/]+\//, '');
      const isNeeded = header.type === 'file' && !/^(docs|man)\//.test(path);
      if (isNeeded)
        entries.push({
          path: `${prefix}/${path}`,
          bytes: Buffer.concat(chunks),
          isExecutable: /^(bin|dist)\/[^/]+\.js$/.test(path) || path.startsWith('bin/'),
        });
      next();
    });
  });
  await pipeline(createReadStream(archive), createGunzip(), reader);
  return entries;
}
