// note.test.mjs — checkpoints and verifier keys in their one form, and receipts.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { checkpointText, leafEntry as wantedEntry, leafHash, signNote, tlogProof } from '../../system/lib/merkle.mjs';
import { Key, hex, pae as wantedPae, sha256 } from '../../system/lib/protocol.mjs';
import { leafEntry, pae, readCheckpoint, readVkey, receiptText, signatureBy } from '../../../webroot/app/note.mjs';
import { inclusionPath } from '../../../webroot/app/tree.mjs';

const origin = 'example.com/log';
const key = new Key();
const typed = Buffer.concat([Buffer.of(1), key.raw]);
const vkeyText = `${origin}+${hex(sha256(`${origin}\n`, typed).subarray(0, 4))}+${typed.toString('base64')}`;
const leaves = Array.from({ length: 21 }, (_, i) => leafHash(`entry ${i}`));
const text = checkpointText(origin, leaves);
const note = signNote(text, origin, key);

test('a verifier key has its name’s hash', () => {
	const vkey = readVkey(`${vkeyText}\n`);
	assert.deepEqual([vkey.name, vkey.line, Buffer.from(vkey.key)], [origin, vkeyText, key.raw]);
	const parts = vkeyText.split('+');
	for (const bad of ['', 'x', vkeyText.slice(0, -1), vkeyText.replace(origin, 'other'), `${parts[0]}+00000000+${parts.slice(2).join('+')}`,
		`${vkeyText}\n\n`, ` ${vkeyText}`])
		assert.equal(readVkey(bad), null, bad);
});

test('a checkpoint is read to the byte, or not at all', () => {
	const checkpoint = readCheckpoint(note);
	assert.deepEqual([checkpoint.origin, checkpoint.size, checkpoint.text], [origin, 21, text]);
	assert.deepEqual(Buffer.from(signatureBy(checkpoint, readVkey(vkeyText))), key.sign(Buffer.from(text)));
	for (const bad of ['', text, note.slice(0, -1), `${note}x`, note.replace('\n21\n', '\n021\n'), note.replace('\n21\n', '\n-1\n'),
		note.replace('\n21\n', '\n9999999999999999\n'), note.replace('\n21\n', '\n21\n\n'), note.replace('=\n\n', '=\nextension\n\n'),
		note.replace('— ', '- '), `${note}\n`, note.replace('=\n\n', '\n\n')])
		assert.equal(readCheckpoint(bad), null, JSON.stringify(bad));
});

test('only the named key’s signature counts, wherever it stands', () => {
	const vkey = readVkey(vkeyText);
	const other = signNote(text, 'example.com/witness', new Key()).slice(text.length + 1);
	assert.equal(signatureBy(readCheckpoint(`${text}\n${other}`), vkey), null);
	assert.ok(signatureBy(readCheckpoint(`${text}\n${other}${note.slice(text.length + 1)}`), vkey));
	assert.equal(signatureBy(readCheckpoint(signNote(text, origin, new Key())), vkey), null);
});

test('receipts, leaves and what is signed have the forms that the formats fix', async () => {
	const path = await inclusionPath(11, 21, async () => new Uint8Array(Buffer.concat(leaves)));
	assert.equal(receiptText(11, path, readCheckpoint(note)), tlogProof(11, leaves, note));
	const facts = { type: 't', id: 'i', key: 'k', signature: 's' };
	assert.equal(Buffer.from(leafEntry({ ...facts, payload_sha256: 'p', accepted_at_ms: 5 })).toString(),
		wantedEntry({ ...facts, payloadSha256: 'p', acceptedAtMs: 5 }));
	assert.deepEqual(Buffer.from(pae('type', Buffer.from('ä'))), wantedPae('type', 'ä'));
});
