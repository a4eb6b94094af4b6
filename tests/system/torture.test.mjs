// torture.test.mjs — servers and database are killed and paused at random while clients send: what was
// acknowledged is in the log once, and on the board.
// SPDX-License-Identifier: Apache-2.0
//
// ASSAY_TORTURE_KILLS is how many processes are killed, ASSAY_TORTURE_SEED decides when and which.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from './lib/crowd.mjs';
import { request } from './lib/http.mjs';
import { labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';
import { rawCell } from './lib/protocol.mjs';
import { seeded } from './lib/random.mjs';
import { withRows } from './lib/rows.mjs';

const kills = Number(process.env.ASSAY_TORTURE_KILLS ?? 20);
const seed = Number(process.env.ASSAY_TORTURE_SEED ?? 1);
// A long torture is not to become a test of size.
const pauseMs = kills > 100 ? 200 : 10;

const { lab, test } = labFile({ durable: true,
	settings: { db_deadline_ms: 1000, db_retry_max_ms: 200, publish_interval_ms: 50 } });

// Kill one of the victims' kind so many times, each time some while after it was started again.
async function torment(victim, random, n) {
	for (let i = 0; i < n; i++) {
		await pause(random.between(50, 900));
		await victim.kill(random);
		await pause(random.below(300));
		await victim.start();
	}
}

const crash = async (random) => (random.chance(0.5) ? lab.pg.kill() : lab.pg.down('SIGQUIT'));

// Stop a process for a moment: what it holds is neither lost nor answered meanwhile.
async function freeze(pid, ms) {
	try {
		process.kill(pid, 'SIGSTOP');
		await pause(ms);
		process.kill(pid, 'SIGCONT');
	} catch (error) {
		assert.equal(error.code, 'ESRCH');
	}
}

async function freezeSome(daemons, random, goesOn) {
	while (goesOn()) {
		await pause(random.between(200, 900));
		const servers = daemons.filter((d) => d.running()).map((d) => d.process.pid);
		const backends = lab.pg.process.running() ? lab.pg.backends() : [];
		const pids = random.chance(0.5) ? servers : backends;
		if (pids.length)
			await freeze(random.pick(pids), random.between(50, 500));
	}
}

// How long the log may take to follow: that it does is tested here, how fast is not.
const patience = (list) => 30000 + list.length * 10;

const column = async (sql) => (await lab.pg.sql(sql)).split('\n').filter(Boolean);

function countBy(list, keyOf) {
	const counts = new Map();
	for (const item of list)
		counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
	return counts;
}

// Every id once, in the table and in the log; no gap in the log; nothing left waiting.
async function assertLogged(ids) {
	await waitFor('everything to be in the log', async () =>
		(await lab.pg.sql('SELECT count(*) FROM assay.pending')) === '0', { limitMs: patience(ids) });
	for (const table of ['statement', 'leaf']) {
		const found = await column(`SELECT encode(id, 'hex') FROM assay.${table}
			WHERE kind = 'submission' ORDER BY id`);
		assert.deepEqual(found, ids, table);
	}
	assert.equal(await lab.pg.sql(`SELECT min(index) = 0 AND count(*) = max(index) + 1
		AND count(*) = count(DISTINCT id) AND count(*) = (SELECT size FROM assay.log_head)
		AND bool_and(state = 'counted') FROM assay.leaf`), 't');
}

// The board of a server counts each statement in its cell, the index all of them.
async function assertShown(daemon, statements) {
	const suite = lab.suiteFile();
	const expected = countBy(statements, (s) => rawCell(suite, s.body, s.body.results[0]));
	const size = Number(await lab.pg.sql('SELECT size FROM assay.log_head'));
	const read = async (name) => (await request(daemon.port, 'GET', `/data/v1/${name}`)).json();
	await waitFor('the index to follow', async () => (await read('index.json')).log_size === size,
		{ limitMs: patience(statements) });
	const { totals } = await read('index.json');
	assert.equal(totals.submissions, statements.length);
	assert.equal(totals.counted, statements.length);
	const { rows } = withRows(await read('suites/throughput.json'));
	assert.deepEqual(new Map(rows.map((row) => [row.cell, row.estimates[0].runs]).sort()),
		new Map([...expected].sort()));
	for (const name of new Set(statements.map((s) => s.body.model.name))) {
		const own = statements.filter((s) => s.body.model.name === name);
		assert.equal((await read(`models/${name}.json`)).runs_total, own.length);
	}
}

test(`${kills} kills, seed ${seed}: what was acknowledged is logged once and shown`, async (t) => {
	const second = lab.anotherDaemon();
	await second.start();
	const daemons = [lab.daemon, second];
	const random = seeded(seed);
	const clients = [];
	for (const [n, manner] of Array(4).fill(['alone', 'kept', 'pipelined', 'batched']).flat().entries()) {
		clients.push(new Client({ name: `torture/client-${n}`, manner, policy: lab.policy,
			key: await lab.enrolled(`Client ${n}`), ports: () => daemons.map((d) => d.port),
			random: seeded(seed * 1000 + n), pauseMs }));
	}

	let raging = true;
	const goesOn = () => raging;
	const sending = clients.map((client) => client.run(goesOn));
	const freezing = freezeSome(daemons, seeded(seed + 1), goesOn);
	const ofDatabase = Math.floor(kills / 3);
	const ofSecond = Math.floor((kills - ofDatabase) / 2);
	await Promise.all([
		torment({ kill: crash, start: () => lab.pg.up() }, seeded(random.below(2 ** 32)), ofDatabase),
		torment({ kill: () => second.kill(), start: () => second.start() }, seeded(random.below(2 ** 32)), ofSecond),
		torment({ kill: () => lab.daemon.kill(), start: () => lab.daemon.start() },
			seeded(random.below(2 ** 32)), kills - ofDatabase - ofSecond),
	]);
	raging = false;
	await Promise.all([...sending, freezing]);
	await Promise.all(clients.map((client) => client.finish()));

	assert.deepEqual(clients.flatMap((client) => client.surprises), []);
	const statements = clients.flatMap((client) => client.acknowledged);
	t.diagnostic(`seed ${seed}: ${kills} kills, ${statements.length} statements acknowledged, ` +
		`${clients.reduce((sum, client) => sum + client.again, 0)} of them again`);
	assert.ok(clients.every((client) => client.acknowledged.length > 0));
	await assertLogged(statements.map((s) => s.id).sort());
	for (const daemon of daemons)
		await assertShown(daemon, statements);
}, { timeout: 120000 + kills * 5000 });
