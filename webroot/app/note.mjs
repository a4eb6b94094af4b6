// note.mjs — the log's checkpoint and key: C2SP signed-note and tlog-checkpoint. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0
import { equal, fromBase64, join, sha256, toBase64, utf8 } from './bytes.mjs';

const ED25519 = 1;

// NAME+HASH+KEY: { name, id, key, line }; null if it is none.
export function readVkey(text) {
	const line = text.replace(/\n$/, '');
	const [, name, hash, stamp] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line) ?? [];
	const typed = fromBase64(stamp ?? '', 33);
	if (!typed || typed[0] !== ED25519)
		return null;
	const id = sha256(utf8(`${name}\n`), typed).subarray(0, 4);
	const told = Uint8Array.from(hash.match(/../g), (byte) => parseInt(byte, 16));
	return equal(id, told) ? { name, id, key: typed.subarray(1), line } : null;
}

// The note as it came, its signed text, what it says: { note, text, origin, size, root, signatures }. Null if it is none.
export function readCheckpoint(note) {
	const [, text, origin, digits, stamp, lines] = /^(([^+\s]+)\n(0|[1-9]\d{0,15})\n(\S+)\n)\n((?:— \S+ \S+\n)+)$/u.exec(note) ?? [];
	const root = fromBase64(stamp ?? '', 32);
	const size = Number(digits);
	if (!root || !Number.isSafeInteger(size))
		return null;
	const signatures = lines.trimEnd().split('\n').map((line) => {
		const [, name, bytes] = line.split(' ');
		return { name, bytes: fromBase64(bytes) };
	});
	return { note, text, origin, size, root, signatures };
}

// The signature a key made, 64 bytes; null if the note has none.
export function signatureBy(checkpoint, vkey) {
	const found = checkpoint.signatures.find(({ name, bytes }) =>
		name === vkey.name && bytes?.length === 68 && equal(bytes.subarray(0, 4), vkey.id));
	return found ? found.bytes.subarray(4) : null;
}

// A receipt (C2SP tlog-proof), as `assay verify` reads it.
export const receiptText = (index, path, checkpoint) =>
	`c2sp.org/tlog-proof@v1\nindex ${index}\n${path.map(({ hash }) => `${toBase64(hash)}\n`).join('')}\n${checkpoint.note}`;

export const pae = (type, payload) => join(utf8(`DSSEv1 ${utf8(type).length} ${type} ${payload.length} `), payload);

// The seven lines that the log commits to.
export const leafEntry = ({ type, id, payload_sha256, key, signature, accepted_at_ms }) =>
	utf8(`assay-leaf-v1\n${[type, id, payload_sha256, key, signature, accepted_at_ms].join('\n')}\n`);
