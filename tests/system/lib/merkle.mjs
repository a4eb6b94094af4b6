// merkle.mjs — Merkle trees and signed notes, written from RFC 6962 and C2SP alone.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { run } from './process.mjs';
import { sha256 } from './protocol.mjs';

const DASH = '— ';

export const leafHash = (entry) => sha256(Buffer.of(0), entry);
const parent = (left, right) => sha256(Buffer.of(1), left, right);

// The largest power of two smaller than n.
function split(n) {
	let k = 1;
	while (2 * k < n)
		k *= 2;
	return k;
}

// MTH(D[n]) over leaf hashes (RFC 6962 §2.1).
export function treeRoot(leaves) {
	if (leaves.length < 2)
		return leaves[0] ?? sha256('');
	const k = split(leaves.length);
	return parent(treeRoot(leaves.slice(0, k)), treeRoot(leaves.slice(k)));
}

function subproof(m, leaves, whole) {
	if (m === leaves.length)
		return whole ? [] : [treeRoot(leaves)];
	const k = split(leaves.length);
	return m <= k ? [...subproof(m, leaves.slice(0, k), whole), treeRoot(leaves.slice(k))]
		: [...subproof(m - k, leaves.slice(k), false), treeRoot(leaves.slice(0, k))];
}

// PROOF(m, D[n]) (RFC 6962 §2.1.2); from the empty tree there is nothing to prove.
export const consistencyProof = (m, leaves) => (m === 0 ? [] : subproof(m, leaves, true));

// The text of a checkpoint (C2SP tlog-checkpoint, "Note text").
export const checkpointText = (origin, leaves) =>
	`${origin}\n${leaves.length}\n${treeRoot(leaves).toString('base64')}\n`;

// Take a signed note with one signature apart: { text, name, keyId, signature }.
export function parseNote(note) {
	const end = note.lastIndexOf('\n\n');
	const lines = note.slice(end + 2).split('\n');
	assert.equal(lines.length, 2, note);
	assert.equal(lines[1], '');
	assert.ok(lines[0].startsWith(DASH), note);
	const [name, stamp, ...rest] = lines[0].slice(DASH.length).split(' ');
	assert.deepEqual(rest, []);
	const bytes = Buffer.from(stamp, 'base64');
	assert.equal(bytes.toString('base64'), stamp);
	assert.equal(bytes.length, 68);
	return { text: note.slice(0, end + 1), name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

// Let openssl verify a note's signature with a public key file (SPKI PEM).
export async function opensslVerifies(note, publicFile, scratch) {
	const { text, signature } = parseNote(note);
	const [body, sig] = [`${scratch}.text`, `${scratch}.sig`];
	writeFileSync(body, text);
	writeFileSync(sig, signature);
	try {
		const result = await run('openssl', ['pkeyutl', '-verify', '-pubin', '-inkey', publicFile,
			'-rawin', '-in', body, '-sigfile', sig]);
		return result.code === 0 && /Verified Successfully/.test(result.stdout);
	} finally {
		rmSync(body);
		rmSync(sig);
	}
}

// The leaf's seven lines (the design's exact forms, "Leaf").
export const leafEntry = ({ type, id, payloadSha256, key, signature, acceptedAtMs }) =>
	`assay-leaf-v1\n${[type, id, payloadSha256, key, signature, acceptedAtMs].join('\n')}\n`;

// PATH(m, D[n]) (RFC 6962 §2.1.1).
export function inclusionPath(m, leaves) {
	if (leaves.length === 1)
		return [];
	const k = split(leaves.length);
	return m < k ? [...inclusionPath(m, leaves.slice(0, k)), treeRoot(leaves.slice(k))]
		: [...inclusionPath(m - k, leaves.slice(k)), treeRoot(leaves.slice(0, k))];
}

// Sign a checkpoint as a log of this name would (C2SP signed-note).
export function signNote(text, name, key) {
	const id = sha256(`${name}\n`, Buffer.of(1), key.raw).subarray(0, 4);
	return `${text}\n${DASH}${name} ${Buffer.concat([id, key.sign(Buffer.from(text))]).toString('base64')}\n`;
}

// A receipt (C2SP tlog-proof).
export const tlogProof = (index, leaves, note) =>
	`c2sp.org/tlog-proof@v1\nindex ${index}\n${
		inclusionPath(index, leaves).map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note}`;
