// edges.test.mjs — the outermost statements that the door takes also go through the log: one that did not
// would stop it for everybody.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import path from 'node:path';
import { labFile } from './lib/lab.mjs';
import { envelopeOf, payloadType, statementId, submissionBody } from './lib/protocol.mjs';

const { lab, test } = labFile();

// Sign a payload given as text: numbers stay as they are written here.
function signed(key, text) {
	const type = payloadType('submission');
	return { id: statementId(type, text), text: JSON.stringify(envelopeOf(type, text, { signer: key })) };
}

// The first characters of a text that fit into so many bytes.
function cut(text, bytes) {
	let kept = '';
	for (const character of text)
		if (Buffer.byteLength(kept + character) <= bytes)
			kept += character;
	return kept;
}

const result = (value, more = {}) => ({ metric: 'prefill', conditions: { n_prompt: 512 }, value, n: 1, ...more });
let serial = 0;

// Take it, settle it, and see that the log goes on behind it. Returns how it was settled.
async function goesThrough(key, changes, rewrite = (text) => text) {
	const body = submissionBody(key, lab.policy, { ...changes, notes: `edge ${serial++}` });
	const statement = signed(key, rewrite(JSON.stringify(body)));
	await lab.accepted(statement);
	const settled = await lab.settled(statement.id);
	assert.notEqual(settled.state, 'void', settled.reason);
	return settled;
}

test('numbers at the ends of double and integer', async () => {
	const key = await lab.enrolled();
	for (const number of ['5e-324', '2.2250738585072014e-308', '1e-400', '-0.0', '-0', '1.7976931348623157e308', '-1.7976931348623157e308',
		'9007199254740993', '9223372036854775807', '-9223372036854775808', '1E+2', '0.1000000000000000055511151231257827021181583404541015625',
		`1${'0'.repeat(300)}`.replace(/$/, '.0'), `0.${'0'.repeat(400)}1`])
		await goesThrough(key, { results: [result(12345.5)] }, (text) => text.replace('12345.5', number));
	await goesThrough(key, { results: [result(5, { n: 9000000000000000, sd: 0 })] });
	await goesThrough(key, { results: [result(5, { sd: 1 })] }, (text) => text.replace('"sd":1', '"sd":5e-324'));
	for (const n of [9007199254740991, -9007199254740991])
		await goesThrough(key, { results: [{ ...result(5), conditions: { n_prompt: n } }] });
});

test('text of every kind', async () => {
	const key = await lab.enrolled('\u{10ffff}\uffff');
	for (const name of ['\uffff', '\u{10ffff}', '\ufeff', '\u2028\u2029', '👩🏽‍🔬'.repeat(8), 'e\u0301'.repeat(60), '\\', '"', '\'; DROP TABLE assay.statement; --',
		'{}', '$1', '%s%n', '\u00a0', ' ', '.', '..', '/', '//', 'a//b', 'CON', '~', '~~', 'x'.repeat(200), 'é'.repeat(100)]) {
		const short = cut(name, 60);
		const { index } = await goesThrough(key, { model: { name, quantization: short, file: short, revision: short },
			engine: { name: short, version: short, backend: short }, results: [result(5)], extra: { [short]: name } });
		assert.ok(index > 0);
	}
	await goesThrough(key, { results: [result(5)] }, (text) => text.replace('llama.cpp', '\\ud83d\\ude00\\u00e9\\/'));
});

test('the most results, the longest conditions, the widest machine', async () => {
	const key = await lab.enrolled();
	const accelerators = Array.from({ length: 64 }, (unused, i) => ({ name: `${i % 8}${'g'.repeat(49)}` }));
	const results = Array.from({ length: 500 }, (unused, i) => ({ metric: 'decode', conditions: { n_gen: i + 1 }, value: 9, n: 1 }));
	const { index } = await goesThrough(key, { results, hardware: { cpu: { name: 'c' }, accelerators } });
	await goesThrough(key, { results: Array.from({ length: 20 }, (unused, i) => ({ metric: 'decode',
		conditions: { n_gen: 1, type_k: `${i}${'k'.repeat(1000)}`, type_v: '' }, value: 9, n: 1 })) });
	const document = await lab.documentWhere('index.json', (d) => d.log_size > index + 1);
	const board = await lab.board();
	assert.equal(board.rows.filter((row) => row.fields['conditions.n_gen'] === '500').length, 1);
	assert.equal(document.totals.statements, document.log_size);
});

test('all of it can be audited', async () => {
	const audited = await lab.assay(['audit', lab.url, '--home', path.join(lab.dir, 'home'), '--vkey', lab.policy.vkey]);
	assert.equal(audited.code, 0, audited.stdout + audited.stderr);
	assert.match(audited.stdout, /documents follow from it/);
});

test('every model that was ever named has its document', async () => {
	const index = await lab.document('index.json');
	assert.ok(index.models.length > 20);
	assert.equal(new Set(index.models.map((model) => model.document)).size, index.models.length);
	for (const model of index.models) {
		const answer = await lab.get(`/data/v1/${model.document}`);
		assert.equal(answer.status, 200, model.document);
		assert.equal(answer.json().name, model.name);
	}
});
