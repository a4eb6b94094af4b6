// board.mjs — a board of 10,000 rows in Chromium: from its data to rows one can use, sorting, filtering, scrolling, and what
// shifts meanwhile. Prints figures, asserts nothing.
// SPDX-License-Identifier: Apache-2.0
//
// node tests/bench/board.mjs [ROWS] [PUBLISHED]     (PUBLISHED: a published folder whose own board is taken instead of a made-up one)
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from '../system/lib/daemon.mjs';
import { copyPublished } from '../system/lib/folder.mjs';
import { makeFolder } from '../system/lib/process.mjs';
import { hex, sha256 } from '../system/lib/protocol.mjs';
import { seeded } from '../system/lib/random.mjs';
import { World } from '../system/lib/world.mjs';
import { launch, newPage } from '../web/lib/browser.mjs';
import { Mirror } from '../web/lib/mirror.mjs';

const n = Number(process.argv[2] ?? 10000);
const published = process.argv[3];
const TIMES = 5;
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

const distinct = (list) => {
	const values = [...new Map(list.map((one) => [JSON.stringify(one), one])).values()];
	const places = new Map(values.map((one, at) => [JSON.stringify(one), at]));
	return { values, of: list.map((one) => places.get(JSON.stringify(one))) };
};

// Rows of one estimate each as a board's columns.
function columnsOf(rows) {
	const column = (list, name) => [name, typeof list[0][name] === 'number' ? list.map((one) => one[name]) : distinct(list.map((one) => one[name]))];
	const estimates = rows.map((row, at) => ({ row: at, ...row.estimates[0], best: row.ranks[0].best, worst: row.ranks[0].worst, of: row.ranks[0].of }));
	return { rows_n: rows.length, columns: { log_size: rows.map((row) => row.log_size), model: distinct(rows.map((row) => row.model)),
		fields: Object.fromEntries(Object.keys(rows[0].fields).map((name) => column(rows.map((row) => row.fields), name))),
		engine: distinct(rows.map((row) => row.engine.name)), versions: distinct(rows.map((row) => row.engine.versions)), held: rows.map((row) => row.held) },
	estimates: Object.fromEntries(Object.keys(estimates[0]).map((name) => column(estimates, name))) };
}

// Rows as the server writes them, of the same invented models and machines as tests send.
function madeUp() {
	const suite = JSON.parse(readFileSync(path.join(repo, 'eval-suites/throughput/1/suite.json')));
	const random = seeded(3);
	const world = new World({ models: 300, machines: 40 });
	const quantizations = ['Q4_K_M', 'Q8_0', 'Q6_K', 'Q5_K_M', 'F16', 'Q2_K'];
	const rows = Array.from({ length: n }, () => {
		const model = world.models[random.below(world.models.length)];
		const [quantization, voters, decode] = [random.pick(quantizations), 1 + random.below(6), random.chance(0.5)];
		const point = 2 + random.below(20000) / 10;
		return { log_size: n, fields: { subject: hex(sha256(model.name + quantization)), hardware: random.pick(world.machines).name, accelerator_count: '1', offload: 'full',
			backend: 'CUDA', engine: 'llama.cpp', 'conditions.n_prompt': decode ? '0' : '512', 'conditions.n_gen': decode ? '128' : '0', 'conditions.n_depth': '0', 'conditions.type_k': 'f16', 'conditions.type_v': 'f16' },
		model: { name: model.name, document: `models/${model.name}.json`, quantization, parameters: model.billions * 1e9, size_bytes: Math.round(model.billions * 6e8) }, engine: { name: 'llama.cpp', versions: ['b1'] }, held: 0,
		estimates: [{ metric: decode ? 'decode' : 'prefill', point, low: point * 0.97, high: point * 1.03, interval: voters > 1 ? 'student' : 'within_run', spread: 0.01, standing: voters > 2 ? 'reproduced' : 'single',
			voters, agreeing: voters, established: 0, outliers: 0, runs: voters, lowest_vote: point * 0.99, highest_vote: point * 1.01 }], ranks: [{ metric: decode ? 'decode' : 'prefill', best: 1, worst: 9, of: 40 }] };
	});
	return { format: 'assay-board-v2', log_size: n, suite: { ...suite, digest: '0'.repeat(64) }, ...columnsOf(rows) };
}

function folder() {
	const dir = makeFolder('board-bench-');
	copyPublished(path.join(repo, 'webroot'), dir);
	mkdirSync(path.join(dir, 'data/v1/suites'), { recursive: true });
	if (published) {
		copyPublished(path.join(published, 'data/v1/suites'), path.join(dir, 'data/v1/suites'));
		writeFileSync(path.join(dir, 'data/v1/index.json'), readFileSync(path.join(published, 'data/v1/index.json')));
	} else {
		writeFileSync(path.join(dir, 'data/v1/suites/throughput.json'), JSON.stringify(madeUp()));
		writeFileSync(path.join(dir, 'data/v1/index.json'), JSON.stringify({ format: 'assay-index-v1', log_size: n, origin: 'bench', as_of: null, totals: {}, suites: [], models: [] }));
	}
	return dir;
}

// The main thread's own time: a busy machine does not count.
async function cpuMs(page) {
	const { metrics } = await page.cdp.send('Performance.getMetrics');
	return 1000 * metrics.find((one) => one.name === 'TaskDuration').value;
}

// In the page: milliseconds of a deed until its frame is painted, by the clock and of the main thread.
async function timed(page, deed, wall, cpu) {
	const before = await cpuMs(page);
	wall.push(await page.evaluate((text) => new Promise((done) => {
		const start = performance.now();
		new Function(text)();
		requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
	}), deed));
	cpu.push(await cpuMs(page) - before);
}

async function open(browser, url) {
	const page = await newPage(browser, { width: 1440, height: 900, bypassCSP: true });
	page.cdp = await page.context().newCDPSession(page);
	await page.cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
	await page.addInitScript(() => {
		globalThis.shifts = [];
		new PerformanceObserver((list) => list.getEntries().forEach((e) => globalThis.shifts.push(e.value))).observe({ type: 'layout-shift', buffered: true });
		addEventListener('assay:drawn', () => requestAnimationFrame(() => setTimeout(() => { globalThis.drawnAt = performance.now(); })));
	});
	await page.goto(`${url}/?board=suites/throughput.json`);
	await page.waitForFunction(() => globalThis.drawnAt, null, { timeout: 120000 });
	return page;
}

const dir = folder();
const mirror = await Mirror.of(dir);
const browser = await launch();
try {
	const found = Object.fromEntries(['open_wall_ms', 'open_cpu_ms', 'sort_wall_ms', 'sort_cpu_ms', 'search_wall_ms', 'search_cpu_ms', 'filter_wall_ms', 'filter_cpu_ms', 'scroll_wall_ms', 'scroll_cpu_ms', 'shift_open', 'shift_used'].map((key) => [key, []]));
	const shifted = (page) => page.evaluate(() => globalThis.shifts.splice(0).reduce((sum, value) => sum + value, 0));
	for (let time = 0; time < TIMES; time++) {
		const page = await open(browser, mirror.url);
		found.open_wall_ms.push(await page.evaluate(() => globalThis.drawnAt - performance.getEntriesByType('resource').find((e) => e.name.endsWith('throughput.json')).responseEnd));
		found.open_cpu_ms.push(await cpuMs(page));
		found.shift_open.push(await shifted(page));
		const deed = (name, text) => timed(page, text, found[`${name}_wall_ms`], found[`${name}_cpu_ms`]);
		for (const key of ['value', 'model', 'hardware', 'value'])
			await deed('sort', `document.querySelector('[data-key="${key}"]').click()`);
		for (const text of ['4090', ''])
			await deed('search', `const q = document.querySelector("[name=q]"); q.value = "${text}"; q.dispatchEvent(new Event("input", { bubbles: true }));`);
		await deed('filter', 'const s = document.querySelector("[name=test]"); s.selectedIndex = 1; s.dispatchEvent(new Event("change", { bubbles: true }));');
		for (let step = 1; step <= 10; step++)
			await deed('scroll', `const g = document.querySelector(".grid"); g.scrollTop = g.scrollHeight * ${step} / 10;`);
		found.shift_used.push(await shifted(page));
		found.rows = await page.evaluate(() => document.querySelector('#state').textContent);
		await page.context().close();
	}
	for (const [what, list] of Object.entries(found).filter(([, one]) => Array.isArray(one)))
		console.log(`${what}: median ${median(list).toFixed(what.startsWith('shift') ? 4 : 1)}, worst ${Math.max(...list).toFixed(what.startsWith('shift') ? 4 : 1)} of ${list.length}`);
	console.log(`last state: ${found.rows}`);
} finally {
	await browser.close();
	await mirror.close();
	rmSync(dir, { recursive: true, force: true });
}
