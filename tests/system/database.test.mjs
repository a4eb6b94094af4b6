// database.test.mjs — migrations and what the daemon's role may do.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';

const { lab, test } = labFile();

const asDaemon = (sql) => lab.pg.trySql(sql, { user: 'assayd' });

test('migrate twice changes nothing', async () => {
	const applied = () => lab.pg.sql('SELECT m::text FROM assay.migration m ORDER BY 1');
	const before = await applied();
	assert.ok(before.length > 0);
	await lab.assayd('migrate');
	assert.equal(await applied(), before);
});

test('two migrations at once wait for each other', async () => {
	await lab.pg.sql('CREATE DATABASE twin OWNER assay_owner', { dbname: 'postgres' });
	const owner = lab.pg.conninfo('assay_owner', { dbname: 'twin' });
	const results = await Promise.all(Array.from({ length: 4 }, () =>
		lab.tryAssayd('migrate', '--migrate-database', owner)));
	for (const result of results)
		assert.equal(result.code, 0, result.stderr);
});

test('an applied migration that was edited is refused by name', async () => {
	const sql = path.join(lab.dir, 'sql');
	cpSync(path.join(repo, 'sql'), sql, { recursive: true });
	const [first] = readdirSync(path.join(sql, 'migrations')).sort();
	const file = path.join(sql, 'migrations', first);
	writeFileSync(file, `${readFileSync(file, 'utf8')}\n-- edited\n`);
	const result = await lab.tryAssayd('migrate', '--sql', sql);
	assert.notEqual(result.code, 0);
	assert.ok(result.stderr.includes(first), result.stderr);
});

test('a migration that fails leaves nothing of itself behind', async () => {
	const sql = path.join(lab.dir, 'sql-bad');
	cpSync(path.join(repo, 'sql'), sql, { recursive: true });
	writeFileSync(path.join(sql, 'migrations/9000_bad.sql'),
		'CREATE TABLE assay.half_done (a int);\nSELECT nonsense;\n');
	const result = await lab.tryAssayd('migrate', '--sql', sql);
	assert.notEqual(result.code, 0);
	assert.ok(result.stderr.includes('9000_bad.sql'), result.stderr);
	assert.equal(await lab.pg.sql('SELECT to_regclass(\'assay.half_done\') IS NULL'), 't');
	await lab.assayd('migrate');
});

// The folder of migrations with one more; returns its path.
function withMigration(name, text) {
	const sql = path.join(lab.dir, `sql-${name}`);
	cpSync(path.join(repo, 'sql'), sql, { recursive: true });
	const number = String(readdirSync(path.join(sql, 'migrations')).length + 1).padStart(4, '0');
	writeFileSync(path.join(sql, `migrations/${number}_${name}.sql`), text);
	return sql;
}

const stepsOf = (last) => `-- steps for a table in use

-- step
ALTER TABLE assay.leaf ADD COLUMN IF NOT EXISTS twice bigint;
-- step, until nothing changes
UPDATE assay.leaf SET twice = 2 * index WHERE index IN (SELECT index FROM assay.leaf WHERE twice IS NULL LIMIT 2);
-- step
DROP INDEX CONCURRENTLY IF EXISTS assay.leaf_twice;
-- step
CREATE INDEX CONCURRENTLY leaf_twice ON assay.leaf (twice);
-- step
${last};
`;

test('a migration in steps is done step by step; interrupted, it begins anew and comes to the same end', async () => {
	await lab.pg.sql('CREATE DATABASE steps TEMPLATE template0 OWNER assay_owner', { dbname: 'postgres' });
	const owner = lab.pg.conninfo('assay_owner', { dbname: 'steps' });
	const inSteps = (sql) => lab.pg.sql(sql, { dbname: 'steps' });
	await lab.assayd('migrate', '--migrate-database', owner);
	await inSteps(`INSERT INTO assay.leaf (index, id, kind, accepted_at_ms, state, hash)
		SELECT i, int8send(i), 'submission', 0, 'counted', int8send(i) FROM generate_series(0, 4) i`);
	const bad = await lab.tryAssayd('migrate', '--migrate-database', owner, '--sql', withMigration('bad_steps', stepsOf('SELECT nonsense')));
	assert.notEqual(bad.code, 0);
	assert.match(bad.stderr, /nonsense/);
	assert.equal(await inSteps('SELECT count(*) FROM assay.migration WHERE name LIKE \'%steps%\''), '0');
	await lab.assayd('migrate', '--migrate-database', owner, '--sql', withMigration('steps', stepsOf('SELECT 1')));
	assert.equal(await inSteps('SELECT count(*) FROM assay.leaf WHERE twice = 2 * index'), '5');
	assert.equal(await inSteps('SELECT indisvalid FROM pg_index WHERE indexrelid = \'assay.leaf_twice\'::regclass'), 't');
	await inSteps('ALTER TABLE assay.leaf DROP COLUMN twice');
});

test('a migration that must wait for a lock lets others go first', async () => {
	await lab.pg.sql('CREATE DATABASE busy TEMPLATE template0 OWNER assay_owner', { dbname: 'postgres' });
	const owner = lab.pg.conninfo('assay_owner', { dbname: 'busy' });
	const inBusy = (sql) => lab.pg.sql(sql, { dbname: 'busy' });
	await lab.assayd('migrate', '--migrate-database', owner);
	const reading = inBusy('BEGIN; SELECT count(*) FROM assay.pending; SELECT pg_sleep(4); COMMIT;');
	await waitFor('it to read', async () => await inBusy('SELECT count(*) FROM pg_locks WHERE relation = \'assay.pending\'::regclass') !== '0');
	let ended = false;
	const migrating = lab.assayd('migrate', '--migrate-database', owner, '--sql',
		withMigration('busy', 'ALTER TABLE assay.pending ADD COLUMN more text;\n')).finally(() => {
		ended = true;
	});
	await waitFor('it to wait', async () => await inBusy('SELECT count(*) FROM pg_locks WHERE relation = \'assay.pending\'::regclass ' +
		'AND NOT granted') !== '0');
	await inBusy('INSERT INTO assay.pending (id) VALUES (\'\\x00\')');
	assert.equal(ended, false);
	await Promise.all([reading, migrating]);
	assert.equal(await inBusy('SELECT count(more) FROM assay.pending'), '0');
});

test('while a migration is under way statements are taken, and wait for their place in the log', async () => {
	const key = await lab.enrolled();
	const migrating = lab.pg.sql('SELECT pg_advisory_lock(418430738810); SELECT pg_sleep(3)');
	await waitFor('the lock', async () => await lab.pg.sql('SELECT count(*) FROM pg_locks WHERE locktype = \'advisory\' ' +
		'AND mode = \'ExclusiveLock\' AND objid = 418430738810 & 4294967295 AND granted') === '1');
	const statement = lab.submission(key);
	await lab.accepted(statement);
	const size = await lab.pg.sql('SELECT size FROM assay.log_head');
	await lab.pg.sql('SELECT pg_sleep(1)');
	assert.equal(await lab.pg.sql('SELECT size FROM assay.log_head'), size);
	assert.equal((await lab.get(`/v1/statements/${statement.id}`)).json().state, 'pending');
	await migrating;
	assert.equal((await lab.settled(statement.id)).state, 'counted');
});

test('a node that is older than the database\'s schema does not lead, and says what to do', async () => {
	const key = await lab.enrolled();
	await lab.pg.sql('INSERT INTO assay.migration (number, name, sha256) VALUES (9999, \'later\', \'\')');
	const statement = lab.submission(key);
	await lab.accepted(statement);
	await waitFor('it to say so', () => /schema 9999, this build knows \d+/.test(lab.daemon.logText()) &&
		/upgrade this node/.test(lab.daemon.logText()));
	await lab.pg.sql('DELETE FROM assay.migration WHERE number = 9999');
	assert.equal((await lab.settled(statement.id)).state, 'counted');
});

test('migrate without a database says so and ends with a documented code', async () => {
	const result = await lab.tryAssayd('migrate', '--migrate-database', 'host=/nonexistent dbname=x');
	assert.ok(result.code > 0 && result.code < 6, String(result.code));
	assert.ok(result.stderr.trim().length > 0);
});

test('the daemon\'s role cannot delete, change, truncate or drop what was signed', async () => {
	const key = await lab.enrolled();
	await lab.accepted(lab.submission(key));
	for (const sql of [
		'DELETE FROM assay.statement',
		'UPDATE assay.statement SET payload = NULL',
		'TRUNCATE assay.statement',
		'DROP TABLE assay.statement',
		'ALTER TABLE assay.statement ADD COLUMN x int',
		'DELETE FROM assay.leaf',
		'UPDATE assay.statement SET payload = \'{}\'',
		'UPDATE assay.statement SET key = id',
		'UPDATE assay.leaf SET id = \'\\x00\'',
		'CREATE TABLE assay.mine (a int)',
		'CREATE TABLE public.mine (a int)',
		'UPDATE assay.migration SET hash = \'x\'',
		'SET ROLE assay_owner',
	]) {
		const result = await asDaemon(sql);
		assert.notEqual(result.code, 0, sql);
		assert.match(result.stderr, /permission denied|must be owner|does not exist|only a withheld statement loses|may only lose/, sql);
	}
	assert.ok(Number(await lab.pg.sql('SELECT count(*) FROM assay.statement')) >= 3);
});

test('the daemon\'s role owns nothing', async () => {
	assert.equal(await lab.pg.sql('SELECT count(*) FROM pg_class WHERE relowner = \'assayd\'::regrole'), '0');
	assert.equal(await lab.pg.sql('SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles ' +
		'WHERE rolname = \'assayd\''), 'f');
});

test('roles.sql can be run again', async () => {
	await lab.pg.runFile(path.join(repo, 'sql/roles.sql'));
});
