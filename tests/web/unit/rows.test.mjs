// rows.test.mjs — a board's rows from its columns: the cells that the server makes of the same fields, the same estimates.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { rowsOf } from '../../../webroot/app/rows.mjs';

const documents = path.join(import.meta.dirname, '../../cases/documents/expected/v1');
const read = (name) => JSON.parse(readFileSync(path.join(documents, name)));
const files = (folder) => readdirSync(path.join(documents, folder), { recursive: true, withFileTypes: true })
	.filter((one) => one.isFile() && one.name.endsWith('.json')).map((one) => path.relative(documents, path.join(one.parentPath ?? one.path, one.name)));

// Models' documents have the rows whole, with digests that the server made.
const whole = new Map(files('models').map(read).filter((doc) => doc.boards)
	.flatMap((doc) => doc.boards.flatMap((board) => board.rows)).map((row) => [row.cell, row]));

test('rows have the digests that the server gives the same cells, and what models’ documents say of them', () => {
	let n = 0;
	for (const board of files('suites').map(read))
		for (const row of rowsOf(board)) {
			const { cell, log_size: size, fields, model, engine, held, estimates } = whole.get(row.cell);
			assert.deepEqual({ log_size: row.log_size, fields: row.fields, model: row.model, engine: row.engine, held: row.held },
				{ log_size: size, fields, model, engine, held }, cell);
			const rounded = estimates.map((one) => Object.fromEntries(Object.entries(one).map(([name, value]) => [name,
				typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(10)) : value])));
			assert.deepEqual(row.estimates, rounded, cell);
			assert.deepEqual(row.ranks.map((rank) => rank.metric), estimates.map((one) => one.metric));
			n++;
		}
	assert.equal(n, whole.size);
	assert.ok(n > 10);
});

const words = (...values) => ({ values, of: values.map((_, at) => at) });
const board = (more) => ({ suite: { name: 's', version: 1, cell: ['subject'] }, rows_n: 2,
	columns: { log_size: [1, 2], model: words({ name: 'a' }, { name: 'b' }), engine: words('x', 'y'), versions: words([], ['1']), held: [0, 3], fields: { subject: words('é', '') } },
	estimates: { row: [1, 1], metric: words('speed', 'score'), point: [5, 6], lowest_vote: [null, 4], highest_vote: [7, null], best: [1, 2], worst: [3, 4], of: [5, 6], ...more } });

test('what one estimate does not say is null in its column; a column that none says is not there', () => {
	const [none, both] = rowsOf(board({ items_n: [null, 9], items_clusters: [null, 3], items_se: [null, 0.5], joint_low: [1, null], joint_high: [8, null] }));
	assert.deepEqual([none.estimates, none.ranks], [[], []]);
	assert.deepEqual(both.estimates, [
		{ metric: 'speed', point: 5, lowest_vote: 5, highest_vote: 7, joint_low: 1, joint_high: 8 },
		{ metric: 'score', point: 6, lowest_vote: 4, highest_vote: 6, items: { n: 9, clusters: 3, se: 0.5 } }]);
	assert.deepEqual(both.ranks, [{ metric: 'speed', best: 1, worst: 3, of: 5 }, { metric: 'score', best: 2, worst: 4, of: 6 }]);
	assert.equal(rowsOf(board())[1].estimates[0].items, undefined);
	assert.deepEqual([both.held, both.engine], [3, { name: 'y', versions: ['1'] }]);
	// SHA-256 of the netstrings 13:assay-cell-v1, 1:s, 1:1, and 10:subject=é, (bytes) or 8:subject=,
	assert.deepEqual(rowsOf(board()).map((row) => row.cell), [
		'a6a26936bfa0401a29be2c5473e9fba62674fe047f0e4e0585aad489675ce6ea',
		'411562dca81807f1df8681168588a9ea27df98222bae369144ffc9b8def38bf3']);
});

test('a board without rows has none', () => {
	const none = { values: [], of: [] };
	assert.deepEqual(rowsOf({ suite: { name: 's', version: 1, cell: ['subject'] }, rows_n: 0,
		columns: { log_size: [], model: none, engine: none, versions: none, held: [], fields: { subject: none } }, estimates: { row: [], metric: none, point: [] } }), []);
});
