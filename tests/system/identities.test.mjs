// identities.test.mjs — corrections, retractions, keys and acts: from the door to the boards.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { assertProblem, labFile } from './lib/lab.mjs';
import { peopleOf } from './lib/people.mjs';
import { waitFor } from './lib/process.mjs';
import { commonMembers, Key, kindsTaken, pae, statementOf } from './lib/protocol.mjs';
import { asOnBoard } from './lib/rows.mjs';

const { lab, test } = labFile();
const people = peopleOf(lab);
const { say, act, retraction, rootKey, settle, counted, isVoid, staff, run, shows } = people;
const voters = (n) => (row) => (row.estimates[0]?.voters ?? 0) === n;

test('the policy names the kinds that are taken', () => {
	assert.deepEqual(lab.policy.kinds, kindsTaken);
});

test('a retracted run leaves the board; the model still lists it as retracted', async () => {
	const [ada, eve] = [await lab.enrolled('Ada'), await lab.enrolled('Eve')];
	const mine = await counted(run(ada, 10, people.nextPoint()));
	const other = await counted(run(eve, 20, people.point));
	assert.equal((await shows(mine, voters(2))).estimates[0].point, asOnBoard(Math.sqrt(200)));
	await isVoid(retraction(eve, mine.id), '/target');
	await counted(retraction(ada, mine.id));
	assert.equal((await shows(mine, voters(1))).estimates[0].point, 20);
	assert.deepEqual((({ state, reason }) => ({ state, reason }))(await lab.settled(mine.id)),
		{ state: 'retracted', reason: 'a wrong build' });
	await counted(retraction(eve, other.id));
	assert.deepEqual((await shows(mine, voters(0))).estimates, []);
	const page = await lab.documentWhere('models/example-org/tiny-7b.json',
		(d) => d.runs.find((r) => r.id === other.id)?.state === 'retracted');
	assert.equal(page.runs.find((r) => r.id === mine.id).state, 'retracted');
});

test('a correction supersedes; the vote is the new value', async () => {
	const ada = await lab.enrolled('Ada');
	const first = await counted(run(ada, 10));
	await isVoid(run(await lab.enrolled('Eve'), 30, people.point, { replaces: first.id }), '/replaces');
	await counted(run(ada, 30, people.point, { replaces: first.id }));
	assert.equal((await lab.settled(first.id)).state, 'superseded');
	const row = await shows(first, (r) => r.estimates[0]?.point === 30);
	assert.equal(row.estimates[0].runs, 1);
	const other = lab.submission(ada, { model: { name: 'another/model', quantization: 'Q8_0' }, replaces: first.id });
	await isVoid(other, '/replaces');
});

test('a key is added with its proof, used, and revoked; the submitter stays one', async () => {
	const [ada, second, third] = [await lab.enrolled('Ada'), new Key(), new Key()];
	const adding = (signer, added, prover) => {
		const members = commonMembers(signer, lab.origin);
		const lines = [lab.origin, ada.submitter, signer.base64, added.base64, members.nonce, ''].join('\n');
		const proof = prover.sign(pae('application/vnd.assay.key-proof.v1', lines)).toString('base64');
		return statementOf('key', { ...members, add: added.base64, proof }, signer);
	};
	const mine = await counted(run(ada, 10));
	assertProblem(await lab.post(adding(ada, second, third).text), 422, 'key_proof');
	await counted(adding(ada, second, second));
	assert.equal((await settle(run(second, 12, people.point))).submitter.id, ada.submitter);
	assert.equal((await shows(mine, (r) => r.estimates[0]?.runs === 2)).estimates[0].voters, 1);
	await counted(say('key', second, { revoke: ada.base64 }));
	await isVoid(say('key', second, { revoke: second.base64 }), '/revoke');
	// Within seconds of the revocation the door may still let it pass; the log does not.
	const late = await lab.post(run(ada, 14, people.point).text);
	if (late.status === 201)
		assert.equal((await lab.settled(late.json().id)).state, 'void');
	else
		assertProblem(late, 403, 'key_revoked');
	assertProblem(await lab.post(lab.enrolment(ada).text), 409, 'key_taken');
	await counted(retraction(second, mine.id));
});

test('only staff act, and not on what is their own; holding and releasing move the estimate', async () => {
	const [sam, ada] = [await staff('Sam'), await lab.enrolled('Ada')];
	const mine = await counted(run(ada, 10));
	const own = await counted(run(sam, 40, people.point));
	assertProblem(await lab.post(act(ada, 'hold', mine.id).text), 403, 'not_entitled');
	assertProblem(await lab.post(act(rootKey(), 'hold', mine.id).text), 403, 'not_entitled');
	assertProblem(await lab.post(act(sam, 'grant', ada.submitter, { role: 'staff' }).text), 403, 'not_entitled');
	await shows(mine, voters(2));
	await counted(act(sam, 'hold', mine.id));
	assert.equal((await shows(mine, voters(1))).held, 1);
	assert.equal((await lab.settled(mine.id)).reason, 'because of a test');
	await counted(act(sam, 'release', mine.id));
	assert.equal((await lab.settled(mine.id)).reason, undefined);
	assert.equal((await shows(mine, voters(2))).held, 0);
	await counted(act(sam, 'quarantine', own.id));
	await isVoid(act(sam, 'release', own.id), '/target');
	await counted(act(sam, 'suspend', ada.submitter));
	const later = await lab.post(run(ada, 11, people.point).text);
	if (later.status === 201)
		assert.equal((await lab.settled(later.json().id)).state, 'void');
	else
		assertProblem(later, 403, 'suspended');
});

test('linked submitters are one voter, and two again', async () => {
	const [sam, ada, eve] = [await staff('Sam'), await lab.enrolled('Ada'), await lab.enrolled('Eve')];
	const mine = await counted(run(ada, 10));
	await counted(run(eve, 20, people.point));
	await shows(mine, voters(2));
	await counted(act(sam, 'link', ada.submitter, { other: eve.submitter }));
	assert.equal((await shows(mine, voters(1))).estimates[0].runs, 2);
	await counted(act(sam, 'unlink', eve.submitter, { other: ada.submitter }));
	await shows(mine, voters(2));
});

test('withholding waits for a second staff member; then the bytes are gone everywhere', async () => {
	const [sam, tom, eve] = [await staff('Sam'), await staff('Tom'), await lab.enrolled('Eve')];
	const model = { name: 'secret/person-and-address', quantization: 'Q8_0' };
	const bad = await counted(run(eve, 10, people.nextPoint(), { model }));
	await shows(bad);
	const first = await counted(act(sam, 'withhold', bad.id));
	await isVoid(act(sam, 'confirm', first.id), '/target');
	assert.equal((await lab.settled(bad.id)).state, 'counted');
	await counted(act(tom, 'confirm', first.id));
	const gone = await lab.settled(bad.id);
	assert.equal(gone.state, 'quarantined');
	assert.equal(gone.reason, 'because of a test');
	assert.equal(gone.envelope, null);
	const index = await lab.documentWhere('index.json', (d) => !d.models.some((m) => m.name === model.name));
	assert.ok(index.totals.submissions > 0);
	assert.equal((await lab.get('/data/v1/models/secret/person-and-address.json')).status, 404);
	for (const name of ['index.json', 'suites/throughput.json', 'hardware.json'])
		assert.ok(!JSON.stringify(await lab.document(name)).includes('secret'), name);
	assert.equal(await lab.pg.sql(`SELECT count(*) FROM assay.statement WHERE id = '\\x${bad.id}' AND payload IS NULL`), '1');
});

test('another server writes the same documents from the rows alone', async () => {
	const index = await lab.document('index.json');
	const other = lab.anotherDaemon({ lead: false });
	await other.start();
	const read = (folder, name) => readFileSync(path.join(folder, 'data/v1', name), 'utf8');
	await waitFor('the other to publish', () => existsSync(path.join(other.settings.published, 'data/v1/index.json')));
	for (const name of ['index.json', 'hardware.json', 'suites/throughput.json', ...index.models.map((m) => m.document)])
		assert.equal(read(other.settings.published, name), read(lab.published, name), name);
});
