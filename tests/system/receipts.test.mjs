// receipts.test.mjs — the runner waits for the proof that the log holds what it sent, keeps it, and
// holds the log to what it signed before.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { assertProblem, labFile } from './lib/lab.mjs';
import { checkpointText, leafHash, parseNote, signNote } from './lib/merkle.mjs';
import { waitFor } from './lib/process.mjs';
import { Key } from './lib/protocol.mjs';
import { realResults } from './lib/cases.mjs';

const { lab, test } = labFile();
const env = { ASSAY_SUITES: path.join(repo, 'eval-suites') };
const home = () => path.join(lab.dir, 'home');
const assay = (...args) => lab.assay([...args, '--home', home()], { env });
const sent = (name) => path.join(home(), 'sent', name);
const logKey = () => Key.fromPem(readFileSync(path.join(lab.keys, 'log.pem')));

async function must(...args) {
	const result = await assay(...args);
	assert.equal(result.code, 0, `assay ${args.join(' ')}\n${result.stdout}${result.stderr}`);
	return result.stdout;
}

const statements = async (...args) => JSON.parse(await must(...args, '--json')).statements;
const submission = (list) => list.find((s) => s.kind === 'submission');
const [first, second, third] = realResults();

test('submit waits for the receipt, keeps it, and it holds without the server', async () => {
	await must('enrol', '--server', lab.url, '--name', 'Ada', '--accept-terms');
	await must('import', 'llama-bench', first, '--model', '*=example-org/tiny');
	const told = submission(await statements('submit'));
	assert.equal(told.receipt, true);
	assert.equal(told.index, (await lab.settled(told.id)).index);
	const receipt = sent(`${told.id}.receipt.json`);
	assert.match(await must('verify', receipt), /in the log at/);
	const seen = parseNote(readFileSync(path.join(home(), 'checkpoint'), 'utf8'));
	assert.equal(seen.origin ?? seen.text.split('\n')[0], lab.origin);
	const forged = JSON.parse(readFileSync(receipt));
	forged.accepted_at_ms++;
	writeFileSync(`${receipt}.forged`, JSON.stringify(forged));
	assert.equal((await assay('verify', `${receipt}.forged`)).code, 1);
});

test('who does not wait gets the receipt with the next status', async () => {
	await must('import', 'llama-bench', second, '--model', '*=example-org/tiny');
	const list = await statements('submit', '--receipts', '0');
	const { id } = submission(list);
	assert.equal(submission(list).receipt, undefined);
	assert.ok(!existsSync(sent(`${id}.receipt.json`)));
	await lab.settled(id);
	for (let tries = 0; tries < 100 && !existsSync(sent(`${id}.receipt.json`)); tries++)
		await must('status', id);
	await must('verify', sent(`${id}.receipt.json`));
});

test('by its id a statement is looked up, and the checkpoint must continue the one seen before', async () => {
	const { id } = submission(await statements('status'));
	const before = readFileSync(path.join(home(), 'checkpoint'), 'utf8');
	await lab.enrolled('Somebody else');
	await waitFor('a larger checkpoint', async () => (await lab.get('/log/checkpoint')).text !== before);
	const [one] = JSON.parse(await must('verify', id, '--json')).verified;
	assert.equal(one.id, id);
	assert.equal(one.continues_seen, true);
	assert.notEqual(readFileSync(path.join(home(), 'checkpoint'), 'utf8'), before);
	assert.match(await must('verify', id), /continues what was seen before/);
	assert.equal((await assay('verify', 'ab'.repeat(32))).code, 1);
});

test('what is signed says which checkpoint its signer saw', async () => {
	await must('import', 'llama-bench', third, '--model', '*=example-org/tiny');
	const { id } = submission(await statements('submit'));
	const { envelope } = (await lab.get(`/v1/statements/${id}`)).json();
	const payload = JSON.parse(Buffer.from(envelope.payload, 'base64'));
	assert.match(payload.seen.root, /^[0-9a-f]{64}$/);
	assert.ok(payload.seen.size >= 1);
});

test('a signer who saw another history is refused; one who saw more than this node has, is asked to wait', async () => {
	const key = await lab.enrolled('Eve');
	const [, size, root] = readFileSync(path.join(home(), 'checkpoint'), 'utf8').split('\n');
	const hex = Buffer.from(root, 'base64').toString('hex');
	const saying = (seen) => lab.post(lab.submission(key, { seen }).text);
	assert.equal((await saying({ size: Number(size), root: hex })).status, 201);
	assertProblem(await saying({ size: Number(size), root: 'ab'.repeat(32) }), 409, 'log_mismatch');
	assertProblem(await saying({ size: Number(size) - 1, root: hex }), 409, 'log_mismatch');
	const ahead = await saying({ size: 1e9, root: hex });
	assertProblem(ahead, 503, 'busy');
	assert.ok(ahead.headers['retry-after']);
	assertProblem(await saying({ size: 0, root: hex }), 409, 'log_mismatch');
});

test('a log that contradicts what it signed before is caught, and both notes are kept', async () => {
	const { id } = submission(await statements('status'));
	const good = path.join(lab.dir, 'good-checkpoint');
	copyFileSync(path.join(home(), 'checkpoint'), good);
	const size = Number(readFileSync(good, 'utf8').split('\n')[1]);
	for (const [leaves, words] of [[size - 1, 'shorter'], [size, 'same size'], [size + 50, 'longer']]) {
		const other = Array.from({ length: leaves }, (_, i) => leafHash(`another history ${i}`));
		writeFileSync(path.join(home(), 'checkpoint'), signNote(checkpointText(lab.origin, other), lab.origin, logKey()));
		const result = await assay('verify', id);
		assert.equal(result.code, 1, words + result.stdout);
		assert.match(result.stderr, /split-view-/, words);
		assert.match(result.stderr, /history is not the one/, words);
	}
	const kept = readdirSync(home()).filter((name) => name.startsWith('split-view-'));
	assert.equal(kept.length, 3);
	for (const file of kept)
		assert.equal(readFileSync(path.join(home(), file), 'utf8').match(/^— /gm).length, 2);
	copyFileSync(good, path.join(home(), 'checkpoint'));
	await must('verify', id);
});
