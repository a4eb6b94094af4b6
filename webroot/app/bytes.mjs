// bytes.mjs — bytes as text and back, and SHA-256. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0

const encoder = new TextEncoder();

export const utf8 = (text) => encoder.encode(text);
export const textOf = (bytes) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
export const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
export const equal = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);

// Only the one form that these bytes are written in; n bytes if given. Null otherwise.
export function fromBase64(text, n) {
	try {
		const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
		return toBase64(bytes) === text && (n === undefined || bytes.length === n) ? bytes : null;
	} catch {
		return null;
	}
}

export function join(...parts) {
	const all = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return all;
}

// ---- SHA-256 (FIPS 180-4). Browsers hash only on pages that came over TLS; the log can be checked on all. ----

const primes = [];
for (let n = 2; primes.length < 64; n++)
	if (primes.every((p) => n % p !== 0))
		primes.push(n);
const fraction = (root) => Math.floor((root - Math.floor(root)) * 2 ** 32);
const start = Uint32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p)));
const constants = Uint32Array.from(primes, (p) => fraction(Math.cbrt(p)));
const turn = (x, n) => (x >>> n) | (x << (32 - n));

function compress(state, block, words) {
	for (let i = 0; i < 64; i++) {
		if (i < 16) {
			words[i] = block.getUint32(i * 4);
			continue;
		}
		const [x, y] = [words[i - 15], words[i - 2]];
		words[i] = words[i - 16] + words[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) +
			(turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
	}
	let [a, b, c, d, e, f, g, h] = state;
	for (let i = 0; i < 64; i++) {
		const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + constants[i] + words[i]) | 0;
		const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
		[a, b, c, d, e, f, g, h] = [(one + two) | 0, a, b, c, (d + one) | 0, e, f, g];
	}
	[a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] += word; });
}

export function sha256(...parts) {
	const message = join(...parts);
	const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
	padded.set(message);
	padded[message.length] = 0x80;
	new DataView(padded.buffer).setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
	const state = start.slice();
	const words = new Uint32Array(64);
	for (let at = 0; at < padded.length; at += 64)
		compress(state, new DataView(padded.buffer, at, 64), words);
	const digest = new DataView(new ArrayBuffer(32));
	state.forEach((word, i) => digest.setUint32(i * 4, word));
	return new Uint8Array(digest.buffer);
}
