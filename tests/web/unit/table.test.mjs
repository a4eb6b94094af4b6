// table.test.mjs — columns, filters and order of a board's rows.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { arrange, choices, columnsOf, filterRows, sortRows } from '../../../webroot/app/table.mjs';

const suite = {
	title: 'T', cell: ['subject', 'hardware', 'conditions.n_prompt', 'conditions.n_gen', 'conditions.n_depth', 'conditions.colour'],
	metrics: [{ name: 'prefill', unit: 'tokens/s' }, { name: 'glow', unit: '' }],
};

const row = (name, hardware, prompt, point, extra = {}) => ({
	cell: `${name}${prompt}`, held: 0, model: { name, document: 'd', ...extra },
	fields: { subject: name, hardware, 'conditions.n_prompt': String(prompt), 'conditions.n_gen': '0',
		'conditions.n_depth': '0', 'conditions.colour': 'red' },
	estimates: point === undefined ? [] : [{ metric: 'prefill', point, voters: 1, runs: 2, standing: 'single' }],
});

const rows = [row('b/x', 'RTX 4090', 512, 30), row('a/y', 'RTX 3090', 64, 9, { quantization: 'Q4_0' }),
	row('c/<script>', 'RTX 4090', 64, undefined), row('a/y', 'RTX 4090', 1024, 100)];
const columns = columnsOf(suite);
const column = (key) => columns.find((c) => c.key === key);
const names = (list) => list.map((r) => r.cell);

test('a suite this page has never heard of has its columns', () => {
	const titles = columns.map((c) => c.title);
	assert.ok(titles.includes('Glow'));
	assert.ok(titles.includes('Colour'));
	assert.ok(titles.includes('Hardware'));
	assert.equal(titles.filter((t) => t === 'Test').length, 1);
	assert.equal(new Set(columns.map((c) => c.key)).size, columns.length);
});

test('metrics nobody measured give no column; what is the same everywhere is said once', () => {
	const { columns: shown, common } = arrange(columns, rows);
	assert.ok(!shown.some((c) => c.title === 'Glow'));
	assert.ok(!shown.some((c) => c.title === 'Colour'));
	assert.deepEqual(common, [['Colour', 'red']]);
});

test('numbers sort as numbers, missing values last in both directions, ties as they came', () => {
	assert.deepEqual(names(sortRows(rows, column('metric:prefill'), 'ascending')), ['a/y64', 'b/x512', 'a/y1024', 'c/<script>64']);
	assert.deepEqual(names(sortRows(rows, column('metric:prefill'), 'descending')), ['a/y1024', 'b/x512', 'a/y64', 'c/<script>64']);
	assert.deepEqual(names(sortRows(rows, column('test'), 'ascending')), ['a/y64', 'c/<script>64', 'b/x512', 'a/y1024']);
	assert.deepEqual(names(sortRows(rows, column('model'), 'ascending')), ['a/y64', 'a/y1024', 'b/x512', 'c/<script>64']);
});

test('all words of the search must be found, in any column, in any case', () => {
	assert.deepEqual(names(filterRows(rows, columns, { search: '4090 A/Y' })), ['a/y1024']);
	assert.deepEqual(names(filterRows(rows, columns, { search: 'pp64' })), ['a/y64', 'c/<script>64']);
	assert.equal(filterRows(rows, columns, { search: 'nothing like it' }).length, 0);
});

test('a filter keeps equal values, and several filters hold together', () => {
	assert.equal(filterRows(rows, columns, { filters: { hardware: 'RTX 4090' } }).length, 3);
	assert.deepEqual(names(filterRows(rows, columns, { filters: { hardware: 'RTX 4090', test: 'pp64' } })), ['c/<script>64']);
	assert.equal(filterRows(rows, columns, { filters: { hardware: '' } }).length, 4);
});

test('choices are each value once, in order', () => {
	assert.deepEqual(choices(column('test'), rows), ['pp64', 'pp512', 'pp1024']);
});
