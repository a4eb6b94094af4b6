// state.test.mjs — addresses there and back; documents only from our own tree.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { DataError, readDocument } from '../../../webroot/app/data.mjs';
import { isDocument, readState, readVariant, toggled, variantOf, writeState } from '../../../webroot/app/state.mjs';

test('a state comes back from its address', () => {
	const state = { ...readState(''), board: 'suites/throughput.json', search: 'a b&c', sort: 'metric:decode', direction: 'descending',
		filters: { hardware: 'RTX + x', test: 'pp64' }, columns: ['size', 'rank'], variants: ['models/a/b.json:0123456789ab'], suite: 'x', memory: '24' };
	assert.deepEqual(readState(writeState(state)), state);
	assert.equal(writeState(readState('')), './');
	assert.equal(readState(writeState({ statement: '0' })).statement, '0');
	assert.equal(readState(writeState({ log: 'latest' })).log, 'latest');
	assert.deepEqual(readState(writeState({ columns: [] })).columns, []);
	assert.equal(readState('?board=x').columns, null);
});

test('variants to compare are six at most, each once, and only documents of the tree', () => {
	const many = Array.from({ length: 9 }, (_, n) => `v=models/m${n}.json:0123456789ab`).join('&');
	assert.equal(readState(`?compare=variants&${many}`).variants.length, 6);
	assert.deepEqual(readState('?v=../x.json:0123456789ab&v=models/m.json:<b>&v=x&v=models/m.json:01234567&v=models/m.json:01234567').variants, ['models/m.json:01234567']);
	assert.deepEqual(toggled(['a', 'b'], 'a'), ['b']);
	assert.deepEqual(toggled(['a', 'b', 'c', 'd', 'e', 'f'], 'g'), ['a', 'b', 'c', 'd', 'e', 'f']);
	assert.deepEqual(readVariant(variantOf({ cell: 'ab'.repeat(32), model: { document: 'models/o/n.json' } })), { document: 'models/o/n.json', cell: 'abababababab' });
});

test('only documents of the tree are read', () => {
	for (const good of ['index.json', 'models/org/a~20b.json', 'suites/x/1.json'])
		assert.ok(isDocument(good), good);
	for (const bad of ['', '/etc/x.json', '../x.json', 'a/../b.json', 'http://x/y.json', '//x/y.json', 'x.html', 'a?b.json', 'a\\b.json'])
		assert.ok(!isDocument(bad), bad);
});

test('every failure is said in words', async () => {
	const answers = (status, body) => async () => ({ status, ok: status === 200, json: async () => JSON.parse(body) });
	const says = (get, words) => assert.rejects(readDocument('index.json', 'f', get), (e) => e instanceof DataError && words.test(e.message));
	await says(async () => { throw new TypeError('x'); }, /cannot be reached/);
	await says(answers(404, ''), /no document index.json/);
	await says(answers(503, ''), /answered 503/);
	await says(answers(200, '{"format":"other"}'), /another form/);
	await says(answers(200, 'not json'), /another form/);
	await assert.rejects(readDocument('../x.json', 'f'), DataError);
	assert.deepEqual(await readDocument('index.json', 'f', answers(200, '{"format":"f"}')), { format: 'f' });
});

test('what did not change is not parsed again, and another ETag is', async () => {
	let parsed = 0;
	const answer = (tag) => async () => ({ status: 200, ok: true, headers: new Headers({ ETag: tag }), json: async () => ({ format: 'f', n: ++parsed }) });
	assert.equal((await readDocument('kept.json', 'f', answer('"a"'))).n, 1);
	assert.equal((await readDocument('kept.json', 'f', answer('"a"'))).n, 1);
	assert.equal((await readDocument('kept.json', 'f', answer('"b"'))).n, 2);
});
