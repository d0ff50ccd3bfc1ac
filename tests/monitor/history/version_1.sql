PRAGMA auto_vacuum = INCREMENTAL;
CREATE TABLE about (clean INTEGER NOT NULL);
INSERT INTO about VALUES (1);
CREATE TABLE targets (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE);
CREATE TABLE states (target INTEGER PRIMARY KEY, state TEXT NOT NULL);
CREATE TABLE latest (
        target INTEGER PRIMARY KEY, at REAL NOT NULL, health INTEGER NOT NULL, trouble INTEGER,
        text TEXT, status INTEGER, elapsed REAL, due REAL NOT NULL, ip TEXT, fingerprint TEXT,
        expires REAL, http_version TEXT, tls_version TEXT, redirects INTEGER NOT NULL,
        bytes_read INTEGER NOT NULL, dns REAL, connect REAL, tls REAL, first_byte REAL,
        body REAL, failure INTEGER);
CREATE TABLE blocks (
        block INTEGER PRIMARY KEY, rolled INTEGER NOT NULL, dropped INTEGER NOT NULL);
CREATE TABLE checks (
        block INTEGER NOT NULL, at INTEGER NOT NULL, target INTEGER NOT NULL,
        health INTEGER NOT NULL, trouble INTEGER, status INTEGER, elapsed INTEGER,
        lag INTEGER NOT NULL, text INTEGER, spell INTEGER NOT NULL, lasted INTEGER NOT NULL,
        PRIMARY KEY (block, at, target)) WITHOUT ROWID;
CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL, day INTEGER NOT NULL);
CREATE INDEX texts_by_day ON texts (day);
CREATE TABLE minutes (
        block INTEGER NOT NULL, at INTEGER NOT NULL, target INTEGER NOT NULL,
        healthy INTEGER NOT NULL, degraded INTEGER NOT NULL,
        unhealthy INTEGER NOT NULL, unknown INTEGER NOT NULL, untimed INTEGER NOT NULL,
        quickest INTEGER, slowest INTEGER, elapsed INTEGER NOT NULL,
        PRIMARY KEY (block, at, target)) WITHOUT ROWID;
CREATE TABLE hours (
        block INTEGER NOT NULL, at INTEGER NOT NULL, target INTEGER NOT NULL,
        healthy INTEGER NOT NULL, degraded INTEGER NOT NULL,
        unhealthy INTEGER NOT NULL, unknown INTEGER NOT NULL, untimed INTEGER NOT NULL,
        quickest INTEGER, slowest INTEGER, elapsed INTEGER NOT NULL,
        ms_up INTEGER NOT NULL, ms_degraded INTEGER NOT NULL, ms_down INTEGER NOT NULL,
        ms_unwatched INTEGER NOT NULL, ms_maintenance INTEGER NOT NULL,
        PRIMARY KEY (block, at, target)) WITHOUT ROWID;
CREATE TABLE days (
        block INTEGER NOT NULL, at INTEGER NOT NULL, target INTEGER NOT NULL,
        healthy INTEGER NOT NULL, degraded INTEGER NOT NULL,
        unhealthy INTEGER NOT NULL, unknown INTEGER NOT NULL, untimed INTEGER NOT NULL,
        quickest INTEGER, slowest INTEGER, elapsed INTEGER NOT NULL,
        ms_up INTEGER NOT NULL, ms_degraded INTEGER NOT NULL, ms_down INTEGER NOT NULL,
        ms_unwatched INTEGER NOT NULL, ms_maintenance INTEGER NOT NULL,
        PRIMARY KEY (block, at, target)) WITHOUT ROWID;
CREATE TABLE failures (
        id INTEGER PRIMARY KEY, target INTEGER NOT NULL, first INTEGER NOT NULL,
        last INTEGER NOT NULL, checks INTEGER NOT NULL, health INTEGER NOT NULL, trouble INTEGER,
        status INTEGER, text TEXT NOT NULL);
CREATE INDEX failures_by_target ON failures (target, first);
CREATE TABLE missed (
        hour INTEGER NOT NULL, target INTEGER NOT NULL, why TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (hour, target, why)) WITHOUT ROWID;
CREATE TABLE incidents (
        id TEXT PRIMARY KEY, opened REAL NOT NULL, closed REAL, trouble TEXT NOT NULL,
        text TEXT NOT NULL, cause TEXT NOT NULL, facts TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX incidents_by_opening ON incidents (opened, id);
CREATE INDEX incidents_by_closing ON incidents (closed);
CREATE TABLE members (
        incident TEXT NOT NULL, place INTEGER NOT NULL, key TEXT NOT NULL, url TEXT NOT NULL,
        shown TEXT NOT NULL, began REAL NOT NULL, ended REAL, text TEXT NOT NULL,
        PRIMARY KEY (incident, place)) WITHOUT ROWID;
CREATE INDEX members_by_key ON members (key, incident);
CREATE TABLE messages (
        id TEXT PRIMARY KEY, incident TEXT NOT NULL, channel TEXT NOT NULL, kind TEXT NOT NULL,
        created REAL NOT NULL, due REAL NOT NULL, fate TEXT NOT NULL, attempts INTEGER NOT NULL,
        sent REAL, error TEXT NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX messages_by_incident ON messages (incident);
CREATE INDEX messages_by_fate ON messages (fate, created);
CREATE TABLE silences (
        id TEXT PRIMARY KEY, pattern TEXT NOT NULL, until REAL NOT NULL, by TEXT NOT NULL,
        why TEXT NOT NULL, made REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE orders (
        number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, subject TEXT NOT NULL,
        by TEXT NOT NULL, why TEXT NOT NULL, until REAL NOT NULL, made REAL NOT NULL,
        done INTEGER NOT NULL DEFAULT 0);
CREATE INDEX orders_to_do ON orders (number) WHERE done = 0;
PRAGMA application_id = 1718906222;
PRAGMA user_version = 1;
