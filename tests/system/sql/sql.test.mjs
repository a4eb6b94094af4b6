// sql.test.mjs — run each tests/sql/*.sql against a migrated database and roll it back.
// SPDX-License-Identifier: Apache-2.0
//
// A file is plain SQL whose failed ASSERTs and errors are failures. Each runs as a superuser in one
// transaction that is rolled back, so that their order does not matter.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from '../lib/daemon.mjs';
import { labFile } from '../lib/lab.mjs';
import { offences } from '../lib/online.mjs';
import { queries } from '../lib/queries.mjs';

const { lab, test } = labFile({ serve: false });
const folder = path.join(repo, 'tests/sql');

for (const name of readdirSync(folder).filter((file) => file.endsWith('.sql')).sort()) {
	test(name, async () => {
		const text = readFileSync(path.join(folder, name), 'utf8');
		const result = await lab.pg.trySql(`BEGIN;\n${text}\nROLLBACK;\n`);
		assert.equal(result.code, 0, result.stderr);
		assert.doesNotMatch(result.stdout, /^not ok/m);
	});
}

// sql/schema.sql is there to be read: what all migrations together make. ASSAY_WRITE_SCHEMA=1 writes it.
test('schema.sql is what the migrations make', async () => {
	const file = path.join(repo, 'sql/schema.sql');
	const text = `-- schema.sql — what the migrations make, to be read; never run.\n\n${await lab.pg.schema()}`;
	if (process.env.ASSAY_WRITE_SCHEMA)
		writeFileSync(file, text);
	assert.equal(readFileSync(file, 'utf8'), text);
});

// Those up to here were made before anybody ran a large database.
const BEFORE_THE_RULE = 19;
const migrations = path.join(repo, 'sql/migrations');

test('a migration holds nobody up: no statement in it needs a lock for long on a table that is in use', () => {
	for (const name of readdirSync(migrations).filter((file) => Number(file.slice(0, 4)) > BEFORE_THE_RULE))
		assert.deepEqual(offences(readFileSync(path.join(migrations, name), 'utf8')), [], name);
});

test('the rule finds what would hold others up, and lets pass what would not', () => {
	for (const bad of [
		'CREATE INDEX a ON assay.statement (key);',
		'UPDATE assay.evidence_name SET bytes = 1 WHERE bytes < 5;',
		'ALTER TABLE assay.leaf ADD COLUMN a bigint; UPDATE assay.leaf SET a = 1;',
		'DROP INDEX assay.tally_model; CREATE INDEX tally_model ON assay.tally (model_name);',
		'ALTER TABLE assay.leaf ADD COLUMN a bigint NOT NULL;',
		'ALTER TABLE assay.leaf ADD COLUMN a bigint, ADD COLUMN b timestamptz DEFAULT clock_timestamp();',
		'ALTER TABLE assay.leaf ALTER COLUMN reason TYPE bytea USING reason::bytea;',
		'ALTER TABLE assay.leaf ALTER COLUMN reason SET NOT NULL;',
		'ALTER TABLE assay.leaf ADD CONSTRAINT a CHECK (index >= 0);',
		'ALTER TABLE assay.leaf ADD COLUMN a text; CREATE TABLE assay.b (c text); INSERT INTO assay.b SELECT reason FROM assay.leaf;',
		'DO $$ BEGIN UPDATE assay.leaf SET state = \'x\'; END $$;',
		'-- 1\n-- step\nCREATE INDEX CONCURRENTLY a ON assay.leaf (id);\n',
		'-- 1\n-- step, until nothing changes\nUPDATE assay.leaf SET withheld = true WHERE NOT withheld;\n',
		'-- 1\n-- step\nALTER TABLE assay.leaf ADD COLUMN a text;\n',
		'-- 1\n-- step\nDROP TABLE assay.a; DROP TABLE assay.b;\n',
	])
		assert.notDeepEqual(offences(bad), [], bad);
	for (const good of [
		'-- words; and more\nCREATE TABLE assay.a (b text DEFAULT \'x;y\'); CREATE INDEX c ON assay.a (b); INSERT INTO assay.a SELECT reason FROM assay.leaf;',
		'ALTER TABLE assay.leaf ADD COLUMN a bigint NOT NULL DEFAULT 0, ADD CONSTRAINT b CHECK (a >= 0) NOT VALID;',
		'CREATE INDEX a ON assay.leaf (id); UPDATE assay.leaf SET state = \'x\' WHERE index < 5;',
		'CREATE FUNCTION assay.f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;',
		'-- 1\n-- step\nDROP INDEX CONCURRENTLY IF EXISTS assay.a;\n-- step\nCREATE INDEX CONCURRENTLY a ON assay.leaf (id);\n',
		'-- 1\n-- step, until nothing changes\nUPDATE assay.leaf SET withheld = true WHERE index IN ' +
			'(SELECT index FROM assay.leaf WHERE NOT withheld LIMIT 5000);\n-- step\nALTER TABLE assay.leaf VALIDATE CONSTRAINT b;\n' +
			'-- step\nALTER TABLE assay.leaf ALTER COLUMN reason SET NOT NULL;\n',
	])
		assert.deepEqual(offences(good), [], good);
});

// What deploy/SCALE.md says can be spread over machines, and by which column.
const SPREAD = { statement: 'id', evidence_name: 'id', measurement: 'raw_cell', raw_cell: 'raw_cell', cell_of: 'raw_cell',
	voice: 'raw_cell', engine_seen: 'raw_cell', dirty_cell: 'cell', standing: 'cell', agreement: 'cell', transition: 'cell' };

// What runs for every statement, from its acceptance to the boards.
const HOT = ['store', 'pending', 'signers', 'add_leaves', 'add_nodes', 'add_submissions', 'add_raw_cells', 'add_measurements',
	'add_item_scores', 'meetings', 'meeting_runs', 'waiting', 'agreements', 'standings', 'change_agreements', 'add_transitions',
	'add_dirty', 'add_tally', 'add_uses', 'add_voices', 'add_records', 'add_cells', 'add_timings', 'drop_pending', 'move_head', 'leaf_facts', 'signed', 'bundle', 'dirty_cells', 'cells', 'cell_runs'];

test('what is spread by a key is unique by it, and nothing refers to it from elsewhere', async () => {
	const unique = await lab.pg.sql(`SELECT c.relname, i.indexrelid::regclass, ARRAY(SELECT a.attname FROM pg_attribute a
		WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey)) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
		WHERE c.relnamespace = 'assay'::regnamespace AND (i.indisunique OR i.indisexclusion)`);
	const checked = new Set();
	for (const [table, index, columns] of unique.split('\n').map((line) => line.split('|'))) {
		if (!SPREAD[table])
			continue;
		assert.ok(columns.slice(1, -1).split(',').includes(SPREAD[table]), `${index} of ${table} (${columns}) crosses ${SPREAD[table]}`);
		checked.add(table);
	}
	assert.deepEqual([...checked].sort(), Object.keys(SPREAD).sort());
	assert.equal(await lab.pg.sql('SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = \'f\' ' +
		'AND connamespace = \'assay\'::regnamespace'), '');
});

// Joins of spread tables in a query that do not go by the key, and statements met with cells.
function crossings(text) {
	const found = [];
	for (const [join, table, alias, how] of text.matchAll(/JOIN assay\.(\w+) (?:AS )?(\w+) (USING \(\w+\)|ON \S+ = \S+)/g)) {
		const key = SPREAD[table];
		if (key && how !== `USING (${key})` && !new RegExp(`\\b${alias}\\.${key}\\b`).test(how))
			found.push(join);
	}
	const tables = [...text.matchAll(/assay\.(\w+)/g)].map((m) => SPREAD[m[1]]).filter(Boolean);
	if (tables.includes('id') && tables.some((key) => key !== 'id'))
		found.push('statements together with cells');
	return found;
}

test('no statement of the hot path joins across the keys by which rows can be spread', () => {
	const known = queries();
	for (const name of HOT)
		assert.deepEqual(crossings(known.get(name) ?? assert.fail(`no query ${name}`)), [], name);
	assert.notDeepEqual(crossings('SELECT 1 FROM assay.leaf l JOIN assay.measurement m USING (index)'), []);
	assert.notDeepEqual(crossings('SELECT 1 FROM assay.statement s, assay.measurement m WHERE m.index = 1'), []);
});
