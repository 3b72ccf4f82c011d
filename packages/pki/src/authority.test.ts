import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { createAuthority, createSelfSigned, issueCertificate } from './authority.ts';
import { findCertificateFault, readCertificate } from './certificate.ts';

const nowMs = Date.now();
const ca = await createAuthority({ commonName: 'berth CA', nowMs });
const server = await issueCertificate(ca, {
  commonName: 'control',
  usage: 'server',
  names: ['berth-control', '127.0.0.1'],
  nowMs,
});
const client = await issueCertificate(ca, { commonName: 'node1', usage: 'client', nowMs });

/** Dials a server that asks for a client certificate; gives the CN it saw, or why it was refused. */
async function dial(o: { cert?: string; key?: string; serverPair?: typeof server; trust?: string }) {
  const seen = Promise.withResolvers<string>();
  const pair = o.serverPair ?? server;
  const listener = createServer(
    {
      cert: pair.certificatePem,
      key: pair.keyPem,
      ca: ca.certificatePem,
      requestCert: true,
      rejectUnauthorized: true,
    },
    (socket) => {
      seen.resolve((socket.getPeerCertificate().subject.CN as string) ?? '');
      socket.on('error', () => {});
      socket.end();
    },
  );
  listener.on('tlsClientError', (cause: NodeJS.ErrnoException) => seen.resolve(`refused: ${cause.code}`));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    port: (listener.address() as AddressInfo).port,
    servername: 'berth-control',
    ca: o.trust ?? ca.certificatePem,
    ...(o.cert === undefined ? {} : { cert: o.cert }),
    ...(o.key === undefined ? {} : { key: o.key }),
  });
  socket.on('error', (cause: NodeJS.ErrnoException) => seen.resolve(`client: ${cause.code}`));
  socket.resume();
  try {
    return await seen.promise;
  } finally {
    socket.destroy();
    listener.close();
  }
}

test('control and agent trust each other, and control reads the node from the certificate', async () => {
  assert.equal(await dial({ cert: client.certificatePem, key: client.keyPem }), 'node1');
});

test('without a certificate, with a foreign one, or with a server one there is no connection', async () => {
  const other = await createAuthority({ commonName: 'other', nowMs });
  const foreign = await issueCertificate(other, { commonName: 'node1', usage: 'client', nowMs });
  assert.match(await dial({}), /^refused/);
  assert.match(await dial({ cert: foreign.certificatePem, key: foreign.keyPem }), /^refused/);
  assert.match(await dial({ cert: server.certificatePem, key: server.keyPem }), /^refused/);
});

test('a client certificate cannot stand in for control', async () => {
  assert.match(
    await dial({ cert: client.certificatePem, key: client.keyPem, serverPair: client }),
    /^(client|refused)/,
  );
});

test('faults are named: expiry, names, subject, foreign, key, text', async () => {
  const base = { authorityPem: ca.certificatePem, commonName: 'control', names: ['berth-control'], nowMs };
  const fault = (pair: typeof server, more: object = {}) =>
    findCertificateFault(pair, { ...base, daysLeftMin: 30, ...more })?.kind;
  assert.equal(fault(server), undefined);
  assert.equal(fault(server, { daysLeftMin: 826 }), 'expires');
  assert.equal(fault(server, { names: ['elsewhere'] }), 'misses-names');
  assert.equal(fault(client), 'other-subject');
  assert.equal(fault({ ...server, keyPem: client.keyPem }), 'key-differs');
  assert.equal(fault({ certificatePem: '', keyPem: '' }), 'unreadable');
  const other = await createAuthority({ commonName: 'other', nowMs });
  assert.equal(fault(server, { authorityPem: other.certificatePem }), 'foreign');
});

test('no certificate outlives its authority, and a self-signed one names what it serves', async () => {
  const short = await createAuthority({ commonName: 'short', nowMs, days: 10 });
  const leaf = await issueCertificate(short, { commonName: 'x', usage: 'server', nowMs });
  assert.deepEqual(
    readCertificate(leaf.certificatePem).notAfter,
    readCertificate(short.certificatePem).notAfter,
  );
  const self = await createSelfSigned({ commonName: 'shop', names: ['shop.test', '10.0.0.1'], nowMs });
  assert.deepEqual(readCertificate(self.certificatePem).names, ['shop.test', '10.0.0.1']);
});
