// database.test.mjs — migrations and what the daemon's role may do.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { labFile } from './lib/lab.mjs';

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
