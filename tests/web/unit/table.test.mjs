// table.test.mjs — columns, filters and order of a board's rows.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { arrange, choices, chosen, columnsOf, filterRows, sortRows } from '../../../webroot/app/table.mjs';

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

const kinds = { ...suite, rank_within: ['hardware'], metrics: ['prefill', 'decode'].map((name) => ({ name, unit: 'tokens/s', scale: 'log', direction: 'higher' })) };
const measured = (metric, point, more = {}) => ({ ...row('a', 'RTX', 512, undefined, more), estimates: [{ metric, point, voters: 1, runs: 1, standing: 'single' }] });

test('where each row has one metric of one kind, one column shows them all', () => {
	const rows2 = [measured('prefill', 10), measured('decode', 2)];
	const { columns: shown } = arrange(columnsOf(kinds), rows2);
	assert.deepEqual(shown.filter((c) => c.estimate).map((c) => c.key), ['value']);
	assert.deepEqual(choices(shown.find((c) => c.key === 'metric'), rows2), ['Decode', 'Prefill']);
	const both = { ...measured('prefill', 10), estimates: [...measured('prefill', 10).estimates, ...measured('decode', 2).estimates] };
	assert.deepEqual(arrange(columnsOf(kinds), [both]).columns.filter((c) => c.estimate).map((c) => c.key), ['metric:prefill', 'metric:decode']);
});

test('columns asked for are shown in the board’s order, the model always; else the usual ones', () => {
	const all = arrange(columnsOf(kinds), [measured('prefill', 10), measured('decode', 2)]).columns;
	assert.deepEqual(chosen(all, ['runs', 'size']).map((c) => c.key), ['model', 'size', 'runs']);
	assert.deepEqual(chosen(all, []).map((c) => c.key), ['model']);
	assert.ok(chosen(all, null).every((c) => !c.spare));
});

test('parameters are filtered by class; facts are columns only where somebody knows them', () => {
	const list = [measured('prefill', 1, { parameters: 7e9 }), measured('prefill', 2, { parameters: 8e9, family: 'Alder' }), measured('decode', 3)];
	const { columns: shown } = arrange(columnsOf(kinds), list);
	const parameters = shown.find((c) => c.key === 'parameters');
	assert.deepEqual(choices(parameters, list), ['4B to 9B', '']);
	assert.equal(filterRows(list, shown, { filters: { parameters: '4B to 9B' } }).length, 2);
	assert.ok(shown.some((c) => c.key === 'family'));
	assert.ok(!shown.some((c) => c.key === 'licence'));
});
