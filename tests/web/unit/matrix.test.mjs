// matrix.test.mjs — rows side by side: tests of a metric, hardware by variant, and ways to run a model on a machine.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { machinesOf } from '../../../webroot/app/machine.mjs';
import { matrixOf, testsOf } from '../../../webroot/app/matrix.mjs';

const row = (subject, hardware, metric, point, { voters = 1, n = metric === 'decode' ? [0, 128] : [512, 0], devices = '1' } = {}) => ({ cell: `${subject}${hardware}${metric}`.padEnd(64, '0'),
	model: { name: subject, document: 'd.json', quantization: subject, size_bytes: subject.length }, engine: {}, held: 0,
	fields: { subject, hardware, accelerator_count: devices, 'conditions.n_prompt': String(n[0]), 'conditions.n_gen': String(n[1]) },
	estimates: [{ metric, point, low: point, high: point, voters, runs: 1, standing: 'single', interval: 'none' }] });

test('the test with most rows comes first', () => {
	const tests = testsOf([row('a', 'x', 'decode', 1), row('b', 'x', 'decode', 1), row('a', 'x', 'decode', 1, { n: [0, 64] }), row('a', 'x', 'prefill', 1)], 'decode');
	assert.deepEqual(tests.map(([name, rows]) => [name, rows.length]), [['tg128', 2], ['tg64', 1]]);
});

test('a cell of the matrix is the row most people measured; lines by their best value, heads by size', () => {
	const rows = [row('bb', 'x', 'decode', 5), row('a', 'x', 'decode', 9), row('a', 'x', 'decode', 99, { devices: '4' }), row('a', 'y', 'decode', 20, { voters: 1 }), row('a', 'y', 'decode', 10, { voters: 3 })];
	const { heads, lines } = matrixOf(rows, 'decode', (r) => r.fields.hardware, (r) => r.model.quantization, (r) => r.model.size_bytes);
	assert.deepEqual(heads, ['a', 'bb']);
	assert.deepEqual(lines.map((line) => [line.key, ...line.cells.map((r) => r?.estimates[0].point)]), [['y', 10, undefined], ['x', 9, 5]]);
});

test('one row for each way to run a model, with its rates side by side', () => {
	const suite = { name: 'throughput', cell: ['subject', 'hardware', 'accelerator_count', 'conditions.n_prompt', 'conditions.n_gen', 'conditions.n_depth'], metrics: [{ name: 'prefill', unit: 't/s', scale: 'log' }, { name: 'decode', unit: 't/s', scale: 'log' }] };
	const { rows, columns, note } = machinesOf({ boards: [{ suite, rows: [row('a', 'x', 'prefill', 100), row('a', 'x', 'decode', 10), row('b', 'x', 'decode', 20), row('a', 'x', 'decode', 30, { devices: '2' })] }] });
	assert.equal(rows.length, 3);
	assert.deepEqual([rows[0].rates.prefill.point, rows[0].rates.decode.point, rows[0].devices], [100, 10, 1]);
	assert.equal(rows.find((r) => r.devices === 2).rates.prefill, undefined);
	assert.ok(columns.some((c) => c.title === 'Decode') && columns.some((c) => c.title === 'Accelerators'));
	assert.match(note, /prefill is pp512, decode is tg128/);
	assert.deepEqual(machinesOf({ boards: [] }).rows, []);
});
