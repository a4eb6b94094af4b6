// log.test.mjs — the log as anyone can check it: tiles, checkpoint, receipts, crashes, split views.
// SPDX-License-Identifier: Apache-2.0
//
// The tree is computed here from RFC 6962's own recursion; nothing is shared with the server.
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { labFile } from './lib/lab.mjs';
import { commonMembers, hex, Key, sha256, statementOf } from './lib/protocol.mjs';
import { waitFor } from './lib/process.mjs';

const { lab, test } = labFile();
const file = (name, folder = lab.published) => path.join(folder, 'log', name);
const read = (name, folder) => readFileSync(file(name, folder));

// ---- an auditor of its own ----

const parent = (left, right) => sha256(Buffer.from([1]), left, right);

function rootOf(hashes) {
	if (hashes.length < 2)
		return hashes[0] ?? sha256();
	let half = 1;
	while (half * 2 < hashes.length)
		half *= 2;
	return parent(rootOf(hashes.slice(0, half)), rootOf(hashes.slice(half)));
}

// A signed note: text, a blank line, signature lines "— NAME base64(4 bytes of key id, signature)".
function openCheckpoint(note, vkey) {
	const text = note.slice(0, note.indexOf('\n\n') + 1);
	const [name, id, key] = vkey.split('+', 3).map((part, i) => (i === 2 ? vkey.slice(vkey.indexOf('+', vkey.indexOf('+') + 1) + 1) : part));
	const line = note.slice(text.length + 1).split('\n')[0];
	const signature = Buffer.from(line.slice(`— ${name} `.length), 'base64');
	assert.equal(line.slice(0, `— ${name} `.length), `— ${name} `);
	assert.equal(hex(signature.subarray(0, 4)), id);
	const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(key, 'base64').subarray(1)]);
	const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
	assert.ok(verify(null, Buffer.from(text), publicKey, signature.subarray(4)), 'the checkpoint is signed');
	const [origin, size, root] = text.split('\n');
	return { origin, size: Number(size), root: Buffer.from(root, 'base64') };
}

const digits = (n) => {
	const parts = [String(n % 1000).padStart(3, '0')];
	for (let rest = Math.floor(n / 1000); rest > 0; rest = Math.floor(rest / 1000))
		parts.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
	return parts.join('/');
};

function* tilesOf(size, level = 0) {
	const hashes = Math.floor(size / 256 ** level);
	for (let n = 0; n * 256 < hashes; n++)
		yield { n, width: Math.min(256, hashes - n * 256) };
}

const place = (kind, { n, width }, end = '') => `${kind}/${digits(n)}${width < 256 ? `.p/${width}` : ''}${end}`;

// Walk the whole published log; returns { checkpoint, statements }.
function audit(folder = lab.published) {
	const checkpoint = openCheckpoint(read('checkpoint', folder).toString(), lab.policy.vkey);
	const leaves = [];
	const statements = [];
	for (const tile of tilesOf(checkpoint.size)) {
		let entries = read(place('tile/entries', tile), folder);
		const hashes = read(place('tile/0', tile), folder);
		const lines = gunzipSync(read(place('statements', tile, '.jsonl.gz'), folder)).toString().trimEnd().split('\n');
		assert.equal(lines.length, tile.width);
		for (let i = 0; i < tile.width; i++) {
			const entry = entries.subarray(2, 2 + entries.readUInt16BE());
			entries = entries.subarray(2 + entry.length);
			const leaf = sha256(Buffer.from([0]), entry);
			assert.deepEqual(hashes.subarray(i * 32, i * 32 + 32), leaf);
			leaves.push(leaf);
			statements.push({ ...JSON.parse(lines[i]), entry: entry.toString() });
		}
		assert.equal(entries.length, 0);
	}
	for (let level = 1; 256 ** level <= checkpoint.size; level++)
		for (const tile of tilesOf(checkpoint.size, level)) {
			const hashes = read(place(`tile/${level}`, tile), folder);
			for (let i = 0; i < tile.width; i++) {
				const span = 256 ** level;
				const from = (tile.n * 256 + i) * span;
				assert.deepEqual(hashes.subarray(i * 32, i * 32 + 32), rootOf(leaves.slice(from, from + span)));
			}
		}
	assert.deepEqual(rootOf(leaves), checkpoint.root, 'the root is that of the leaves');
	assert.equal(checkpoint.origin, lab.origin);
	return { checkpoint, statements, leaves };
}

// Wait until the published checkpoint covers the whole log of the database.
async function published(folder = lab.published) {
	await waitFor('the checkpoint to cover the log', async () => {
		if (await lab.pg.sql('SELECT count(*) FROM assay.pending') !== '0' || !existsSync(file('checkpoint', folder)))
			return false;
		const size = Number(await lab.pg.sql('SELECT size FROM assay.log_head'));
		return openCheckpoint(readFileSync(file('checkpoint', folder), 'utf8'), lab.policy.vkey).size === size;
	});
	return audit(folder);
}

async function many(key, n) {
	const made = Array.from({ length: n }, () => lab.submission(key));
	for (let i = 0; i < n; i += 25)
		await Promise.all(made.slice(i, i + 25).map((s) => lab.accepted(s)));
	return made;
}

test('every accepted statement is in the log, to the byte', async () => {
	const key = await lab.enrolled();
	const made = await many(key, 30);
	const { statements } = await published();
	for (const statement of made) {
		const found = statements.filter((s) => s.id === statement.id);
		assert.equal(found.length, 1);
		const payload = Buffer.from(found[0].envelope.payload, 'base64');
		assert.deepEqual(payload, statement.payload);
		assert.equal(found[0].entry, ['assay-leaf-v1', statement.envelope.payloadType, statement.id, hex(sha256(payload)),
			key.base64, found[0].envelope.signatures[0].sig, found[0].accepted_at_ms, ''].join('\n'));
	}
	statements.forEach((s, i) => assert.equal(s.index, i));
});

test('the receipt of a statement proves it, against a signed checkpoint', async () => {
	const [statement] = await many(await lab.enrolled(), 1);
	await published();
	const found = await waitFor('the receipt', async () => {
		const answer = (await lab.get(`/v1/statements/${statement.id}`)).json();
		return answer.proof && answer;
	});
	const [head, index, ...rest] = found.proof.split('\n');
	assert.equal(head, 'c2sp.org/tlog-proof@v1');
	assert.equal(index, `index ${found.index}`);
	const path_ = rest.slice(0, rest.indexOf('')).map((line) => Buffer.from(line, 'base64'));
	const checkpoint = openCheckpoint(rest.slice(rest.indexOf('') + 1).join('\n'), lab.policy.vkey);
	const entry = ['assay-leaf-v1', statement.envelope.payloadType, statement.id, hex(sha256(statement.payload)),
		statement.body.key, found.envelope.signatures[0].sig, found.accepted_at_ms, ''].join('\n');
	// RFC 9162 §2.1.3.2
	let [fn, sn, r] = [found.index, checkpoint.size - 1, sha256(Buffer.from([0]), entry)];
	for (const p of path_) {
		assert.ok(sn > 0);
		if (fn % 2 === 1 || fn === sn) {
			r = parent(p, r);
			while (fn % 2 === 0 && fn !== 0)
				[fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
		} else {
			r = parent(r, p);
		}
		[fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
	}
	assert.equal(sn, 0);
	assert.deepEqual(r, checkpoint.root);
});

test('over the edge of a tile: full tiles appear, and what is immutable says so', async () => {
	await many(await lab.enrolled(), 300);
	const { checkpoint } = await published();
	assert.ok(checkpoint.size > 256);
	const full = await lab.get('/log/tile/0/000');
	assert.equal(full.status, 200);
	assert.equal(full.body.length, 256 * 32);
	assert.match(full.headers['cache-control'], /immutable/);
	assert.equal((await lab.get('/log/checkpoint')).headers['cache-control'], 'no-cache');
	assert.equal((await lab.get('/log/statements/000.jsonl.gz')).headers['content-type'], 'application/gzip');
});

test('the folder alone names the key that opens its checkpoint', async () => {
	const { checkpoint } = await published();
	const vkey = read('vkey').toString();
	assert.equal(vkey, `${lab.policy.vkey}\n`);
	assert.deepEqual(openCheckpoint(read('checkpoint').toString(), vkey.trimEnd()), checkpoint);
});

test('the folder may go: it comes back byte for byte, and another node writes the same', async () => {
	const before = await published();
	await lab.daemon.stop();
	const other = lab.anotherDaemon({ lead: false });
	rmSync(path.join(lab.published, 'log'), { recursive: true });
	await lab.serve();
	await other.start();
	for (const folder of [lab.published, other.settings.published]) {
		const again = await published(folder);
		assert.deepEqual(again.leaves, before.leaves);
		for (const tile of tilesOf(before.checkpoint.size))
			for (const name of [place('tile/0', tile), place('tile/entries', tile), place('statements', tile, '.jsonl.gz'), 'checkpoint'])
				assert.ok(read(name, folder).equals(read(name)), name);
	}
	await other.stop();
});

test('killed again and again: one history, and every checkpoint extends the last', async () => {
	const key = await lab.enrolled();
	let last = (await published()).leaves;
	for (let i = 0; i < 6; i++) {
		const sending = many(key, 25).catch(() => []);
		await new Promise((done) => setTimeout(done, 15 * i));
		lab.daemon.kill('SIGKILL');
		await sending;
		await lab.serve();
		await waitFor('the door to be open', async () => (await lab.get('/readyz')).status === 200);
		await many(key, 1);
		const { leaves } = await published();
		assert.deepEqual(leaves.slice(0, last.length), last);
		last = leaves;
	}
});

test('what is withheld leaves the bundles too, and the log still verifies', async () => {
	const root = Key.fromPem(readFileSync(path.join(lab.keys, 'root.pem')));
	const [sam, tom, eve] = [await lab.enrolled('Sam'), await lab.enrolled('Tom'), await lab.enrolled('Eve')];
	const act = (key, name, target, more = {}) => statementOf('act', { ...commonMembers(key, lab.origin),
		act: name, target, reason_code: 'test', reason: 'because', ...more }, key);
	for (const one of [sam, tom])
		await lab.accepted(act(root, 'grant', one.submitter, { role: 'staff' }));
	const bad = lab.submission(eve, { notes: 'a private address' });
	await lab.accepted(bad);
	assert.ok((await published()).statements.some((s) => s.id === bad.id && s.envelope));
	const wish = act(sam, 'withhold', bad.id);
	await lab.accepted(wish);
	await lab.accepted(act(tom, 'confirm', wish.id));
	const { statements } = await published();
	const gone = statements.find((s) => s.id === bad.id);
	assert.equal(gone.withheld, true);
	assert.equal(gone.envelope, undefined);
	await lab.daemon.stop();
	const stale = file('statements/000.p/3.jsonl.gz');
	mkdirSync(path.dirname(stale), { recursive: true });
	writeFileSync(stale, 'left by a crash');
	await lab.serve();
	await many(eve, 1);
	await published();
	assert.equal(existsSync(stale), false, 'what no checkpoint has goes at the start');
	const folder = file('statements');
	for (const name of readdirSync(folder, { recursive: true }).filter((n) => n.endsWith('.gz')))
		assert.ok(!gunzipSync(readFileSync(path.join(folder, name))).includes(Buffer.from(bad.envelope.payload)), name);
});

test('a published log that the database does not begin with: the server stops and says why', async () => {
	await published();
	await lab.daemon.stop();
	const note = read('checkpoint');
	// An older database: its head is what it was some leaves ago.
	await lab.pg.sql('UPDATE assay.log_head SET size = size - 3, note_size = size - 3');
	const result = await lab.tryAssayd('serve');
	assert.notEqual(result.code, 0);
	assert.match(result.stderr, /log_mismatch/);
	assert.deepEqual(read('checkpoint'), note);
	await lab.pg.sql('UPDATE assay.log_head SET size = size + 3, note_size = size + 3');
	writeFileSync(file('checkpoint'), note.toString().replace(/\n\d+\n/, '\n1\n'));
	const forged = await lab.tryAssayd('serve');
	assert.notEqual(forged.code, 0);
	assert.match(forged.stderr, /checkpoint_signature/);
	writeFileSync(file('checkpoint'), note);
	await lab.serve();
	await published();
});
