// log.test.mjs — reading the published log: what is gone is looked for once more, what is damaged is named.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { DataError } from '../../../webroot/app/data.mjs';
import { LogError, withLog } from '../../../webroot/app/log.mjs';
import { checkpointText, signNote } from '../../system/lib/merkle.mjs';
import { Key, hex, sha256 } from '../../system/lib/protocol.mjs';

const origin = 'example.com/log';
const key = new Key();
const typed = Buffer.concat([Buffer.of(1), key.raw]);
const vkey = `${origin}+${hex(sha256(`${origin}\n`, typed).subarray(0, 4))}+${typed.toString('base64')}\n`;
const noteOf = (size) => signNote(checkpointText(origin, Array(size).fill(sha256('x'))), origin, key);
const lines = (n) => gzipSync(Array.from({ length: n }, (_, i) => `{"id":"${i}"}\n`).join(''));

// A server of these files: name → bytes, status, or function that gives either.
const serve = (files) => async (path) => {
	const found = files[path.replace(/^log\//, '')];
	const body = typeof found === 'function' ? found() : found;
	if (body === undefined || typeof body === 'number')
		return new Response(null, { status: body ?? 404 });
	return new Response(body);
};

test('a tile that went with its checkpoint: once more, from the newer one', async () => {
	let reads = 0;
	const files = { vkey, checkpoint: () => noteOf(2 + reads++), 'statements/000.p/3.jsonl.gz': lines(3) };
	const line = await withLog((log) => log.line(1), serve(files));
	assert.deepEqual([line.id, reads], ['1', 2]);
	delete files['statements/000.p/3.jsonl.gz'];
	reads = 0;
	await assert.rejects(withLog((log) => log.line(1), serve(files)),
		(e) => e instanceof LogError && /lacks the file log\/statements\/000\.p\/3/.test(e.message));
	assert.equal(reads, 2);
});

test('each file is read once, and a bundle that arrives unpacked is taken', async () => {
	let reads = 0;
	const files = { vkey, checkpoint: noteOf(2), 'statements/000.p/2.jsonl.gz': () => (reads++, '{"id":"a"}\n{"id":"b"}\n') };
	assert.deepEqual(await withLog((log) => Promise.all([log.line(0), log.line(1)]), serve(files)), [{ id: 'a' }, { id: 'b' }]);
	assert.equal(reads, 1);
});

test('damage is named; a server in trouble is another thing', async () => {
	const files = { vkey, checkpoint: noteOf(2), 'statements/000.p/2.jsonl.gz': lines(2), 'tile/0/000.p/2': Buffer.alloc(64) };
	const line = (changes) => withLog((log) => Promise.all([log.line(1), log.tile({ level: 0, n: 0, width: 2 })]), serve({ ...files, ...changes }));
	const damaged = (changes, words) => assert.rejects(line(changes), (e) => e instanceof LogError && words.test(e.message));
	await line({});
	await damaged({ checkpoint: 'x' }, /log\/checkpoint is damaged/);
	await damaged({ vkey: 'x' }, /log\/vkey is damaged/);
	await damaged({ 'tile/0/000.p/2': Buffer.alloc(63) }, /has 63 bytes instead of 64/);
	await damaged({ 'statements/000.p/2.jsonl.gz': lines(3) }, /has 3 statements instead of 2/);
	await damaged({ 'statements/000.p/2.jsonl.gz': gzipSync('{}\nnot JSON\n') }, /statement 1 .* is not JSON/);
	await damaged({ 'statements/000.p/2.jsonl.gz': lines(2).subarray(0, 20) }, /cannot be unpacked/);
	await damaged({ 'statements/000.p/2.jsonl.gz': gzipSync(Buffer.alloc(65 * 1024 * 1024)) }, /larger than any bundle/);
	await assert.rejects(line({ vkey: 503 }), (e) => e instanceof DataError && /answered 503/.test(e.message));
	await assert.rejects(withLog(() => 0, async () => { throw new TypeError('x'); }), (e) => e instanceof DataError && /cannot be reached/.test(e.message));
});
