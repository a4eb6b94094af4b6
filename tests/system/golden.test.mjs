// golden.test.mjs — a small log of fixed keys and times makes exactly the documents of tests/cases/documents/expected.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import path from 'node:path';
import { folderContents } from './lib/folder.mjs';
import { labFile } from './lib/lab.mjs';
import { documentsCase, smallDocuments, smallOptions } from './lib/small_log.mjs';

const { lab, test } = labFile(smallOptions);
const AGAIN = 'If documents were meant to change: node tests/cases/documents/make.mjs, and read its diff.';

// Where two texts part, and what stands there in both.
function difference(expected, got) {
	let at = 0;
	while (at < expected.length && expected[at] === got[at])
		at++;
	const around = (bytes) => JSON.stringify(bytes.subarray(Math.max(0, at - 60), at + 60).toString());
	return `byte ${at}\nexpected ${around(expected)}\ngot      ${around(got)}`;
}

test('the small log makes the documents that were kept, byte for byte', async () => {
	const expected = folderContents(path.join(documentsCase, 'expected'));
	const documents = await smallDocuments(lab);
	assert.ok(expected.size > 20, `only ${expected.size} documents are kept`);
	assert.deepEqual([...documents.keys()], [...expected.keys()], AGAIN);
	for (const [name, bytes] of expected)
		assert.ok(bytes.equals(documents.get(name)), `${name}, ${difference(bytes, documents.get(name))}\n${AGAIN}`);
});
