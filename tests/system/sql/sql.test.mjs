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
