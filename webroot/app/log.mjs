// log.mjs — reading the published log: checkpoint, key, tiles, bundles. Believes nothing; verify.mjs checks.
// SPDX-License-Identifier: Apache-2.0
import { textOf } from './bytes.mjs';
import { DataError } from './data.mjs';
import { readCheckpoint, readVkey } from './note.mjs';
import { tileOf, tilePath } from './tree.mjs';

const BUNDLE_MAX_BYTES = 64 * 1024 * 1024; // 256 envelopes of 64 KiB, in base64 and with room
const WIDTH = 256;

// The log's own files are damaged: said in red, unlike a network that fails.
export class LogError extends Error {}

// A file that is not there: it may have gone with an older checkpoint.
class Gone extends LogError {}

// Asked for anew each time, tiles too: a log that was begun again under this address has other ones.
async function readFile(path, get) {
	let answer;
	try {
		answer = await get(`log/${path}`, { cache: 'no-cache' });
	} catch {
		throw new DataError('The server cannot be reached. Check your connection, then load the page again.');
	}
	if (answer.status === 404)
		throw new Gone(`The published log lacks the file log/${path}.`);
	if (!answer.ok)
		throw new DataError(`The server answered ${answer.status} for log/${path}. Try again in a moment.`);
	return new Uint8Array(await answer.arrayBuffer());
}

async function bounded(stream, path) {
	const parts = [];
	let n = 0;
	for (const reader = stream.getReader(); ;) {
		const { done, value } = await reader.read();
		if (done)
			return new Uint8Array(await new Blob(parts).arrayBuffer());
		parts.push(value);
		n += value.length;
		if (n > BUNDLE_MAX_BYTES) {
			await reader.cancel();
			throw new LogError(`log/${path} is larger than any bundle may be.`);
		}
	}
}

// Some servers send a .gz as a coding of what is in it: then the browser has unpacked it already.
async function unpack(bytes, path) {
	if (bytes[0] !== 0x1f || bytes[1] !== 0x8b)
		return bytes;
	try {
		return await bounded(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')), path);
	} catch (error) {
		throw error instanceof LogError ? error : new LogError(`log/${path} is damaged: it cannot be unpacked.`);
	}
}

function decoded(bytes, path) {
	try {
		return textOf(bytes);
	} catch {
		throw new LogError(`log/${path} is damaged: it is not text.`);
	}
}

// A log as it stands now. Tiles and bundles are those of its checkpoint, each read once.
class Log {
	constructor(checkpoint, vkey, get) {
		Object.assign(this, { checkpoint, vkey, get, kept: new Map() });
		this.tile = this.tile.bind(this);
	}

	once(path, read) {
		if (!this.kept.has(path))
			this.kept.set(path, read());
		return this.kept.get(path);
	}

	// The hashes of a tile (tree.mjs).
	tile(tile) {
		const path = tilePath(`tile/${tile.level}`, tile);
		return this.once(path, async () => {
			const bytes = await readFile(path, this.get);
			if (bytes.length !== tile.width * 32)
				throw new LogError(`log/${path} is damaged: it has ${bytes.length} bytes instead of ${tile.width * 32}.`);
			return bytes;
		});
	}

	bundle(tile) {
		const path = tilePath('statements', tile, '.jsonl.gz');
		return this.once(path, async () => {
			const text = decoded(await unpack(await readFile(path, this.get), path), path);
			const lines = text.split('\n').slice(0, -1);
			if (lines.length !== tile.width)
				throw new LogError(`log/${path} is damaged: it has ${lines.length} statements instead of ${tile.width}.`);
			return lines;
		});
	}

	// The line of one statement, parsed: { id, accepted_at_ms, envelope } or, where it was withheld, the facts of its leaf.
	async line(index) {
		const lines = await this.bundle(tileOf(0, index, this.checkpoint.size));
		try {
			return JSON.parse(lines[index % WIDTH]);
		} catch {
			throw new LogError(`The line of statement ${index} in its bundle is damaged: it is not JSON.`);
		}
	}
}

export async function readCheckpointFile(get = fetch) {
	const checkpoint = readCheckpoint(decoded(await readFile('checkpoint', get), 'checkpoint'));
	if (!checkpoint)
		throw new LogError('log/checkpoint is damaged: it is not a checkpoint.');
	return checkpoint;
}

async function openLog(get) {
	const [checkpoint, line] = await Promise.all([readCheckpointFile(get), readFile('vkey', get)]);
	const vkey = readVkey(decoded(line, 'vkey'));
	if (!vkey)
		throw new LogError('log/vkey is damaged: it is not a verifier key.');
	return new Log(checkpoint, vkey, get);
}

// Read from the log what use(log) needs. If a file went while a newer checkpoint came, once more from that.
export async function withLog(use, get = (...args) => fetch(...args)) {
	try {
		return await use(await openLog(get));
	} catch (error) {
		if (!(error instanceof Gone))
			throw error;
		return use(await openLog(get));
	}
}
