// views.test.mjs — every view over a community of some hundred submissions: real assayd, then nginx with the folder alone.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after } from 'node:test';
import { labFile } from '../system/lib/lab.mjs';
import { waitFor } from '../system/lib/process.mjs';
import { World, fillWorld } from '../system/lib/world.mjs';
import { axe, launch, newPage, shot } from './lib/browser.mjs';
import { Nginx } from './lib/nginx.mjs';
import { withRows } from '../system/lib/rows.mjs';

const { lab, test } = labFile({ settings: { publish_interval_ms: 500 } });
const board = '?board=suites/throughput.json';
let browser;
let nginx;
let base;
let queries;

after(async () => {
	await browser?.close();
	await nginx?.close();
});

const ready = (page) => page.waitForSelector('main:not([aria-busy]) h1');
const visit = async (query, options) => {
	const page = await newPage(browser, options);
	await page.goto(`${base}/${query}`);
	await ready(page);
	return page;
};
const done = async (page) => {
	assert.deepEqual(page.complaints, []);
	await page.context().close();
};
const rows = (page) => page.$$eval('.grid tr[data-at]', (list) => list.map((row) => row.innerText.replaceAll(/\s+/g, ' ').trim()));
const said = (page) => page.textContent('#state');
const press = (page, ...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());

test('a community sends 500 submissions of 24 models on 12 machines; nginx serves what came of it', async () => {
	browser = await launch();
	const { size } = await fillWorld(lab, new World({ models: 24, machines: 12, submitters: 24, submissions: 500 }));
	const index = await waitFor('all of it to be published', async () => {
		const document = await lab.document('index.json');
		return document.log_size >= size && document;
	}, { limitMs: 240000, everyMs: 250 });
	await lab.daemon.stop();
	nginx = await Nginx.of(lab.published);
	base = nginx.url;
	const read = async (name) => (await fetch(`${base}/data/v1/${name}`)).json();
	const { hardware } = await read('hardware.json');
	const most = [...index.models].sort((a, b) => b.cells - a.cells)[0];
	const throughput = withRows(await read('suites/throughput.json'));
	const variants = [...new Map(throughput.rows.filter((row) => row.model.name === most.name).map((row) => [row.fields.subject, row])).values()]
		.slice(0, 3).map((row) => `v=${row.model.document}:${row.cell.slice(0, 12)}`).join('&');
	const submitter = throughput.rows.length > 0 && (await read(most.document)).runs[0].submitter.id;
	queries = { overview: '', board, loss: '?board=suites/quantization.json', empty: '?board=suites/chat.json', models: '?models=all', model: `?model=${most.document}`,
		hardware: '?hardware=all', machine: `?hardware=${hardware.find((one) => /4090/.test(one.name)).document}`, value: '?value=all',
		compare: `?compare=variants&${variants}`, statement: '?statement=30', log: '?log=latest', submitters: '?submitters=all', submitter: `?submitter=${submitter}`, acts: '?acts=queue', decisions: '?decisions=all' };
}, { timeout: 900000 });

// Three widths, in light and dark; axe-core where most differs.
for (const [width, height, colorScheme] of [[1440, 900, 'light'], [820, 1100, 'dark'], [390, 800, 'light']])
	test(`every view at ${width} px, ${colorScheme}: nothing overflows, nothing complains, axe-core is content`, async () => {
		const page = await newPage(browser, { width, height, colorScheme });
		for (const [name, query] of Object.entries(queries)) {
			await page.goto(`${base}/${query}`);
			await ready(page);
			const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			assert.ok(wider <= 0, `${name}: ${wider} px wider than the window`);
			assert.equal(await page.$('[role=alert]'), null, `${name} cannot be shown`);
			if (width !== 390 || ['board', 'model', 'overview'].includes(name))
				assert.deepEqual(await axe(page), [], name);
			await shot(page, `${name}-${width}-${colorScheme}`);
			assert.deepEqual(page.complaints, [], name);
		}
		await done(page);
	}, { timeout: 900000 });

test('value: the slider stops at numbers of streams that were measured, and the costs follow', async () => {
	const page = await visit('?value=all');
	const costs = () => page.$$eval('table tbody tr', (list) => list.map((row) => row.innerText.replaceAll(/\s+/g, ' ')).filter((text) => / tokens\/s /.test(text)));
	const busiest = await costs();
	assert.ok(busiest.length > 0, 'no machine stands there');
	const dial = 'input[name=streams]';
	assert.equal(await page.getAttribute(dial, 'aria-valuetext'), 'the busiest measured');
	await page.focus(dial);
	await press(page, 'ArrowRight');
	assert.equal(await page.getAttribute(dial, 'aria-valuetext'), '1');
	assert.match(page.url(), /[?&]streams=1\b/);
	assert.match(await page.textContent('.formula'), /with 1 stream at a time/);
	const single = await costs();
	assert.notDeepEqual(single, busiest);
	for (const text of single)
		assert.match(text, / 1 stream measured/);
	await press(page, 'End');
	const [most] = (await costs()).filter((text) => / streams measured/.test(text));
	assert.ok(most, 'nothing was measured with the most streams');
	await page.goto(`${base}/?value=all&streams=3`); // that nobody measured
	await ready(page);
	assert.equal(await page.getAttribute(dial, 'aria-valuetext'), '3');
	for (const text of await costs())
		assert.match(text, /of \d+ streams?, the nearest fewer measured/);
	await page.goto(`${base}/?value=all&streams=1e3`); // no number of streams
	await ready(page);
	assert.equal(await page.getAttribute(dial, 'aria-valuetext'), 'the busiest measured');
	assert.deepEqual(await costs(), busiest);
	await done(page);
});

// What names may become at worst: markup, turned direction, marks on marks, emoji, and 10,000 characters without a place to break.
const worst = `<script>alert(1)</script><img src=x onerror=alert(2)>\u202Eevil\u2066${'e\u0301\u0335\u0489'.repeat(40)}👩🏽‍🔬🧪${'W'.repeat(10000)}`;
const strangers = new Set(['name', 'reason', 'reason_code', 'raw', 'raw_name', 'canonical', 'quantization', 'hardware', 'engine', 'backend', 'provider', 'source', 'family', 'licence', 'judge', 'candidate']);
const ours = new Set(['suite', 'suites', 'interval', 'standing', 'metric']); // what nobody sends, in documents and in columns
const WORST_MAX = 60; // of one document, spread over it

// A document with the worst in many of the places where strangers' words stand.
function worsened(document) {
	const places = [];
	// within: the member that holds an array's values, as columns hold theirs.
	const walk = (value, within) => {
		for (const [key, inner] of Object.entries(value)) {
			if (typeof inner === 'string' && (strangers.has(key) || within === 'values'))
				places.push([value, key]);
			else if (inner && typeof inner === 'object' && !ours.has(key))
				walk(inner, Array.isArray(inner) ? key : '');
		}
	};
	walk(document, '');
	const every = Math.ceil(places.length / WORST_MAX);
	for (const [place, key] of places.filter((_, at) => at % every === 0))
		place[key] += worst;
	return document;
}

test('whatever strangers call things: no view gets wider than its window, and nothing of it is run', async () => {
	const page = await newPage(browser);
	let worse = 0;
	await page.route(/\/data\/v1\/.*\.json$/, async (route) => {
		const response = await route.fetch();
		const document = response.ok() ? worsened(await response.json()) : null;
		worse += document !== null;
		await route.fulfill(document ? { response, json: document } : { response });
	});
	for (const [width, height] of [[390, 800], [1440, 900]]) {
		await page.setViewportSize({ width, height });
		for (const [name, query] of Object.entries(queries)) {
			await page.goto(`${base}/${query}`);
			await ready(page);
			assert.equal(await page.$('[role=alert]'), null, `${name} cannot be shown`);
			const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			assert.ok(wider <= 0, `${name} at ${width}: ${wider} px wider than the window`);
			assert.equal(await page.$('main script, main img, #nav script, #nav img'), null, name);
			await shot(page, `worst-${name}-${width}`);
			assert.deepEqual(page.complaints, [], name);
		}
	}
	assert.ok(worse > 20, `${worse} documents were made worse`);
	await done(page);
}, { timeout: 900000 });

test('a long board keeps few rows in the page, and says how many there are', async () => {
	const page = await visit(board);
	const total = Number((await said(page)).match(/^([\d,]+) rows/)[1].replace(',', ''));
	assert.ok(total > 200, `${total} rows`);
	assert.equal(await page.getAttribute('.grid table', 'aria-rowcount'), String(total + 1));
	assert.ok((await rows(page)).length < 80);
	await page.$eval('.grid', (grid) => { grid.scrollTop = grid.scrollHeight; });
	await page.waitForSelector(`tr[aria-rowindex="${total + 1}"]`);
	assert.ok((await rows(page)).length < 80);
	await page.$eval('.grid', (grid) => { grid.scrollTop = 0; });
	await page.waitForSelector('tr[aria-rowindex="2"]');
	await done(page);
});

test('the keyboard goes from row to row, to the ends and back, and the focus is never lost', async () => {
	const page = await visit(board);
	const place = () => page.evaluate(() => `${document.activeElement.closest('tr')?.dataset.at} ${document.activeElement.tagName}`);
	await page.focus('tr[data-at="0"] a');
	await press(page, 'ArrowDown', 'ArrowDown');
	assert.equal(await place(), '2 A');
	await press(page, 'End');
	const last = Number(await page.getAttribute('.grid table', 'aria-rowcount')) - 2;
	assert.equal(await place(), `${last} A`);
	assert.ok(await page.evaluate(() => document.activeElement.getBoundingClientRect().top < innerHeight));
	await press(page, 'ArrowUp', 'PageUp', 'Home');
	assert.equal(await place(), '0 A');
	await page.$eval('.grid', (grid) => { grid.scrollTop = grid.scrollHeight; });
	await page.waitForSelector(`tr[data-at="${last}"]`);
	assert.match(await page.evaluate(() => document.activeElement.className), /grid/);
	await done(page);
});

test('sorting turns the order round in the address; “back” turns it back', async () => {
	const page = await visit(board);
	const values = async () => (await page.$$eval('td.estimate b', (list) => list.map((b) => Number(b.firstChild.textContent.replaceAll(',', ''))))).slice(0, 20);
	await page.click('button[data-key=value]');
	const down = await values();
	assert.deepEqual(down, [...down].sort((a, b) => b - a));
	await press(page, 'Enter');
	assert.match(page.url(), /sort=value$/);
	const up = await values();
	assert.deepEqual(up, [...up].sort((a, b) => a - b));
	assert.equal(await page.evaluate(() => document.activeElement.dataset.key), 'value');
	await page.goBack();
	await page.waitForSelector('[aria-sort=descending] [data-key=value]');
	assert.deepEqual(await values(), down);
	await done(page);
});

test('filters, columns and search make an address that shows the next person the same', async () => {
	const page = await visit(board);
	await page.selectOption('select[name=test]', 'tg128');
	await page.selectOption('select[name=standing]', 'reproduced');
	await page.selectOption('select[name=parameters]', { index: 1 });
	await page.click('.chooser summary');
	await page.uncheck('.chooser input[name=rank]');
	await page.check('.chooser input[name=backend]');
	await page.fill('input[name=q]', 'rtx');
	const seen = await rows(page);
	assert.ok(seen.length > 0 && seen.every((row) => /tg128/.test(row) && /reproduced/.test(row) && /RTX/.test(row) && /CUDA/.test(row)));
	const other = await visit(new URL(page.url()).search);
	assert.deepEqual(await rows(other), seen);
	assert.equal(await said(other), await said(page));
	await other.fill('input[name=q]', 'no such thing');
	assert.match(await other.textContent('main'), /No row passes these filters/);
	await other.click('text=Clear');
	assert.match(await said(other), /^\d[\d,]* rows$/);
	await done(page);
	await done(other);
});

test('CSV is what is shown, and no name in it is a formula', async () => {
	const page = await visit(`${board}&f.test=tg128&sort=-value`);
	const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=CSV')]);
	assert.match(download.suggestedFilename(), /^throughput-log\d+\.csv$/);
	const lines = readFileSync(await download.path(), 'utf8').trim().split('\r\n');
	assert.match(lines[0], /^Model,Quantization,Size,Test,Hardware,Value \(tokens\/s\),Value low,Value high,Value interval,Rank best,/);
	assert.equal(lines.length - 1, Number((await said(page)).match(/^([\d,]+) rows/)[1].replace(',', '')));
	const values = lines.slice(1).map((line) => Number(line.split(',')[5]));
	assert.deepEqual(values, [...values].sort((a, b) => b - a));
	await done(page);
});

test('chosen variants are compared side by side, in words; another can be the reference', async () => {
	const page = await visit(`${board}&f.test=tg128&f.hardware=NVIDIA+GeForce+RTX+4090`);
	for (const at of [0, 1, 2])
		await page.check(`tr[data-at="${at}"] input`);
	assert.match(await said(page), /3 variants chosen/);
	await page.click('text=Compare 3');
	await ready(page);
	await page.waitForSelector('table.contrast');
	assert.match(page.url(), /compare=variants&v=models/);
	const text = await page.textContent('main');
	assert.match(text, /better: |worse: |cannot be told apart|the data cannot tell/);
	const reference = () => page.innerText('table.contrast thead th:nth-child(2)');
	const first = await reference();
	await page.click('text=make it the reference');
	await waitFor('another to be it', async () => (await reference()) !== first);
	await page.goBack();
	await waitFor('the first to be it again', async () => (await reference()) === first);
	await done(page);
});

test('a variant that is gone is said to be; fewer than two say how to choose', async () => {
	const page = await visit('?compare=variants&v=models/no/such.json:0123456789ab&v=models/no/other.json:0123456789ab');
	assert.match(await page.textContent('[role=alert]'), /not published any more/);
	await page.context().close();
	const empty = await visit('?compare=variants');
	assert.match(await empty.textContent('main'), /Choose two to six/);
	await done(empty);
});

test('a model: ladder, speed by hardware, history, runs, what is missing', async () => {
	const page = await visit(queries.model);
	const heads = await page.$$eval('main h2', (list) => list.map((h) => h.textContent));
	for (const head of ['What a smaller quantization costs', 'Throughput by hardware', 'All results', 'History of a cell', 'Runs', 'What is missing'])
		assert.ok(heads.includes(head), head);
	await page.click('.tabs >> text=Prefill');
	await page.waitForURL(/metric=prefill/);
	await page.waitForSelector('main:not([aria-busy]) .tabs [aria-current]:text("Prefill")');
	await page.selectOption('select[name=history]', { index: 1 });
	assert.match(page.url(), /history=/);
	assert.ok(await page.locator('figure.chart a').count() > 0);
	assert.match(await page.textContent('.copyable code >> nth=0'), /^assay run throughput MODEL\.gguf --model /);
	await done(page);
});

test('a machine: what runs on it, and what its memory holds', async () => {
	const page = await visit(`${queries.machine}&memory=1`);
	const fits = await page.$$eval('.fits', (list) => list.map((one) => one.textContent.trim()));
	assert.ok(fits.includes('no') && fits.includes('yes'), fits.join());
	await page.fill('input[name=memory]', '4000');
	await waitFor('all of it to fit', () => page.$$eval('.fits', (list) => list.every((one) => one.textContent.trim() === 'yes')));
	assert.match(page.url(), /memory=4000/);
	await done(page);
});

test('printing brings all rows; motion is left out where it is not wanted', async () => {
	const page = await visit(`${board}&f.test=pp512`, { reducedMotion: 'reduce' });
	assert.equal(await page.$eval('.quiet', (one) => getComputedStyle(one).transitionDuration), '0s');
	await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
	assert.equal((await rows(page)).length, Number(await page.getAttribute('.grid table', 'aria-rowcount')) - 1);
	await page.emulateMedia({ media: 'print' });
	assert.equal(await page.isVisible('.controls'), false);
	await done(page);
});

test('the first view is at most 60 KiB on the wire, without data', async () => {
	const page = await newPage(browser);
	const sizes = [];
	page.on('response', (response) => !/\/(data|log|suites)\//.test(response.url()) && sizes.push(response.request().sizes().then((s) => s.responseBodySize)));
	await page.goto(`${base}/`);
	await ready(page);
	const total = (await Promise.all(sizes)).reduce((sum, n) => sum + n, 0);
	assert.ok(total > 5000 && total <= 60 * 1024, `${total} bytes`);
	await done(page);
});
