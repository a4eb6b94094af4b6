// files.test.mjs — the n-th change of a published file fails, for every n, in every way; the disk is full,
// the folder read-only: statements are taken all the same, nothing half is served, and all comes good.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FaultyFiles } from './lib/faulty.mjs';
import { assertSameFolder, folderContents, plainContents } from './lib/folder.mjs';
import { labFile } from './lib/lab.mjs';
import { nextStep, together, waitFor } from './lib/process.mjs';

const TRIES_MAX_N = 2000;
// A torn write is one that finds half the room it needs: ENOSPC comes with the other half.
const strikes = ['torn', 'EIO', 'killed'];

const labs = strikes.map((strike) => {
	const faulty = new FaultyFiles();
	return { strike, faulty, ...labFile({ settings: { publish_interval_ms: 50 },
		env: (lab) => faulty.environment(lab) }) };
});
const { lab: firstLab, faulty: firstFaulty, test } = labs[0];

const modelOf = (name) => ({ name, quantization: 'Q4_K_M' });
const temporaries = (lab) => readdirSync(lab.published, { recursive: true })
	.filter((name) => path.basename(name).startsWith('.assay-'));

const publishedBy = (lab) => plainContents(lab.published);

// Send until it is acknowledged: only a server that is not there may be silent, only one that has just
// started may ask for a moment.
async function acknowledged(lab, statement) {
	for (;;) {
		const answer = await lab.post(statement.text).catch(() => undefined);
		if (answer?.status === 503 && answer.json().code === 'starting') {
			await pause(20);
			continue;
		}
		if (answer) {
			assert.ok(answer.status === 200 || answer.status === 201, answer.text);
			return;
		}
		await waitFor('the silent server to be gone', () => !lab.daemon.running());
		await lab.daemon.start();
	}
}

// Ask until the answer is good; a server that was killed on the way is started again. A question may
// meet the moment in which it dies: then it is asked again.
function asked(lab, what, question) {
	return waitFor(what, async () => {
		if (!lab.daemon.running())
			await lab.daemon.start();
		return question();
	});
}

// Wait until this server shows the whole log.
async function shown(lab, name) {
	const ask = (question) => asked(lab, `${name} to be shown`, question);
	const size = async () => Number(await lab.pg.sql('SELECT size FROM assay.log_head'));
	await ask(async () => (await lab.get(`/data/v1/models/${name}.json`)).status === 200);
	await ask(async () => (await lab.document('index.json')).log_size === await size());
	const document = await ask(() => lab.document(`models/${name}.json`));
	assert.equal(document.runs_total, 1);
}

// Whatever is looked at meanwhile, from the folder or over HTTP, is a whole document.
async function watch(lab, goesOn) {
	while (goesOn()) {
		for (const [name, bytes] of folderContents(path.join(lab.published, 'data')))
			if (name.endsWith('.json'))
				assert.equal(typeof JSON.parse(bytes), 'object', name);
		const answer = await lab.get('/data/v1/index.json').catch(() => undefined);
		assert.ok(answer === undefined || (answer.status === 200 && answer.json().format), answer?.text);
		await pause(50);
	}
}

// One submission from the door to the board. Returns whether a file was struck.
async function oneLife({ lab, faulty, strike }, key, n) {
	const name = `loop/${strike.toLowerCase()}-${n}`;
	faulty.set('nth', strike, n);
	await acknowledged(lab, lab.submission(key, { model: modelOf(name) }));
	await shown(lab, name);
	const happened = faulty.struck > 0;
	faulty.set('off');
	// The round goes on behind the index, with its coded forms, where it may be killed too; then nothing
	// temporary is left.
	await asked(lab, 'no temporary file to be left', () => temporaries(lab).length === 0);
	return happened;
}

async function everyChange(one) {
	const { lab, strike } = one;
	const key = await lab.enrolled();
	let n = 1;
	for (; await oneLife(one, key, n); n = nextStep(n))
		assert.ok(n < TRIES_MAX_N, `${strike}: no end after ${n} changes`);
	return n - 1;
}

test(`the n-th change of a published file: ${strikes.join(', ')}`, async (t) => {
	let watching = true;
	for (const { lab } of labs)
		await waitFor('the first documents', () => lab.document('index.json'));
	const watchers = labs.map(({ lab, watched }) => watched(() => watch(lab, () => watching)));
	try {
		const struck = await together(labs.map((one) => one.watched(() => everyChange(one))));
		t.diagnostic(labs.map(({ strike }, i) => `${strike}: ${struck[i]} changes`).join(', '));
		for (const n of struck)
			assert.ok(n >= 12, `only ${n} changes`);
	} finally {
		watching = false;
		await together(watchers);
	}
}, { timeout: 900000 });

test('after all of that the folder is as if made anew', async () => {
	for (const { lab, watched } of labs)
		await watched(async () => {
			const before = publishedBy(lab);
			await lab.daemon.stop();
			rmSync(lab.published, { recursive: true });
			await lab.serve();
			await waitFor('the folder to be whole', () => {
				assertSameFolder(before, publishedBy(lab));
				return true;
			});
		});
});

for (const [strike, what] of [['ENOSPC', 'No space left on device'], ['EROFS', 'Read-only file system']])
	test(`${what}: statements are taken, the log says why the board stands still, and it moves on by itself`, async () => {
		const lab = firstLab;
		const key = await lab.enrolled();
		const earlier = `full/before-${strike.toLowerCase()}`;
		await lab.accepted(lab.submission(key, { model: modelOf(earlier) }));
		await shown(lab, earlier);
		const before = publishedBy(lab);
		const from = lab.daemon.logSize();
		firstFaulty.set('all', strike);
		const names = [1, 2, 3, 4, 5].map((n) => `full/${strike.toLowerCase()}-${n}`);
		for (const [n, name] of names.entries()) {
			const { id } = await lab.accepted(lab.submission(key, { model: modelOf(name) }));
			assert.equal((await lab.settled(id)).state, 'counted');
			if (n === 3) {
				await lab.daemon.kill();
				await lab.serve();
			}
		}
		await waitFor('the log to tell', () => lab.daemon.logText(from).split('\n').some((line) =>
			/ warn publishing_failed /.test(line) && line.includes(lab.published) && line.includes(what)));
		assertSameFolder(before, publishedBy(lab));
		assert.equal((await lab.get('/readyz')).status, 200);
		firstFaulty.set('off');
		for (const name of names)
			await shown(lab, name);
		assert.deepEqual(temporaries(lab), []);
	});
