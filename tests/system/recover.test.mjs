// recover.test.mjs — a database restored to an older state: refused, recovered from what was published, and
// the log goes on without a split.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { labFile } from './lib/lab.mjs';
import { peopleOf } from './lib/people.mjs';
import { waitFor } from './lib/process.mjs';

const { lab, test } = labFile();
const people = peopleOf(lab);
const { act, retraction, counted, staff, run } = people;
const admin = (sql) => lab.pg.sql(sql, { dbname: 'postgres' });
const rows = () => lab.pg.sql(`SELECT index || ' ' || encode(id, 'hex') || ' ' || state || ' ' || accepted_at_ms
	FROM assay.leaf ORDER BY index`);
const recover = (folder) => lab.tryAssayd('recover', '--from', folder);
const audited = async (...words) => {
	const result = await lab.assay(['audit', ...words, '--home', path.join(lab.dir, 'home'), '--vkey', lab.policy.vkey,
		'--json']);
	assert.equal(result.code, 0, result.stdout + result.stderr);
	return JSON.parse(result.stdout);
};
let before;
let mirror;
let waits;

async function whole() {
	await waitFor('all to be published', async () => {
		const n = await lab.pg.sql('SELECT size + (SELECT count(*) FROM assay.pending) FROM assay.log_head');
		return readFileSync(path.join(lab.published, 'log/checkpoint'), 'utf8').split('\n')[1] === n &&
			String(JSON.parse(readFileSync(path.join(lab.published, 'data/v1/index.json'))).log_size) === n;
	});
}

test('a backup is taken; then much happens; then the backup is restored', async () => {
	const [sam, ada, eve] = [await staff('Sam'), await lab.enrolled('Ada'), await lab.enrolled('Eve')];
	const early = await counted(run(ada, 100));
	// one that is stored, but not logged, when the backup is taken
	await lab.daemon.stop();
	await admin('CREATE DATABASE backup TEMPLATE assay OWNER assay_owner');
	await lab.serve();
	await counted(run(eve, 101, people.point));
	await counted(act(sam, 'trust', ada.submitter));
	await counted(retraction(ada, early.id));
	for (let left = 3; left > 0; left--)
		await lab.batch(`${Array.from({ length: 100 }, () => run(eve, 50, people.nextPoint()).text).join('\n')}\n`);
	await counted(run(await lab.enrolled('Late'), 1));
	await whole();
	before = await rows();
	mirror = path.join(lab.dir, 'mirror');
	await audited(lab.url, '--mirror', mirror);
	await lab.daemon.stop();
	await admin('DROP DATABASE assay');
	await admin('ALTER DATABASE backup RENAME TO assay');
	waits = run(ada, 77);
});

test('the server refuses to start: no split view', async () => {
	await assert.rejects(async () => {
		await lab.daemon.start();
		await waitFor('it to end', () => !lab.daemon.running());
		throw new Error('ended');
	});
	await waitFor('it to be gone', () => !lab.daemon.running());
	assert.match(readFileSync(lab.daemon.log, 'utf8'), /log_mismatch/);
});

test('the mirror that an audit made holds by itself, and has no more than the log, its suites and catalogue', async () => {
	assert.equal((await audited(mirror, '--log-only')).size, before.split('\n').length);
	assert.deepEqual(readdirSync(mirror).sort(), ['catalogue', 'log', 'suites']);
});

test('a mirror that lacks a statement, or holds another history, changes nothing', async () => {
	const size = () => lab.pg.sql('SELECT size || \' \' || (SELECT count(*) FROM assay.statement) FROM assay.log_head');
	const held = await size();
	const bad = path.join(lab.dir, 'bad');
	cpSync(mirror, bad, { recursive: true });
	const bundle = path.join(bad, 'log/statements/000.jsonl.gz');
	const lines = gunzipSync(readFileSync(bundle)).toString().trimEnd().split('\n');
	writeFileSync(bundle, gzipSync(`${lines.with(20, lines[21]).join('\n')}\n`));
	const other = await recover(bad);
	assert.equal(other.code, 1, other.stdout);
	assert.match(other.stderr, /statement of every entry/);
	rmSync(bundle);
	const missing = await recover(bad);
	assert.equal(missing.code, 3);
	assert.match(missing.stderr, /000\.jsonl\.gz/);
	const entries = path.join(bad, 'log/tile/entries/000');
	const bytes = readFileSync(entries);
	bytes[400] ^= 1;
	writeFileSync(entries, bytes);
	assert.equal((await recover(bad)).code, 1);
	assert.match((await lab.tryAssayd('recover')).stderr, /--from FOLDER/);
	assert.match((await recover('http://127.0.0.1:1')).stderr, /assay audit URL --mirror FOLDER/);
	assert.equal(await size(), held);
});

test('recovered, everything stands where it stood; what waited comes behind, and the log goes on', async () => {
	// in the restored database it was acknowledged, and waits for its place
	const { envelope } = { envelope: JSON.parse(waits.text) };
	const payload = Buffer.from(envelope.payload, 'base64');
	await lab.pg.sql(`WITH s AS (INSERT INTO assay.statement (id, kind, payload, payload_sha256, key, signature)
		VALUES ('\\x${waits.id}', 'submission', '\\x${payload.toString('hex')}', sha256('\\x${payload.toString('hex')}'),
		decode('${envelope.signatures[0].keyid}', 'base64'), decode('${envelope.signatures[0].sig}', 'base64')) RETURNING id)
		INSERT INTO assay.pending (id) SELECT id FROM s`);
	const done = await recover(mirror);
	assert.equal(done.code, 0, done.stdout + done.stderr);
	assert.match(done.stdout, /brought back leaves \d+ to \d+/);
	assert.equal((await rows()).split('\n').slice(0, -1).join('\n'), before);
	assert.match((await rows()).split('\n').at(-1), new RegExp(waits.id));
	const again = await recover(mirror);
	assert.match(again.stdout, /nothing is missing/);
	await lab.serve();
	await counted(run(await lab.enrolled('After'), 9));
	await whole();
	assert.equal((await audited(lab.url)).documents_compared, true);
});

test('while a server leads, nothing is recovered', async () => {
	const result = await recover(mirror);
	assert.notEqual(result.code, 0);
	assert.match(result.stderr, /no server that leads/);
});
