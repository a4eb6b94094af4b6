// verify.test.mjs — `assay verify`: receipts made here from the formats alone, good and forged.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { assayPath, sanitizerEnv } from './lib/daemon.mjs';
import { checkpointText, leafEntry, leafHash, signNote, tlogProof, treeRoot } from './lib/merkle.mjs';
import { makeFolder, run } from './lib/process.mjs';
import { Key, enrolmentBody, hex, payloadType, sha256, statementOf } from './lib/protocol.mjs';

const origin = 'localhost/verify-test';
const log = new Key();
const vkeyOf = (key) => {
	const typed = Buffer.concat([Buffer.of(1), key.raw]);
	return `${origin}+${hex(sha256(`${origin}\n`, typed).subarray(0, 4))}+${typed.toString('base64')}`;
};
const policy = { origin, terms: { sha256: hex(sha256('terms')) }, pow_bits: 0 };
const acceptedAtMs = 1700000000123;
const index = 11;

let dir;
let good;

before(() => {
	dir = makeFolder('verify-');
	const key = new Key();
	const statement = statementOf('enrolment', enrolmentBody(key, policy), key);
	const envelope = JSON.parse(statement.text);
	const payload = Buffer.from(envelope.payload, 'base64');
	const entry = leafEntry({ type: payloadType('enrolment'), id: statement.id, payloadSha256: hex(sha256(payload)),
		key: key.base64, signature: Buffer.from(envelope.signatures[0].sig, 'base64').toString('base64'), acceptedAtMs });
	const leaves = Array.from({ length: 21 }, (_, i) => leafHash(i === index ? entry : `entry ${i}`));
	good = { id: statement.id, kind: 'enrolment', envelope, accepted_at_ms: acceptedAtMs, leaves,
		proof: tlogProof(index, leaves, signNote(checkpointText(origin, leaves), origin, log)) };
});

after(() => rmSync(dir, { recursive: true, force: true }));

function verify(document, { vkey = vkeyOf(log), json = true } = {}) {
	const file = path.join(dir, 'statement.json');
	writeFileSync(file, typeof document === 'string' ? document : JSON.stringify({ ...document, leaves: undefined }));
	return run(assayPath, ['verify', ...(json ? ['--json'] : []), '--home', path.join(dir, 'home'),
		...(vkey ? ['--vkey', vkey] : []), file], { env: sanitizerEnv });
}

async function refused(document, code, words, options) {
	const result = await verify(document, options);
	assert.equal(result.code, code, result.stdout + result.stderr);
	assert.match(result.stderr, words);
}

test('a receipt made from the formats alone is accepted, and what it proves is told', async () => {
	const result = await verify(good);
	assert.equal(result.code, 0, result.stderr);
	const [one] = JSON.parse(result.stdout).verified;
	assert.equal(one.id, good.id);
	assert.equal(one.index, index);
	assert.deepEqual(one.checkpoint, { origin, size: 21, root: hex(treeRoot(good.leaves)) });
	const plain = await verify(good, { json: false });
	assert.equal(plain.code, 0);
	assert.match(plain.stdout, new RegExp(`^${good.id}  enrolment  in the log at 11 of 21, ${origin}\n$`));
});

test('another time, another statement, another place or root is refused', async () => {
	await refused({ ...good, accepted_at_ms: acceptedAtMs + 1 }, 1, /log_proof/);
	await refused({ ...good, proof: good.proof.replace('index 11', 'index 12') }, 1, /log_proof/);
	const key = new Key();
	const other = JSON.parse(statementOf('enrolment', enrolmentBody(key, policy), key).text);
	await refused({ ...good, envelope: other }, 1, /log_proof/);
	const forged = good.leaves.map((leaf, i) => (i === 3 ? leafHash('forged') : leaf));
	await refused({ ...good, proof: tlogProof(index, forged, signNote(checkpointText(origin, good.leaves), origin, log)) },
		1, /log_proof/);
});

test('a signature that is not the log\'s is a matter of identity', async () => {
	const another = new Key();
	await refused({ ...good, proof: tlogProof(index, good.leaves, signNote(checkpointText(origin, good.leaves), origin, another)) },
		5, /checkpoint_signature/);
	await refused(good, 5, /checkpoint_signature/, { vkey: vkeyOf(another) });
	await refused({ ...good, proof: good.proof.replace('\n21\n', '\n22\n') }, 5, /checkpoint_signature/);
});

test('a changed signature of the statement is refused', async () => {
	const envelope = structuredClone(good.envelope);
	const sig = Buffer.from(envelope.signatures[0].sig, 'base64');
	sig[3] ^= 1;
	envelope.signatures[0].sig = sig.toString('base64');
	await refused({ ...good, envelope }, 1, /"signature"/);
});

test('files of another form are refused in plain words', async () => {
	await refused('rubbish', 1, /not_json/);
	await refused('{}', 1, /log_proof/);
	await refused({ ...good, proof: undefined }, 1, /log_proof/);
	await refused({ ...good, proof: good.proof.slice(0, -1) }, 1, /checkpoint/);
	await refused({ ...good, accepted_at_ms: '1' }, 1, /log_proof/);
	await refused(good, 2, /usage/, { vkey: 'rubbish' });
	await refused(good, 2, /not_enrolled_here/, { vkey: null });
});
