// tree.test.mjs — proofs that are made of tiles, against those made of all leaves (RFC 6962).
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { inclusionPath as pathOf, leafHash as wantedHash, treeRoot } from '../../system/lib/merkle.mjs';
import { sha256 } from '../../system/lib/protocol.mjs';
import { climb, hashesAt, inclusionPath, leafHash, tileOf, tilePath } from '../../../webroot/app/tree.mjs';

const hashes = Array.from({ length: 65793 }, (_, i) => sha256(`leaf ${i}`));
const roots = new Map(); // of full subtrees, by level and number
function subtree(level, i) {
	const key = `${level}/${i}`;
	if (!roots.has(key))
		roots.set(key, level === 0 ? hashes[i] : treeRoot(Array.from({ length: 256 }, (_, k) => subtree(level - 1, i * 256 + k))));
	return roots.get(key);
}

// The tiles of a log of that size; a tile or a width that it has not is an error.
const tilesOf = (size) => async ({ level, n, width }) => {
	assert.equal(width, Math.min(256, Math.floor(size / 256 ** level) - n * 256));
	assert.ok(width > 0);
	return new Uint8Array(Buffer.concat(Array.from({ length: width }, (_, i) => subtree(level, n * 256 + i))));
};

async function compare(index, size) {
	const leaves = hashes.slice(0, size);
	const path = await inclusionPath(index, size, tilesOf(size));
	assert.deepEqual(path.map(({ hash }) => Buffer.from(hash)), pathOf(index, leaves), `${index} of ${size}`);
	assert.deepEqual(Buffer.from(climb(hashes[index], path)), treeRoot(leaves), `${index} of ${size}`);
}

test('every leaf of every small log', async () => {
	for (let size = 1; size < 35; size++)
		for (let index = 0; index < size; index++)
			await compare(index, size);
});

test('over the edges of tiles, up to the third level', async () => {
	for (const size of [255, 256, 257, 511, 512, 513, 700])
		for (const index of [0, 254, 255, 256, 511, 512, size - 1].filter((i) => i < size))
			await compare(index, size);
	for (const index of [0, 255, 256, 65535, 65536, 65791, 65792])
		await compare(index, 65793);
	await compare(65535, 65536);
});

test('a leaf’s own hash, and its place in a tile', async () => {
	assert.deepEqual(Buffer.from(leafHash(Buffer.from('entry'))), wantedHash('entry'));
	assert.deepEqual(Buffer.from(await hashesAt(0, 258, 2, 300, tilesOf(300))), Buffer.concat([hashes[258], hashes[259]]));
});

test('names of tiles', () => {
	assert.equal(tilePath('tile/0', tileOf(0, 5, 6)), 'tile/0/000.p/6');
	assert.equal(tilePath('tile/1', tileOf(1, 256, 70000)), 'tile/1/001.p/17');
	assert.equal(tilePath('statements', tileOf(0, 1234067 * 256, 1e12), '.jsonl.gz'), 'statements/x001/x234/067.jsonl.gz');
});
