import type { Migration } from '../migration.ts';

export const foundation: Migration = {
  number: 1,
  name: 'foundation',
  up: (database) =>
    database.exec(`
CREATE TABLE apps (
  name TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  desired TEXT NOT NULL CHECK (desired IN ('running', 'stopped')),
  port INTEGER,
  deleted_at INTEGER
) STRICT;
CREATE UNIQUE INDEX apps_port ON apps (port) WHERE deleted_at IS NULL;

CREATE TABLE tokens (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('read', 'deploy', 'admin')),
  sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER,
  revoked_at INTEGER
) STRICT;

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  app TEXT,
  parameters TEXT NOT NULL,
  result TEXT NOT NULL,
  status INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_app ON audit (app, seq);
CREATE INDEX audit_actor ON audit (actor, seq);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END;

CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  app TEXT,
  text TEXT NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX events_app ON events (app, seq);

CREATE TABLE idempotency (
  token_id TEXT NOT NULL,
  key TEXT NOT NULL,
  request_sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  status INTEGER,
  answer TEXT,
  PRIMARY KEY (token_id, key)
) STRICT;
CREATE INDEX idempotency_age ON idempotency (created_at);

CREATE TABLE variables (
  app TEXT NOT NULL REFERENCES apps (name),
  name TEXT NOT NULL,
  sealed TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  updated_by TEXT NOT NULL,
  PRIMARY KEY (app, name)
) STRICT;

CREATE TABLE domains (
  domain TEXT NOT NULL,
  path TEXT NOT NULL,
  app TEXT NOT NULL REFERENCES apps (name),
  service TEXT,
  strip_prefix INTEGER NOT NULL,
  https_only INTEGER NOT NULL,
  redirect_to TEXT,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (domain, path)
) STRICT;
CREATE INDEX domains_app ON domains (app);

CREATE TABLE certificates (
  name TEXT PRIMARY KEY,
  domain TEXT NOT NULL UNIQUE,
  sealed TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  not_after INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
`),
};
