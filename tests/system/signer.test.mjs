// signer.test.mjs — `assayd signer` as a process: what it signs, refuses, survives, and never forgets.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { assaydPath, sanitizerEnv } from './lib/daemon.mjs';
import {
	checkpointText, consistencyProof, leafHash, opensslVerifies, parseNote, treeRoot,
} from './lib/merkle.mjs';
import { makeFolder, mustRun, run, startProgram, waitFor } from './lib/process.mjs';
import { parseVkey, sha256 } from './lib/protocol.mjs';

const origin = 'localhost/signer-test';
const leaves = Array.from({ length: 300 }, (_, i) => leafHash(`entry ${i}`));
const forked = leaves.map((leaf, i) => (i < 50 ? leaf : leafHash(`other ${i}`)));

let dir;
let signer;
const file = (name) => path.join(dir, name);

before(async () => {
	dir = makeFolder('signer-');
	await mustRun(assaydPath, ['keys', '--dir', file('keys'), '--origin', origin], { env: sanitizerEnv });
});

after(() => rmSync(dir, { recursive: true, force: true }));

const flags = (changes = {}) => Object.entries({
	'--origin': origin, '--log-key': file('keys/log.pem'), '--signer-state': file('state'),
	'--signer-socket': file('socket'), ...changes,
}).flat();

async function start() {
	const log = file('log');
	const count = () => (existsSync(log) ? readFileSync(log, 'utf8').match(/signer_ready/g) ?? [] : []).length;
	const already = count();
	signer = startProgram(assaydPath, ['signer', ...flags()], { log, env: sanitizerEnv });
	await waitFor('the signer to listen', () => {
		assert.ok(signer.running(), existsSync(log) ? readFileSync(log, 'utf8') : 'it ended');
		return count() > already;
	});
}

async function kill() {
	signer.kill('SIGKILL');
	await signer.ended;
}

beforeEach(async () => {
	rmSync(file('state'), { force: true });
	await start();
});

afterEach(kill);

// Send bytes; resolves with all that came back until the signer closed.
function exchange(bytes, { end = false } = {}) {
	return new Promise((resolve) => {
		const parts = [];
		const socket = net.connect(file('socket'), () => (end ? socket.end(bytes) : socket.write(bytes)));
		socket.on('data', (part) => parts.push(part));
		socket.on('error', () => {});
		socket.on('close', () => resolve(Buffer.concat(parts)));
	});
}

function frame(text) {
	const body = Buffer.from(text);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(body.length);
	return Buffer.concat([length, body]);
}

async function ask(text) {
	const bytes = await exchange(frame(text));
	assert.equal(bytes.readUInt32BE(), bytes.length - 4);
	return bytes.subarray(4).toString();
}

const requestOf = (log, from, to) => {
	const proof = consistencyProof(from, log.slice(0, to)).map((hash) => `${hash.toString('base64')}\n`);
	return `old ${from}\n${proof.join('')}\n${checkpointText(origin, log.slice(0, to))}`;
};

async function signed(log, from, to) {
	const answer = await ask(requestOf(log, from, to));
	assert.ok(answer.startsWith('signed\n'), answer);
	const note = answer.slice('signed\n'.length);
	assert.equal(parseNote(note).text, checkpointText(origin, log.slice(0, to)));
	return note;
}

async function refused(log, from, to, code = 'log_mismatch') {
	const answer = await ask(requestOf(log, from, to));
	assert.ok(answer.startsWith(`refused\n${code}\n`), answer);
}

test('openssl verifies a checkpoint, and its key id is the verifier key\'s', async () => {
	const note = await signed(leaves, 0, 7);
	assert.ok(await opensslVerifies(note, file('keys/log.pub'), file('openssl')));
	assert.ok(!await opensslVerifies(note.replace('\n7\n', '\n8\n'), file('keys/log.pub'), file('openssl')));
	const vkey = readFileSync(file('keys/log.vkey'), 'utf8').trim();
	const { name, key, hash } = parseVkey(vkey);
	assert.equal(parseNote(note).name, name);
	assert.deepEqual(parseNote(note).keyId,
		sha256(`${name}\n`, Buffer.of(1), key).subarray(0, 4));
	assert.equal(parseNote(note).keyId.toString('hex'), hash);
});

test('it moves forward by proof from wherever it is, and never back or aside', async () => {
	let at = 0;
	for (const to of [1, 2, 3, 8, 9, 40, 64, 100, 255, 256, 257]) {
		await signed(leaves, at, to);
		at = to;
	}
	await refused(leaves, 0, 256);
	await refused(forked, 257, 257);
	await refused(forked, 257, 290);
	assert.equal(await ask(requestOf(leaves, 100, 290)), 'at 257\n');
	await signed(leaves, 257, 290);
});

test('the same size and root again gives the same bytes again', async () => {
	const first = await signed(leaves, 0, 100);
	assert.equal(await signed(leaves, 100, 100), first);
	assert.equal(await signed(leaves, 0, 100), first);
	await kill();
	await start();
	assert.equal(await signed(leaves, 0, 100), first);
});

test('another origin is not signed', async () => {
	const answer = await ask(requestOf(leaves, 0, 5).replace(origin, 'localhost/another'));
	assert.ok(answer.startsWith('refused\ncheckpoint\n'), answer);
	assert.ok(!existsSync(file('state')));
});

test('killed once it stands on disk but before anybody heard: the next life answers the same', async () => {
	const wanted = checkpointText(origin, leaves.slice(0, 60));
	const socket = net.connect(file('socket'), () => {
		socket.pause();
		socket.write(frame(requestOf(leaves, 0, 60)));
	});
	socket.on('error', () => {});
	await waitFor('the state on disk', () => existsSync(file('state')) && readFileSync(file('state'), 'utf8') === wanted);
	await kill();
	socket.destroy();
	await start();
	await refused(forked, 60, 60);
	await refused(leaves, 0, 59);
	await signed(leaves, 0, 60);
	await signed(leaves, 60, 61);
});

test('killed at any moment of a stream of requests: whatever was answered is never gone back on', async () => {
	let answered = 0;
	for (let round = 0, size = 0; round < 8; round++) {
		let stopped = false;
		const killing = new Promise((resolve) => {
			setTimeout(() => resolve(kill().then(() => { stopped = true; })), 3 * round);
		});
		while (!stopped && size < 299) {
			const bytes = await exchange(frame(requestOf(leaves, size, size + 1)));
			if (bytes.length < 12)
				break;
			const text = bytes.subarray(4).toString();
			assert.match(text, /^(signed|at \d+)\n/);
			size = text.startsWith('signed') ? size + 1 : Number(text.slice(3));
			answered = Math.max(answered, text.startsWith('signed') ? size : 0);
		}
		await killing;
		if (existsSync(file('state')))
			size = Number(readFileSync(file('state'), 'utf8').split('\n')[1]);
		assert.ok(size >= answered, `${size} on disk, ${answered} answered`);
		await start();
	}
});

test('garbage on the socket ends one connection and nothing else', async () => {
	await signed(leaves, 0, 10);
	const lumps = [Buffer.alloc(0), Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(100000, 0xff), Buffer.of(0, 0, 0x40, 1)];
	for (const lump of lumps)
		assert.equal((await exchange(lump, { end: true })).length, 0);
	for (const text of ['', '\n', 'old\n', 'old 10\n', `old 10\n${'A'.repeat(16000)}\n\n`,
		requestOf(leaves, 10, 20).replace('\n\n', '\n'), `${requestOf(leaves, 10, 20)}extension\n`,
		requestOf(leaves, 10, 20).replace('\n20\n', '\n020\n'), requestOf(leaves, 10, 20).replaceAll('\n', '\r\n')])
		assert.match(await ask(text), /^refused\n(log_proof|checkpoint)\n/);
	// one that says nothing is left after its time, for the next
	const silent = net.connect(file('socket'));
	silent.on('error', () => {});
	await signed(leaves, 10, 20);
	silent.destroy();
	assert.ok(signer.running());
});

test('the socket is for owner and group, the state for the owner alone', async () => {
	await signed(leaves, 0, 10);
	assert.equal(statSync(file('socket')).mode & 0o777, 0o660);
	assert.equal(statSync(file('state')).mode & 0o777, 0o600);
});

test('it does not start with a key others can read, a damaged state, or another log\'s state', async () => {
	await signed(leaves, 0, 10);
	await kill();
	const fails = async (words, changes) => {
		const result = await run(assaydPath, ['signer', ...flags(changes)], { env: sanitizerEnv });
		assert.notEqual(result.code, 0);
		assert.match(result.stderr, words);
	};
	chmodSync(file('keys/log.pem'), 0o640);
	await fails(/key_file_mode/);
	chmodSync(file('keys/log.pem'), 0o600);
	await fails(/file_format/, { '--origin': 'localhost/another' });
	const state = readFileSync(file('state'), 'utf8');
	for (const damaged of ['', state.slice(0, -1), `${state}\n`, state.replace('\n10\n', '\n1O\n')]) {
		writeFileSync(file('state'), damaged);
		await fails(/file_format/);
	}
	writeFileSync(file('state'), state);
	await fails(/option/, { '--signer-state': '' });
	await fails(/option/, { '--log-key': '' });
	await fails(/option/, { '--signer-socket': '' });
	await start();
	await refused(leaves, 0, 9);
	await signed(leaves, 10, 11);
});

test('a second signer of the same state waits until the first has ended', async () => {
	await signed(leaves, 0, 10);
	const first = signer;
	const log = file('second.log');
	signer = startProgram(assaydPath, ['signer', ...flags({ '--signer-socket': file('second') })], { log, env: sanitizerEnv });
	await waitFor('it to wait', () => existsSync(log) && /signer_waits/.test(readFileSync(log, 'utf8')));
	assert.ok(!existsSync(file('second')));
	first.kill('SIGKILL');
	await first.ended;
	await waitFor('it to listen', () => existsSync(file('second')) && /signer_ready size=10/.test(readFileSync(log, 'utf8')));
});

test('the roots here are those of others', () => {
	assert.equal(treeRoot([]).toString('hex'), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
	assert.equal(treeRoot(['', '00', '10', '2021', '3031', '40414243', '5051525354555657',
		'606162636465666768696a6b6c6d6e6f'].map((entry) => leafHash(Buffer.from(entry, 'hex')))).toString('hex'),
	'5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
});
