// verify.mjs — is this statement what its signer signed, and does the log hold it? Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0
import { equal, fromBase64, hex, sha256, textOf, toBase64, utf8 } from './bytes.mjs';
import { LogError } from './log.mjs';
import { leafEntry, pae, receiptText, signatureBy } from './note.mjs';
import { climb, hashesAt, inclusionPath, leafHash } from './tree.mjs';

// RFC 8032 §7.1, TEST 1: the empty message.
const probe = { key: '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
	signature: '5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw==' };

async function subtleVerify(subtle, key, signature, message) {
	const imported = await subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']);
	return subtle.verify({ name: 'Ed25519' }, imported, signature, message);
}

// verify(key, signature, message) of this browser, or why there is none: { verify } or { lack }.
export async function findEd25519(subtle = globalThis.crypto?.subtle) {
	if (!subtle)
		return { lack: 'this page did not come over HTTPS, and browsers check signatures only on pages that did' };
	try {
		if (await subtleVerify(subtle, fromBase64(probe.key), fromBase64(probe.signature), new Uint8Array()))
			return { verify: (...args) => subtleVerify(subtle, ...args).catch(() => false) };
	} catch { /* it does not know the name */ }
	return { lack: 'this browser does not know Ed25519 signatures' };
}

// What a line of a bundle says of its leaf; { trouble } if it cannot be read.
export function openLine(line) {
	const type = line.payloadType ?? line.envelope?.payloadType;
	const kind = /^application\/vnd\.assay\.([a-z-]{1,40})\.v1\+json$/.exec(type ?? '')?.[1];
	const facts = { type, accepted_at_ms: line.accepted_at_ms };
	if (!kind || !Number.isSafeInteger(line.accepted_at_ms))
		return { trouble: 'the line of its bundle has no kind or time' };
	if (line.withheld === true)
		return { kind, withheld: true, state: String(line.state ?? ''), leaf: { ...facts, id: String(line.id),
			payload_sha256: String(line.payload_sha256), key: String(line.key), signature: String(line.signature) } };
	const payload = fromBase64(line.envelope?.payload ?? '');
	const signature = fromBase64(line.envelope?.signatures?.[0]?.sig ?? '', 64);
	try {
		const text = textOf(payload);
		const body = JSON.parse(text);
		if (!signature || !fromBase64(body.key, 32))
			return { trouble: 'its key or signature is damaged' };
		return { kind, body, text, payload, envelope: line.envelope, leaf: { ...facts, id: hex(sha256(pae(type, payload))),
			payload_sha256: hex(sha256(payload)), key: body.key, signature: toBase64(signature) } };
	} catch {
		return { trouble: 'its signed bytes are not JSON' };
	}
}

const good = (title, text) => ({ title, text, outcome: 'good' });
const bad = (title, text) => ({ title, text, outcome: 'bad' });
const open = (title, text) => ({ title, text, outcome: 'open' });

async function checkSigner(statement, log, ed25519) {
	const title = 'Signature';
	if (statement.withheld)
		return open(title, 'The signed bytes were withheld, so nobody can check it any more. The log keeps their hash.');
	if (statement.body.audience !== log.checkpoint.origin)
		return bad(title, 'The statement was made for another log than this one.');
	if (ed25519.lack)
		return open(title, `Not checked: ${ed25519.lack}.`);
	const { type, key, signature } = statement.leaf;
	return await ed25519.verify(fromBase64(key), fromBase64(signature), pae(type, statement.payload))
		? good(title, 'The key that the statement names signed exactly these bytes, for this log.')
		: bad(title, 'These bytes are not what the key signed: the statement or its signature was changed.');
}

async function checkLeaf(index, statement, log) {
	const title = 'Leaf';
	const leaf = await hashesAt(0, index, 1, log.checkpoint.size, log.tile);
	return equal(leafHash(leafEntry(statement.leaf)), leaf)
		? good(title, 'Bytes, key, signature and acceptance time give the hash that stands at this place of the tree.')
		: bad(title, 'Bytes, key, signature and acceptance time give another hash than the one at this place of the tree.');
}

async function checkPlace(index, log, path) {
	const title = 'Place in the log';
	const { size, root } = log.checkpoint;
	const leaf = await hashesAt(0, index, 1, size, log.tile);
	const steps = path.length === 1 ? '1 hash' : `${path.length} hashes`;
	return equal(climb(leaf, path), root)
		? good(title, `With ${steps} of the tree it leads to the checkpoint’s root: the log of ${size} statements holds it.`)
		: bad(title, `With ${steps} of the tree it does not lead to the checkpoint’s root: tree and checkpoint contradict each other.`);
}

export async function checkCheckpoint({ checkpoint, vkey }, ed25519) {
	const title = 'Checkpoint';
	const signature = signatureBy(checkpoint, vkey);
	if (checkpoint.origin !== vkey.name || !signature)
		return bad(title, 'The log’s key has not signed this checkpoint.');
	if (ed25519.lack)
		return open(title, `Not checked: ${ed25519.lack}.`);
	return await ed25519.verify(vkey.key, signature, utf8(checkpoint.text))
		? good(title, `The key of ${checkpoint.origin} signed size and root.`)
		: bad(title, 'The signature is not good: the checkpoint was changed after the log signed it.');
}

// A damaged file is a step that failed, not a page that cannot be shown.
async function settle(title, step) {
	try {
		return await step;
	} catch (error) {
		if (!(error instanceof LogError))
			throw error;
		return bad(title, error.message);
	}
}

// All steps for a statement (openLine()) at a place of the log, and its receipt if tree and bundle can be read:
// { steps: [{ title, text, outcome: good | bad | open }], receipt }.
export async function verifyStatement(index, statement, log, ed25519) {
	let receipt = null;
	const path = inclusionPath(index, log.checkpoint.size, log.tile);
	const place = path.then((found) => {
		receipt = receiptText(index, found, log.checkpoint);
		return checkPlace(index, log, found);
	});
	const steps = await Promise.all([
		settle('Signature', checkSigner(statement, log, ed25519)),
		settle('Leaf', checkLeaf(index, statement, log)),
		settle('Place in the log', place),
		settle('Checkpoint', checkCheckpoint(log, ed25519)),
	]);
	return { steps, receipt };
}

// One word for all steps: bad if one is, good if all are, else open.
export const verdictOf = (steps) => ['bad', 'open'].find((o) => steps.some((s) => s.outcome === o)) ?? 'good';
