/**
 * Runs inside a container's network namespace (`network-probe.ts`): reads `{"name","count"}` lines, asks
 * Docker's DNS every 5 ms, and writes `{"name","count","atMs"}` once the name has that many addresses.
 */
import { Resolver } from 'node:dns/promises';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const resolver = new Resolver({ timeout: 1000, tries: 1 });
resolver.setServers(['127.0.0.11']);

for await (const line of createInterface({ input: process.stdin })) {
  const { name, count } = JSON.parse(line) as { name: string; count: number };
  for (;;) {
    const addresses = await resolver.resolve4(name).catch(() => []);
    if (addresses.length === count) break;
    await delay(5);
  }
  const atMs = performance.timeOrigin + performance.now();
  process.stdout.write(`${JSON.stringify({ name, count, atMs })}\n`);
}
