// acts.test.mjs — retracting, keys and acts of staff as people do them, with the runner.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { labFile } from './lib/lab.mjs';
import { assertCounts } from './lib/rebatch.mjs';
import { realResults } from './lib/cases.mjs';

const { lab, test } = labFile();
const env = { ASSAY_SUITES: path.join(repo, 'eval-suites') };
const [real] = realResults();
let folders = 0;

const assay = (home, ...args) => lab.assay([...args, '--home', home], { env });

async function must(home, ...args) {
	const result = await assay(home, ...args);
	assert.equal(result.code, 0, `assay ${args.join(' ')}\n${result.stdout}${result.stderr}`);
	return result;
}

async function fails(code, words, home, ...args) {
	const result = await assay(home, ...args);
	assert.equal(result.code, code, `assay ${args.join(' ')}\n${result.stdout}${result.stderr}`);
	assert.match(result.stdout + result.stderr, words);
	return result;
}

async function person(name) {
	const home = path.join(lab.dir, `home-${++folders}`);
	const enrolled = await must(home, 'enrol', '--server', lab.url, '--name', name, '--accept-terms', '--json');
	return { home, ...JSON.parse(enrolled.stdout) };
}

async function submit(home) {
	await must(home, 'import', 'llama-bench', real, '--model', '*=example-org/tiny-llama');
	const sent = JSON.parse((await must(home, 'submit', '--json')).stdout).statements;
	return sent.find((s) => s.kind === 'submission').id;
}

const state = async (id) => (await lab.settled(id)).state;
const rootKey = () => ['--key', path.join(lab.keys, 'root.pem')];
const because = ['--reason', 'for a test'];

test('a submission is retracted by its submitter alone, and once', async () => {
	const [ada, eve] = [await person('Ada'), await person('Eve')];
	const id = await submit(ada.home);
	await fails(1, /void[^]*may not make this statement/, eve.home, 'retract', id, ...because);
	const done = await must(ada.home, 'retract', id, ...because);
	assert.match(done.stdout, /^Done\./);
	assert.equal(await state(id), 'retracted');
	const again = await fails(1, /void/, ada.home, 'retract', id, ...because, '--json');
	assert.equal(JSON.parse(again.stdout).state, 'void');
	await fails(2, /why it is taken back/, ada.home, 'retract', id);
	await fails(2, /64 hex digits/, ada.home, 'retract', 'mine', ...because);
});

test('a second key signs for the same submitter, and takes over when the first is revoked', async () => {
	const ada = await person('Ada');
	const second = path.join(lab.dir, 'second.pem');
	await must(ada.home, 'keygen', '--key', second);
	await fails(3, /(not.*there|No such file)/i, ada.home, 'key', 'add', '/no/such.pem');
	await must(ada.home, 'key', 'add', second);
	const id = await submit(ada.home);
	const { key } = JSON.parse((await must(ada.home, 'keygen', '--json')).stdout);
	await must(ada.home, 'key', 'revoke', '--key', second, key);
	await fails(1, /revoked|void/, ada.home, 'retract', id, ...because);
	await must(ada.home, 'retract', id, ...because, '--key', second);
	await fails(1, /void/, ada.home, 'key', 'revoke', '--key', second,
		JSON.parse((await must(ada.home, 'keygen', '--key', second, '--json')).stdout).key);
	await fails(2, /add or revoke/, ada.home, 'key', 'remove', key);
});

test('an invitation of staff spares the work, once; nobody else can invite', async () => {
	const [sam, eve] = [await person('Sam'), await person('Eve')];
	await must(sam.home, 'act', 'grant', sam.submitter, '--role', 'staff', ...because, ...rootKey());
	const invitation = async (home, ...more) => {
		const file = path.join(lab.dir, `invitation-${++folders}.json`);
		writeFileSync(file, (await must(home, 'invite', ...more)).stdout);
		return file;
	};
	const enrol = (file, name) => ['enrol', '--server', lab.url, '--name', name, '--accept-terms', '--invitation', file];
	const fresh = () => path.join(lab.dir, `home-${++folders}`);
	const good = await invitation(sam.home);
	const invited = fresh();
	await must(invited, ...enrol(good, 'Invited'));
	assert.equal(await state(await submit(invited)), 'counted');
	await fails(1, /invitation does not hold[^]*used/, fresh(), ...enrol(good, 'Second'));
	await fails(1, /invitation does not hold[^]*staff/, fresh(), ...enrol(await invitation(eve.home), 'Third'));
	const broken = path.join(lab.dir, 'broken.json');
	writeFileSync(broken, JSON.stringify({ ...JSON.parse(readFileSync(await invitation(sam.home))), expires_at: '2099-01-01T00:00:00Z' }));
	await fails(1, /as `assay invite` printed it/, fresh(), ...enrol(broken, 'Fourth'));
	await fails(2, /days/, sam.home, 'invite', '--days', '0');
	assert.equal(await lab.pg.sql(`SELECT count(*) FROM assay.leaf WHERE kind = 'enrolment' AND state = 'void'`), '0');
});

test('root grants, staff act, a second one confirms', async () => {
	const [sam, tom, ada] = [await person('Sam'), await person('Tom'), await person('Ada')];
	const id = await submit(ada.home);
	await fails(1, /role|entitled|may not/, sam.home, 'act', 'hold', id, ...because);
	for (const one of [sam, tom])
		await must(one.home, 'act', 'grant', one.submitter, '--role', 'staff', ...because, ...rootKey());
	await must(sam.home, 'act', 'hold', id, '--code', 'implausible', ...because);
	assert.equal(await state(id), 'held');
	await lab.documentWhere('acts.json', (d) => d.held.some((h) => h.id === id));
	assert.match((await must(tom.home, 'act', 'queue')).stdout, new RegExp(`held       .*\\n +assay act release ${id} --reason`));
	assert.equal(JSON.parse((await must(tom.home, 'act', 'queue', '--json')).stdout).format, 'assay-acts-v1');
	await must(tom.home, 'act', 'release', id, ...because);
	assert.equal(await state(id), 'counted');
	const first = JSON.parse((await must(sam.home, 'act', 'withhold', id, ...because, '--json')).stdout);
	assert.equal(await state(id), 'counted');
	await fails(1, /void/, sam.home, 'act', 'confirm', first.id, ...because);
	await must(tom.home, 'act', 'confirm', first.id, ...because);
	assert.equal((await lab.settled(id)).envelope, null);
	await must(sam.home, 'act', 'link', ada.submitter, tom.submitter, ...because);
	await fails(2, /two submitters/, sam.home, 'act', 'link', ada.submitter, ...because);
	await fails(2, /hold, release/, sam.home, 'act', 'destroy', id, ...because);
	await fails(2, /no role/, sam.home, 'act', 'hold', id, '--role', 'staff', ...because);
});

test('what is counted as it happens is what counting says', () => assertCounts(lab));
