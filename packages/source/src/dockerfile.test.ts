import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDockerfile } from './dockerfile.ts';

test('ports are those of the stage that is built, and of stages it starts from', () => {
  const text = `# syntax=docker/dockerfile:1
ARG NODE=24
FROM node:\${NODE} AS base
EXPOSE 3000/tcp 9229
FROM base AS build
RUN echo "EXPOSE 1"
FROM nginx:\${MISSING:-1.27} AS other
EXPOSE 80
EXPOSE 53/udp
FROM base
ENV A=b \\
    C=d
# a comment
EXPOSE $NOTHING 4000`;
  const facts = parseDockerfile(text);
  assert.deepEqual(facts.ports, [4000, 3000, 9229]);
  assert.deepEqual(facts.bases, ['node:24'], 'the stage `other` is not needed');
  assert.deepEqual(parseDockerfile(text, { target: 'other' }).bases, ['nginx:1.27']);
  assert.equal(facts.syntax, 'docker/dockerfile:1');
  assert.deepEqual(parseDockerfile(text, { target: 'OTHER' }).ports, [80]);
  assert.deepEqual(parseDockerfile(text, { args: { NODE: '22' } }).bases[0], 'node:22');
});

test('here-documents and continued lines are not instructions', () => {
  const facts = parseDockerfile(`FROM a
RUN <<EOF
EXPOSE 1
EOF
RUN x \\
  # comment inside
  EXPOSE 2
EXPOSE \\
  3`);
  assert.deepEqual(facts.ports, [3]);
});

test('images that files are taken from are needed as well', () => {
  const facts = parseDockerfile(`ARG REGISTRY=r.example.com
FROM alpine AS alpine
FROM scratch AS tools
COPY --from=busybox:1 /bin/sh /sh
FROM unused:1 AS unused
FROM debian
COPY --chown=app --from=tools /sh /sh
COPY --from=0 /etc /etc
RUN --mount=type=bind,from=$REGISTRY/x:2,target=/x --mount=type=cache,target=/c make`);
  assert.deepEqual(facts.bases, ['debian', 'busybox:1', 'alpine', 'r.example.com/x:2']);
});

test('nothing, and nonsense, give nothing', () => {
  assert.deepEqual(parseDockerfile(''), { stages: [], ports: [], bases: [] });
  assert.deepEqual(parseDockerfile('EXPOSE 80\nFROM').ports, []);
});
