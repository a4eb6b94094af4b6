// folder.mjs — the published folder as a test sees it.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

// The bytes of a file; undefined if it is none, or went since it was listed.
function contentOf(file) {
	try {
		return statSync(file).isFile() ? readFileSync(file) : undefined;
	} catch (error) {
		assert.equal(error.code, 'ENOENT');
		return undefined;
	}
}

// Every file below a folder that can be served (no name begins with a dot): relative path → bytes. Of the
// log's partial tiles those of older checkpoints stay for a minute, so they are left out.
// Copy a published folder that a server may be writing to: files in the making are passed over.
export function copyPublished(from, to) {
	mkdirSync(to, { recursive: true });
	for (const entry of readdirSync(from, { withFileTypes: true })) {
		const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
		if (entry.isDirectory())
			copyPublished(source, target);
		else if (!entry.name.startsWith('.assay-'))
			copyFileSync(source, target);
	}
}

export function folderContents(dir) {
	const found = new Map();
	for (const name of readdirSync(dir, { recursive: true }).sort()) {
		const bytes = path.basename(name).startsWith('.') || /^log\/.*\.p\//.test(name) ? undefined : contentOf(path.join(dir, name));
		if (bytes)
			found.set(name, bytes);
	}
	return found;
}

// The same without coded files, which come a moment after the files that they are made of.
export const plainContents = (dir) => new Map([...folderContents(dir)].filter(([name]) => !/\.(gz|br)$/.test(name)));

// Assert that two of these are the same.
export function assertSameFolder(before, after) {
	assert.deepEqual([...after.keys()], [...before.keys()]);
	for (const [name, bytes] of before)
		assert.ok(bytes.equals(after.get(name)), `${name} differs`);
}
