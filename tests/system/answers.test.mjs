// answers.test.mjs — the n-th answer of the database fails, for every n, in every way, until none is left
// to fail: the statement is stored, logged and shown all the same, once.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { labFile } from './lib/lab.mjs';
import { FAULTS, PgFaults } from './lib/pgfaults.mjs';
import { nextStep, together, waitFor } from './lib/process.mjs';
import { Key } from './lib/protocol.mjs';

const TRIES_MAX_N = 200;

const labs = FAULTS.map((fault) => ({ fault, ...labFile({ proxy: PgFaults,
	settings: { workers_n: 1, db_retry_max_ms: 50, publish_interval_ms: 250 } }) }));
const { test } = labs[0];

// Send it until it is acknowledged; refusals on the way are honest ones.
async function acknowledged(lab, statement) {
	for (;;) {
		const answer = await lab.post(statement.text);
		if (answer.status === 200 || answer.status === 201)
			return;
		assert.ok(answer.status === 500 || answer.status === 503, answer.text);
		await pause(20);
	}
}

const sizeOf = async (lab) => Number(await lab.pg.sql('SELECT size FROM assay.log_head'));

// An enrolment and a submission from the door to the board. Returns whether an answer was spoiled.
async function oneLife(lab, n, fault) {
	const key = new Key();
	const name = `loop/answer-${n}`;
	const enrolment = lab.enrolment(key);
	const submission = lab.submission(key, { model: { name, quantization: 'Q4_K_M' } });
	const ids = `('\\x${enrolment.id}', '\\x${submission.id}')`;
	lab.proxy.arm(n, fault);
	await acknowledged(lab, enrolment);
	await acknowledged(lab, submission);
	const shown = await waitFor(`${name} to be shown`, async () => {
		const answer = await lab.get(`/data/v1/models/${name}.json`);
		return answer.status === 200 && answer.json();
	});
	const size = await sizeOf(lab);
	await lab.documentWhere('index.json', (document) => document.log_size === size);
	const happened = lab.proxy.disarm();
	assert.equal(shown.runs_total, 1);
	assert.equal(shown.runs[0].state, 'counted');
	assert.equal(await lab.pg.sql(`SELECT (SELECT count(*) FROM assay.statement WHERE id IN ${ids}),
		(SELECT count(*) FROM assay.leaf WHERE id IN ${ids}), (SELECT count(*) FROM assay.pending)`), '2|2|0');
	return happened;
}

async function everyAnswer({ lab, fault }) {
	let n = 1;
	for (; await oneLife(lab, n, fault); n = nextStep(n))
		assert.ok(n < TRIES_MAX_N, `${fault}: no end after ${n} answers`);
	assert.equal(await lab.pg.sql(`SELECT count(*) = max(index) + 1 AND count(*) = (SELECT size FROM assay.log_head)
		FROM assay.leaf`), 't');
	return n - 1;
}

test(`the n-th answer is spoiled: ${FAULTS.join(', ')}`, async (t) => {
	const spoiled = await together(labs.map((one) => one.watched(() => everyAnswer(one))));
	t.diagnostic(labs.map(({ fault }, i) => `${fault}: ${spoiled[i]} answers`).join(', '));
	for (const n of spoiled)
		assert.ok(n > 20, `only ${n} answers`);
}, { timeout: 600000 });
