// facts.test.mjs — statements as words: units, devices, and payloads of any form.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { resultsOf, sectionsOf, summaryOf } from '../../../webroot/app/facts.mjs';
import { moment, visible } from '../../../webroot/app/format.mjs';

const plain = (parts) => parts.map((one) => (typeof one === 'string' ? one : one.name ?? one.code)).join('');
const words = (kind, body) => Object.fromEntries(sectionsOf(kind, body).flatMap(([title, rows]) =>
	rows.map(([head, parts]) => [`${title}: ${head}`, plain(parts)])));
const gpu = { name: 'GPU', memory_mib: 24576 };

test('what a submission says, with units; what every payload has is left out', () => {
	const said = words('submission', { audience: 'a', key: 'k', nonce: 'n', created_at: 'c', results: [1],
		model: { name: 'o/m', sha256: 'ab'.repeat(32), parameters: 7e9, size_bytes: 2 ** 32 }, engine: { name: 'e', flags: { fa: '1' } },
		hardware: { cpu: { name: 'C', cores: 4 }, accelerators: [gpu, gpu, { name: 'Other' }], memory_mib: 1024, power_limit_w: 300 },
		started_at: '2026-01-02T03:04:05Z', duration_s: 2.5, use_cases: ['chat', 'code'], items: [{ metric: 'm', scores: Array(99).fill(1) }] });
	assert.deepEqual(said, { 'Model: Name': 'o/m', 'Model: SHA-256': 'ab'.repeat(32), 'Model: Parameters': '7B', 'Model: Size': '4 GiB',
		'Engine: Name': 'e', 'Engine: Flags · Fa': '1', 'Hardware: CPU': 'C', 'Hardware: CPU · Cores': '4',
		'Hardware: Accelerators': '2 × GPU (24 GiB), Other', 'Hardware: Memory': '1 GiB', 'Hardware: Power limit': '300 W',
		'Run: Started at': '2026-01-02 03:04:05 UTC', 'Run: Duration': '2.5 s', 'Run: Use cases': 'chat, code',
		'Run: Items 1 · Metric': 'm', 'Run: Items 1 · Scores': '99 values' });
});

test('results: what all share is said once, the rest with each', () => {
	const result = (n, more) => ({ metric: 'decode', conditions: { n_gen: n, threads: 8, ...more }, value: n, n: 3, sd: 0.5 });
	const { shared, rows } = resultsOf({ results: [result(64), result(128, { fa: true })] }, new Map([['decode', 'tokens/s']]));
	assert.deepEqual(shared, [['Threads', ['8']]]);
	assert.deepEqual(rows.map((r) => [r.metric, r.test, r.value.text, r.unit, r.spread.text, r.n, r.conditions]),
		[['Decode', 'tg64', '64.00', 'tokens/s', '± 0.50 sd', '3', []], ['Decode', 'tg128', '128.00', 'tokens/s', '± 0.50 sd', '3', [['Fa', ['yes']]]]]);
});

test('a result has two digits of its spread, three without one, whole numbers all; what was signed stays beside it', () => {
	const shown = (result) => {
		const [{ value, spread }] = resultsOf({ results: [{ metric: 'm', n: 5, ...result }] }, new Map()).rows;
		return [value.text, value.signed, spread?.text, spread?.signed];
	};
	assert.deepEqual(shown({ value: 5356.123456, sd: 69.987 }), ['5,356', '5356.123456', '± 70 sd', '69.987']);
	assert.deepEqual(shown({ value: 5356.123456, sd: 1234.5 }), ['5,400', '5356.123456', '± 1,200 sd', '1234.5']);
	assert.deepEqual(shown({ value: 0.94176543, se: 0.0064517 }), ['0.9418', '0.94176543', '± 0.0065 se', '0.0064517']);
	assert.deepEqual(shown({ value: 45.678901234 }), ['45.7', '45.678901234', undefined, undefined]);
	assert.deepEqual(shown({ value: 45.678901234, sd: 0 }), ['45.7', '45.678901234', '± 0 sd', '0']);
	assert.deepEqual(shown({ value: 12345 }), ['12,345', '12345', undefined, undefined]);
	assert.deepEqual(shown({ value: null, sd: 'x' }), ['null', 'null', undefined, undefined]);
	assert.deepEqual(shown({ value: 5000, sd: 1e-200 }), ['5,000.000000000000', '5000', '± 1.00e-200 sd', '1e-200']);
	assert.deepEqual(shown({ value: 1e300, sd: 1e299 }), ['1.00e+300', '1e+300', '± 1.00e+299 sd', '1e+299']);
});

test('a line for every kind', () => {
	const line = (kind, body) => plain(summaryOf({ kind, body }));
	assert.equal(line('enrolment', { name: 'Ada' }), 'Ada joins');
	assert.equal(line('submission', { model: { name: 'o/m' }, results: [1, 2], hardware: { cpu: { name: 'C' } } }), 'o/m · 2 results on C');
	assert.equal(line('intent', { model: { name: 'o/m' }, hardware: { accelerators: [gpu, gpu] } }), 'is about to measure o/m on 2 × GPU');
	assert.equal(line('key', { add: 'K' }), 'adds the key K');
	assert.equal(line('key', { revoke: 'K' }), 'revokes the key K');
	assert.equal(line('retraction', { target: 'T', reason: 'r' }), 'takes back T: r');
	assert.equal(line('act', { act: 'hold', target: 'T', reason: 'r' }), 'hold T: r');
	assert.equal(line('config', { rules: 1, suites: [1], pow_bits: 20 }), 'rules 1, 1 suite, proof of work of 20 bits');
	assert.equal(line('a-later-kind', {}), '');
	assert.equal(plain(summaryOf({ withheld: true })), 'withheld');
});

test('no form of a payload is too strange', () => {
	const odd = [undefined, null, 0, '', 'x', true, [], [null, [1, {}]], {}, { name: [], accelerators: 'x', conditions: 3, metric: {} }];
	const members = ['model', 'engine', 'hardware', 'results', 'suites', 'target', 'reason', 'name', 'act', 'add', 'notes'];
	for (const kind of ['config', 'enrolment', 'key', 'intent', 'submission', 'retraction', 'act', 'later'])
		for (const value of odd) {
			const body = Object.fromEntries(members.map((member) => [member, value]));
			for (const one of [body, { ...body, results: [value], hardware: { accelerators: [value], cpu: value } }]) {
				assert.equal(typeof plain(summaryOf({ kind, body: one })), 'string');
				assert.ok(Array.isArray(sectionsOf(kind, one)));
				assert.ok(Array.isArray(resultsOf(one, new Map()).rows));
			}
		}
});

test('what is not seen is shown, and times are read easily', () => {
	assert.equal(visible('a\u202Eb\u200Fc\u0000\n\tä\u2028\u{E0001}'), 'a\\u202eb\\u200fc\\u0000\n\tä\\u2028\\u{e0001}');
	assert.equal(moment('2026-01-02T03:04:05.678Z'), '2026-01-02 03:04:05 UTC');
	assert.equal(moment('soon'), 'soon');
});
