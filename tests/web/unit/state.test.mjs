// state.test.mjs — addresses there and back; documents only from our own tree.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { DataError, readDocument } from '../../../webroot/app/data.mjs';
import { isDocument, readState, writeState } from '../../../webroot/app/state.mjs';

test('a state comes back from its address', () => {
	const state = { board: 'suites/throughput.json', model: '', statement: '', log: '', submitter: '', acts: '', decisions: '', decision: '', watch: '', search: 'a b&c', sort: 'metric:decode', direction: 'descending',
		filters: { hardware: 'RTX + x', test: 'pp64' } };
	assert.deepEqual(readState(writeState(state)), state);
	assert.equal(writeState(readState('')), './');
	assert.equal(readState(writeState({ statement: '0' })).statement, '0');
	assert.equal(readState(writeState({ log: 'latest' })).log, 'latest');
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
