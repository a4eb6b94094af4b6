// tree.mjs — the log's Merkle tree (RFC 6962), read from tiles (C2SP tlog-tiles). Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0
import { join, sha256 } from './bytes.mjs';

const WIDTH = 256;
const HASH = 32;

export const leafHash = (entry) => sha256(Uint8Array.of(0), entry);
const parentHash = (left, right) => sha256(Uint8Array.of(1), left, right);

// The tile of a level that holds hash number i, in a log of that size.
export function tileOf(level, i, size) {
	const n = Math.floor(i / WIDTH);
	return { level, n, width: Math.min(WIDTH, Math.floor(size / WIDTH ** level) - n * WIDTH) };
}

// Where a tile stands below log/: "tile/0" or "statements" and its number, as x001/x234/067.
export function tilePath(kind, { n, width }, end = '') {
	const parts = [];
	for (let rest = n, mark = ''; mark === '' || rest > 0; rest = Math.floor(rest / 1000), mark = 'x')
		parts.unshift(mark + String(rest % 1000).padStart(3, '0'));
	return `${kind}/${parts.join('/')}${width < WIDTH ? `.p/${width}` : ''}${end}`;
}

// The largest power of two below n.
function half(n) {
	let k = 1;
	while (k * 2 < n)
		k *= 2;
	return k;
}

// The root over hashes that stand one behind another; their number is a power of two.
function fold(bytes) {
	if (bytes.length === HASH)
		return bytes;
	const middle = bytes.length / 2;
	return parentHash(fold(bytes.subarray(0, middle)), fold(bytes.subarray(middle)));
}

// Hashes first … first + n - 1 of a level, all in one tile. read(tile) gives a tile's bytes.
export async function hashesAt(level, first, n, size, read) {
	const bytes = await read(tileOf(level, first, size));
	return bytes.subarray((first % WIDTH) * HASH, (first % WIDTH + n) * HASH);
}

// The root of leaves from … from + n - 1, as RFC 6962 cuts the tree.
async function rootOf(from, n, size, read) {
	const left = half(n);
	if (n > 1 && left * 2 !== n)
		return parentHash(await rootOf(from, left, size, read), await rootOf(from + left, n - left, size, read));
	let level = 0;
	while (WIDTH ** (level + 1) <= n)
		level++;
	const span = WIDTH ** level;
	return fold(await hashesAt(level, from / span, n / span, size, read));
}

// What a leaf needs on its way to the root, from the bottom up: [{ hash, left }], left: it stands to the left.
export async function inclusionPath(index, size, read) {
	const path = [];
	let [from, n] = [0, size];
	while (n > 1) {
		const left = half(n);
		if (index < from + left) {
			path.unshift({ hash: await rootOf(from + left, n - left, size, read), left: false });
			n = left;
		} else {
			path.unshift({ hash: await rootOf(from, left, size, read), left: true });
			[from, n] = [from + left, n - left];
		}
	}
	return path;
}

export const climb = (leaf, path) => path.reduce((hash, step) =>
	(step.left ? parentHash(step.hash, hash) : parentHash(hash, step.hash)), join(leaf));
