// format.test.mjs — numbers, times, names of test points.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { ago, bytes, count, kvType, label, measure, parameters, rounded, shortHardware, testPoint, tickText } from '../../../webroot/app/format.mjs';

test('three significant digits', () => {
	for (const [value, text] of [[162156.229, '162,000'], [7394.8, '7,390'], [999.96, '1000'], [12.345, '12.3'], [0.05, '0.05'],
		[0, '0'], [-3.14159, '-3.14'], [1e-9, '1.00e-9'], [undefined, '–'], [NaN, '–'], [Infinity, '–']])
		assert.equal(measure(value), text);
});

test('sizes and counts', () => {
	assert.equal(bytes(2259968), '2.16 MiB');
	assert.equal(bytes(12), '12 B');
	assert.equal(parameters(2126144), '2.13M');
	assert.equal(parameters(70.6e9), '70.6B');
	assert.equal(count(1, 'run'), '1 run');
	assert.equal(count(1200, 'run'), '1,200 runs');
});

test('times ago', () => {
	const now = Date.parse('2026-01-02T00:00:00Z');
	assert.equal(ago('2026-01-01T23:59:30Z', now), 'just now');
	assert.equal(ago('2026-01-01T21:00:00Z', now), '3 hours ago');
	assert.equal(ago('2026-01-01T00:00:00Z', now), '1 day ago');
	assert.equal(ago('2026-01-03T00:00:00Z', now), 'just now');
});

test('test points have llama-bench’s names', () => {
	const point = (p, g, d) => testPoint({ 'conditions.n_prompt': p, 'conditions.n_gen': g, 'conditions.n_depth': d });
	assert.equal(point('512', '0', '0'), 'pp512');
	assert.equal(point('0', '128', '0'), 'tg128');
	assert.equal(point('64', '16', '128'), 'pp64+tg16 @ d128');
	assert.equal(point(undefined, undefined, undefined), '–');
});

test('types of the KV cache, and labels', () => {
	assert.equal(kvType({ 'conditions.type_k': 'f16', 'conditions.type_v': 'f16' }), 'f16');
	assert.equal(kvType({ 'conditions.type_k': 'q8_0', 'conditions.type_v': 'f16' }), 'q8_0/f16');
	assert.equal(label('conditions.flash_attn'), 'Flash attn');
	assert.equal(label('accelerator_count'), 'Accelerators');
});

test('values to a place, marks of an axis, devices as people call them', () => {
	for (const [value, place, text] of [[1234.5, 1, '1,230'], [1234.5, 0, '1,235'], [0.04567, -4, '0.0457'], [-3.14, -1, '-3.1'], [0, -2, '0.00'], [1e-7, -9, '1.00e-7'], [NaN, 0, '–'], [20000, 3, '20,000']])
		assert.equal(rounded(value, place), text);
	for (const [value, text] of [[100000, '100k'], [2e6, '2M'], [5000, '5000'], [0.25, '0.25'], [1e-5, '1e-5'], [0, '0']])
		assert.equal(tickText(value), text);
	for (const [name, text] of [['NVIDIA GeForce RTX 4090', 'RTX 4090'], ['NVIDIA H100 80GB HBM3', 'H100 80GB HBM3'], ['AMD Radeon RX 7900 XTX', 'Radeon RX 7900 XTX'], ['Apple M2 Ultra', 'Apple M2 Ultra'],
		['Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz', 'Gold 6338'], ['AMD EPYC 9654 96-Core Processor', 'EPYC 9654'], ['NVIDIA L4 + NVIDIA T4', 'L4 + T4'], ['<b>', '<b>']])
		assert.equal(shortHardware(name), text);
});
