// stored.mjs — what a log of N submissions in 10,000 cells costs: all documents anew, one submission more, 1,000 a second;
// and how large its board is. Prints figures, asserts nothing.
// SPDX-License-Identifier: Apache-2.0
//
// ASSAY_BIN=BUILD node tests/bench/stored.mjs [N [SECONDS]]     (BUILD has assayd, tests/fill and tests/load)
// STORED=FOLDER keeps the filled log in FOLDER, or takes the one that is kept there.
//
// Run it with two N and compare the CPU of one submission: it should not depend on what is stored.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { waitFor } from '../system/lib/process.mjs';
import { cpuOf, envelopes, fill, fillKept, loadPath, logSize, newLab } from './lib/filled.mjs';

const execute = promisify(execFile);
const n = Number(process.argv[2] ?? 10000);
const seconds = Number(process.argv[3] ?? 60);
const SINGLES = 9;
const QUIET_MS = 6000;
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const say = (figures) => console.log(JSON.stringify({ stored: n, ...figures }));

const documents = (lab) => path.join(lab.published, 'data/v1');
const boards = (lab) => ['throughput', 'quantization'].map((name) => path.join(documents(lab), `suites/${name}.json`));

// The log_size that stands at the beginning of a document; 0: it is not there.
function sizeOf(file) {
	return existsSync(file) ? Number(/"log_size":(\d+)/.exec(readFileSync(file, 'latin1').slice(0, 200))?.[1] ?? 0) : 0;
}

const indexSize = (lab) => sizeOf(path.join(documents(lab), 'index.json'));

// All documents from the rows, without dumps and coded files: those come behind the index.
async function rebuild(lab) {
	await lab.daemon.stop();
	rmSync(documents(lab), { recursive: true, force: true });
	const size = await logSize(lab);
	const pg = cpuOf({ daemon: { process: lab.pg.process }, pg: lab.pg }) / 2;
	const began = Date.now();
	await lab.serve();
	await waitFor('all documents', () => indexSize(lab) === size, { limitMs: 3600000, everyMs: 100 });
	say({ what: 'all documents from the rows', seconds: ((Date.now() - began) / 1000).toFixed(1), cpu_s: (cpuOf(lab) - pg).toFixed(1) });
}

async function boardBytes(lab) {
	const [file] = boards(lab);
	await waitFor('the coded board', () => existsSync(`${file}.br`), { limitMs: 3600000, everyMs: 500 });
	const { rows_n: rows } = JSON.parse(readFileSync(file));
	const br = statSync(`${file}.br`).size;
	say({ what: 'a board', rows, bytes: statSync(file).size, br, br_kib_of_10000_rows: (br / rows * 10000 / 1024).toFixed(0) });
}

// Until CPU stands nearly still: dumps and coded files are done.
async function quiet(lab) {
	await waitFor('the log to be published', async () => Number((await lab.get('/log/checkpoint')).text.split('\n')[1]) === await logSize(lab),
		{ limitMs: 3600000, everyMs: 1000 });
	for (;;) {
		const before = cpuOf(lab);
		await pause(QUIET_MS);
		if (cpuOf(lab) - before < 0.1 * QUIET_MS / 1000)
			return;
	}
}

const isCoded = (file) => existsSync(`${file}.br`) && existsSync(`${file}.gz`) && statSync(`${file}.gz`).mtimeMs === statSync(file).mtimeMs;

// Single submissions, one by one: how long until its board shows it, and what all of it costs until that is coded too.
async function one(lab, from) {
	const lines = readFileSync(await envelopes(lab, SINGLES, from, 'one'), 'utf8').trimEnd().split('\n');
	const [waited, cpu] = [[], []];
	const before = cpuOf(lab);
	await pause(QUIET_MS);
	const idle = (cpuOf(lab) - before) / QUIET_MS; // a ms
	for (const line of lines) {
		const [began, spent] = [performance.now(), cpuOf(lab)];
		const answer = await lab.post(line);
		if (answer.status !== 201)
			throw new Error(`not taken: ${answer.text}`);
		const size = await waitFor('it to be in the log', async () => (await lab.get(`/v1/statements/${answer.json().id}`)).json().index + 1, { everyMs: 10 });
		const board = await waitFor('its board', () => boards(lab).find((file) => sizeOf(file) >= size), { everyMs: 10, limitMs: 600000 });
		waited.push(performance.now() - began);
		await waitFor('its coded board', () => isCoded(board), { everyMs: 50, limitMs: 600000 });
		await pause(2000);
		cpu.push(cpuOf(lab) - spent - idle * (performance.now() - began));
	}
	say({ what: 'one submission', ms_to_board: Math.round(median(waited)), worst_ms: Math.round(Math.max(...waited)),
		cpu_ms: Math.round(1000 * median(cpu)), cpu_worst_ms: Math.round(1000 * Math.max(...cpu)) });
}

// How old the oldest statement is that the documents do not show yet.
async function lagMs(lab) {
	const shown = indexSize(lab);
	const at = await lab.pg.sql(`SELECT coalesce((SELECT accepted_at_ms FROM assay.leaf WHERE index = ${shown}),
		(SELECT s.accepted_at_ms FROM assay.pending p JOIN assay.statement s USING (id) ORDER BY arrival LIMIT 1))`);
	return at === '' ? 0 : Date.now() - Number(at);
}

async function steady(lab, file, leader) {
	const lags = [];
	let on = true;
	const watching = (async () => {
		for (; on; await pause(250))
			lags.push(await lagMs(lab));
	})();
	const before = cpuOf(lab);
	const { stdout } = await execute(loadPath, ['127.0.0.1', String(lab.port), file, '64', '1', '1000']);
	const cpu = cpuOf(lab) - before;
	on = false;
	await watching;
	say({ what: '1,000 submissions a second', leader, ...JSON.parse(stdout), cores_busy: (cpu / seconds).toFixed(2),
		...(leader === 'running' ? { behind_median_ms: median(lags), behind_worst_ms: Math.max(...lags) } : {}) });
}

const lab = newLab();
await lab.up();
try {
	const filled = process.env.STORED ? await fillKept(lab, n, process.env.STORED) : await fill(lab, n);
	if (filled)
		say({ what: 'filled by a leader', seconds: filled.seconds.toFixed(0), per_second: Math.round(n / filled.seconds),
			ms_each: { assayd: (1000 * filled.assayd_s / n).toFixed(2), pg: (1000 * filled.pg_s / n).toFixed(2) } });
	await rebuild(lab);
	await boardBytes(lab);
	await quiet(lab);
	await one(lab, n);
	if (seconds > 0) {
		await steady(lab, await envelopes(lab, 1000 * seconds, n + SINGLES, 'led'), 'running');
		await quiet(lab);
		await lab.daemon.stop();
		lab.daemon.set({ lead: false });
		await lab.serve();
		await steady(lab, await envelopes(lab, 1000 * seconds, n + SINGLES + 1000 * seconds, 'alone'), 'paused');
	}
} finally {
	await lab.down(false);
}
