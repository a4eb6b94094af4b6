// migration.test.mjs — a database with 1,000,000 statements is brought to the newest schema while others work: nobody
// waits a second for it.
// SPDX-License-Identifier: Apache-2.0
//
// Minutes long: tests/run long. ASSAY_MIGRATE_FROM: the number of the migration that the old schema ends with;
// before 16 it is no test but a measurement (deploy/README.md says how long those take).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assaydPath, repo, sanitizerEnv } from '../lib/daemon.mjs';
import { offences } from '../lib/online.mjs';
import { Postgres } from '../lib/postgres.mjs';
import { makeFolder, mustRun, run } from '../lib/process.mjs';

const OLD = Number(process.env.ASSAY_MIGRATE_FROM ?? 16);
const ONLINE_SINCE = 16;
const N = Number(process.env.ASSAY_MIGRATE_N ?? 1000000);
const WAIT_MAX_MS = 1000;
let pg;
let dir;
let asked = 0;

// A session that measures: do(sql) → ms until it was done.
class Session {
	constructor() {
		this.child = spawn('psql', ['-X', '-q', '-A', '-t', '-d', pg.conninfo('postgres')], { stdio: ['pipe', 'pipe', 'pipe'] });
		this.text = '';
		this.errors = '';
		this.child.stdout.on('data', (part) => {
			this.text += part;
			if (this.text.includes('=done=')) {
				this.text = '';
				this.done?.();
			}
		});
		this.child.stderr.on('data', (part) => {
			this.errors += part;
		});
	}

	async do(sql) {
		const began = performance.now();
		await new Promise((resolve) => {
			this.done = resolve;
			this.child.stdin.write(`${sql};\n\\echo =done=\n`);
		});
		return performance.now() - began;
	}

	end() {
		this.child.stdin.end();
	}
}

// What a worker and the leader do, again and again; the longest of each, and how many.
class Probe {
	constructor(make) {
		Object.assign(this, { make, session: new Session(), longest: 0, n: 0, stopped: false });
		this.going = this.go();
	}

	async go() {
		await this.session.do('SELECT 1');
		for (; !this.stopped; this.n++) {
			this.longest = Math.max(this.longest, await this.session.do(this.make(asked++)));
			await pause(5);
		}
		this.session.end();
	}

	async stop() {
		this.stopped = true;
		await this.going;
		assert.equal(this.session.errors, '');
	}
}

const store = (n) => `WITH s AS (INSERT INTO assay.statement (id, kind, payload, payload_sha256, key, signature)
	VALUES (sha256('probe ${n}'), 'submission', '{}', sha256('{}'), sha256('key'), sha256('a') || sha256('b')) RETURNING id)
	INSERT INTO assay.pending (id) SELECT id FROM s`;
// The leader takes its turn only while no migration is under way.
const settle = (n) => `BEGIN; SELECT pg_try_advisory_xact_lock_shared(418430738810) AS may \\gset
	\\if :may
	UPDATE assay.leaf SET state = state WHERE index = ${n % N}; UPDATE assay.measurement SET value = value WHERE index = ${n % N};
	UPDATE assay.submission SET engine_name = engine_name WHERE index = ${n % N};
	INSERT INTO assay.dirty_cell (index, cell) VALUES (${N + n}, sha256('cell'));
	\\endif
	COMMIT`;
const read = (n) => `SELECT count(*) FROM assay.statement s JOIN assay.leaf l USING (id) JOIN assay.submission b ON b.index = l.index
	JOIN assay.measurement m ON m.index = l.index WHERE l.index = ${n % N}`;

// N statements, each of which is logged, settled and has one result. Columns that come later are named as far as OLD has them.
function fill() {
	const since = (number, columns, values) => (OLD >= number ? [columns, values] : ['', '']);
	const [intent, intents] = since(9, ', intent, duration_s', ', CASE WHEN i % 10 = 0 THEN sha256(int8send(i)) END, 60');
	const [nth, nths] = since(13, ', model_nth', ', i / 5000');
	return `SET synchronous_commit = off;
	CREATE TEMP TABLE g AS SELECT i, sha256(int8send(i)) AS id, 'org/model-' || i % 5000 AS model, sha256(int8send(i % 300)) AS who,
		sha256(int8send(i % 20000)) AS cell FROM generate_series(0, ${N - 1}) i;
	INSERT INTO assay.statement (id, kind, payload, payload_sha256, key, signature, accepted_at_ms) SELECT id, 'submission',
		convert_to(format('{"suite":{"name":"throughput"},"evidence":[],"items":[],"notes":"%s"}', repeat(encode(id, 'hex'), 12)), 'UTF8'),
		id, who, id || id, 1700000000000 + i FROM g ORDER BY id;
	INSERT INTO assay.leaf (index, id, kind, accepted_at_ms, submitter, state, hash) SELECT i, id, 'submission', 1700000000000 + i, who, 'counted', id FROM g;
	INSERT INTO assay.submission (index, id, submitter, suite, suite_version, model_name, model, engine_name, engine_version, subject${intent}${nth})
		SELECT i, id, who, 'throughput', 1, model, '{}', 'llama.cpp', 'b1', model${intents}${nths} FROM g;
	INSERT INTO assay.measurement (raw_cell, index, position, metric, value, n, conditions, submitter, state, model_name, engine_version)
		SELECT cell, i, 0, 'decode', i + 0.5, 5, '{}', who, 'counted', model, 'b1' FROM g;
	INSERT INTO assay.raw_cell (raw_cell, suite, suite_version, fields)
		SELECT cell, 'throughput', 1, '{"hardware":"x"}' FROM (SELECT DISTINCT cell FROM g) AS d;
	INSERT INTO assay.dirty_cell (index, cell) SELECT i, cell FROM g;
	UPDATE assay.log_head SET size = ${N};`;
}

// A folder of migrations, up to a number; without the grants, which are of the newest schema.
function folderUpTo(number) {
	const sql = path.join(dir, `sql-${number}`);
	mkdirSync(sql);
	cpSync(path.join(repo, 'sql/migrations'), path.join(sql, 'migrations'), { recursive: true,
		filter: (file) => !/\/\d{4}_/.test(file) || Number(/\/(\d{4})_/.exec(file)[1]) <= number });
	writeFileSync(path.join(sql, 'grants.sql'), 'SELECT 1;\n');
	return sql;
}

const owner = () => pg.conninfo('assay_owner');
const migrate = (sql) => run(assaydPath, ['migrate', '--migrate-database', owner(), '--sql', sql],
	{ env: sanitizerEnv, limitMs: 1200000 });

before(async () => {
	dir = makeFolder('migration-', { mode: 0o755 });
	pg = await Postgres.start({ durable: true });
	for (const [name, value] of Object.entries({ max_wal_size: '8GB', maintenance_work_mem: '256MB', work_mem: '64MB',
		log_lock_waits: 'on', deadlock_timeout: '50ms', log_line_prefix: 'app=%a ' }))
		await pg.sql(`ALTER SYSTEM SET ${name} = '${value}'`, { dbname: 'postgres' });
	await pg.sql('SELECT pg_reload_conf()', { dbname: 'postgres' });
	await pg.runFile(path.join(repo, 'sql/roles.sql'));
	await pg.sql('CREATE DATABASE assay OWNER assay_owner', { dbname: 'postgres' });
	const made = await migrate(folderUpTo(OLD));
	assert.equal(made.code, 0, made.stderr);
	await mustRun('psql', pg.psqlArgs('postgres', 'assay'), { input: `${fill()}\nVACUUM ANALYZE;\n`, limitMs: 1200000 });
}, { timeout: 1200000 });

after(async () => {
	await pg?.remove();
	await mustRun('rm', ['-rf', dir]);
});

// PostgreSQL's own word for how long sessions other than the migration waited for locks since then, in ms.
function lockWaits(from) {
	const text = readFileSync(pg.log, 'utf8').slice(from);
	return [...text.matchAll(/^app=(.*?) LOG: {2}process \d+ acquired (.*?) after ([\d.]+) ms/gm)]
		.filter(([, name]) => name !== 'assayd migrate').map(([, , , ms]) => Number(ms));
}

// Migrate to `sql` while a worker, a leader and a reader go on, and one holds a snapshot for some seconds.
async function whileOthersWork(t, sql) {
	const probes = { store: new Probe(store), settle: new Probe(settle), read: new Probe(read) };
	const slow = new Session();
	await slow.do('SELECT 1');
	const held = slow.do('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM assay.leaf WHERE index < 5; ' +
		'SELECT count(*) FROM assay.statement WHERE accepted_at_ms < 0 AND kind = \'config\'; SELECT pg_sleep(5); COMMIT');
	await pause(500);
	const logged = readFileSync(pg.log, 'utf8').length;
	const began = performance.now();
	const result = await migrate(sql);
	const took = performance.now() - began;
	await held;
	slow.end();
	for (const probe of Object.values(probes))
		await probe.stop();
	assert.equal(result.code, 0, result.stdout + result.stderr);
	t.diagnostic(`${took.toFixed(0)} ms for ${result.stdout.trim().replaceAll('\n', ', ') || 'nothing'}`);
	for (const [name, probe] of Object.entries(probes))
		t.diagnostic(`${name}: ${probe.n} times, the longest took ${probe.longest.toFixed(0)} ms`);
	const waits = lockWaits(logged);
	const longest = Math.max(0, ...waits);
	t.diagnostic(`${waits.length} waits for a lock of more than 50 ms, the longest ${longest.toFixed(0)} ms`);
	return longest;
}

test(`from migration ${OLD} to the newest, with ${N} statements`, { timeout: 1200000 }, async (t) => {
	const longest = await whileOthersWork(t, path.join(repo, 'sql'));
	if (OLD < ONLINE_SINCE)
		t.skip(`a measurement: ${longest.toFixed(0)} ms was the longest wait`);
	else
		assert.ok(longest < WAIT_MAX_MS, `${longest} ms`);
});

test('what migrations to come may do: columns, constraints, an index, a change of 100,000 rows', { timeout: 1200000 }, async (t) => {
	const sql = path.join(dir, 'sql-next');
	cpSync(path.join(repo, 'sql'), sql, { recursive: true });
	const next = readdirSync(path.join(sql, 'migrations')).length + 1;
	const files = {
		columns: `ALTER TABLE assay.statement ADD COLUMN a bigint;
ALTER TABLE assay.leaf ADD COLUMN b bigint NOT NULL DEFAULT 0, ADD CONSTRAINT b_sign CHECK (b >= 0) NOT VALID;
`,
		steps: `-- all of it without holding anybody up

-- step
DROP INDEX CONCURRENTLY IF EXISTS assay.statement_payload;
-- step
CREATE INDEX CONCURRENTLY statement_payload ON assay.statement (payload_sha256);
-- step, until nothing changes
UPDATE assay.leaf SET b = 1 WHERE index IN (SELECT index FROM assay.leaf WHERE index < 100000 AND b = 0 ORDER BY index LIMIT 5000);
-- step
ALTER TABLE assay.leaf VALIDATE CONSTRAINT b_sign;
`,
	};
	Object.entries(files).forEach(([name, text], i) => {
		assert.deepEqual(offences(text), []);
		writeFileSync(path.join(sql, `migrations/${String(next + i).padStart(4, '0')}_${name}.sql`), text);
	});
	const longest = await whileOthersWork(t, sql);
	assert.ok(longest > 0, 'one reads for seconds: somebody waits behind the migration that waits for it');
	assert.ok(longest < WAIT_MAX_MS, `${longest} ms`);
	assert.equal(await pg.sql('SELECT count(*) FROM assay.leaf WHERE b = 1'), String(Math.min(N, 100000)));
	assert.equal(await pg.sql('SELECT indisvalid FROM pg_index WHERE indexrelid = \'assay.statement_payload\'::regclass'), 't');
});
