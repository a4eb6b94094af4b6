// board.test.mjs — from signed statements to what a person sees: real PostgreSQL, real assayd, Chromium.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { labFile } from '../system/lib/lab.mjs';
import { axe, launch, newPage, shot } from './lib/browser.mjs';

const { lab, test } = labFile();
let browser;
const hostile = '<script>alert(1)</script>\u202Eevil';
const longName = `org/${'x'.repeat(190)}`;

const point = (n_prompt, n_gen, value) => ({ metric: n_gen ? 'decode' : 'prefill', conditions: { n_prompt, n_gen }, value, n: 3, sd: 1 });
const model = (name, quantization) => ({ name, quantization, size_bytes: 5e9, parameters: 8e9 });

test('results of several people are taken and published', async () => {
	browser = await launch();
	const [ada, bob] = [await lab.enrolled('Ada'), await lab.enrolled(hostile)];
	await lab.accepted(lab.submission(ada, { model: model('org/one', 'Q4_0'), results: [point(512, 0, 1000), point(0, 128, 50)] }));
	await lab.accepted(lab.submission(bob, { model: model('org/one', 'Q4_0'), results: [point(512, 0, 4000)] }));
	await lab.accepted(lab.submission(ada, { model: model('org/two', 'Q8_0'), results: [point(512, 0, 3000)] }));
	await lab.accepted(lab.submission(ada, { model: model(hostile, 'F16'), results: [point(512, 0, 77)] }));
	await lab.accepted(lab.submission(bob, { model: model(longName, 'F16'), results: [point(512, 0, 66)] }));
	const { id } = await lab.accepted(lab.submission(bob, { model: model('org/held', 'F16'), results: [point(512, 0, 1e15)] }));
	const { index } = await lab.settled(id);
	await lab.documentWhere('index.json', (d) => d.log_size > index);
});

after(() => browser?.close());

const visit = async (query, options) => {
	const page = await newPage(browser, options);
	await page.goto(`${lab.url}/${query}`);
	await page.waitForSelector('main:not([aria-busy]) h1');
	return page;
};
const board = '?board=suites/throughput.json';
const column = (page, n) => page.$$eval('.grid tr[data-at]', (rows, at) => rows.map((row) => row.children[at].textContent), n);
const quiet = (page) => assert.deepEqual(page.complaints, []);

test('the overview names boards and models and leads to them', async () => {
	const page = await visit('');
	assert.match(await page.textContent('.gauges'), /5models/);
	await page.click('main >> text=Throughput of one stream');
	await page.waitForSelector('.grid');
	assert.match(page.url(), /board=suites/);
	await page.goBack();
	await page.waitForSelector('.gauges');
	await shot(page, 'overview');
	quiet(page);
});

test('the board shows medians of votes, voters by word and shape, and held runs as held', async () => {
	const page = await visit(board);
	const row = (name) => page.locator('.grid tr[data-at]').filter({ hasText: name }).filter({ hasText: 'pp512' }).textContent();
	assert.match(await row('org/one'), /2,000/); // the geometric middle of 1,000 and 4,000
	assert.match(await row('org/one'), /● 2/);
	assert.match(await row('org/two'), /3,000/);
	assert.match(await row('org/two'), /○ 1/);
	assert.match(await row('org/held'), /held/);
	assert.equal(await page.textContent('#state'), '6 rows');
	await shot(page, 'board');
	quiet(page);
});

test('a click on a head sorts, again turns it round; the address remembers', async () => {
	const page = await visit(board);
	await page.click('th button[data-key="value"]');
	assert.equal(await page.getAttribute('th:has(button[data-key="value"])', 'aria-sort'), 'descending');
	assert.match((await column(page, 1))[0], /org\/two/);
	await page.keyboard.press('Enter');
	assert.equal(await page.getAttribute('th:has(button[data-key="value"])', 'aria-sort'), 'ascending');
	assert.match((await column(page, 1))[0], /org\/one/); // 50 tokens/s of decode
	const other = await visit(new URL(page.url()).search);
	assert.deepEqual(await column(other, 1), await column(page, 1));
	quiet(page);
});

test('search and filters narrow the rows, say so, and live in the address', async () => {
	const page = await visit(board);
	await page.fill('input[name=q]', 'org/one');
	assert.match(await page.textContent('#state'), /^2 rows of 6/);
	await page.selectOption('select[name=test]', 'tg128');
	assert.match(await page.textContent('#state'), /^1 row of 6/);
	assert.match(page.url(), /f\.test=tg128/);
	await page.reload();
	await page.waitForSelector('.grid');
	assert.match(await page.textContent('#state'), /^1 row of 6/);
	await page.goBack();
	await page.waitForSelector('#state:text("2 rows of 6")');
	await page.goForward();
	await page.waitForSelector('#state:text("1 row of 6")');
	await page.click('text=Clear');
	assert.match(await page.textContent('#state'), /^6 rows/);
	quiet(page);
});

test('a model shows its variants and every run with who, state and statement', async () => {
	const page = await visit('?model=models/org/one.json');
	assert.equal(await page.$$eval('table.runs tbody tr', (rows) => rows.length), 3);
	assert.match(await page.textContent('table.runs'), /Ada/);
	const statement = await page.getAttribute('table.runs a', 'href');
	assert.equal((await page.request.get(new URL(statement, `${lab.url}/`).href)).status(), 200);
	await shot(page, 'model');
	const held = await visit('?model=models/org/held.json');
	assert.match(await held.textContent('.state.held'), /held/);
	assert.match(await held.textContent('.reason'), /outside the suite's bounds/);
	quiet(page);
	quiet(held);
});

test('hostile names are text, long ones do not widen the page', async () => {
	const page = await visit(`${board}`, { width: 360, height: 740 });
	assert.equal(await page.$('main script'), null);
	assert.ok((await page.textContent('main')).includes('<script>alert(1)</script>'));
	assert.equal(await page.$eval('bdi', (e) => getComputedStyle(e).unicodeBidi), 'isolate');
	const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	assert.ok(wider <= 0, `the page is ${wider} px wider than a phone`);
	await shot(page, 'board-phone');
	quiet(page);
});

test('what cannot be shown is said in words, with a way back', async () => {
	const page = await newPage(browser);
	await page.goto(`${lab.url}/?model=models/no/such.json`);
	assert.match(await page.textContent('[role=alert]'), /no document models\/no\/such\.json/);
	await page.goto(`${lab.url}/?board=../../etc/passwd`);
	assert.match(await page.textContent('[role=alert]'), /not the name of a document/);
	await page.click('text=To the overview');
	await page.waitForSelector('.gauges');
});

test('the page keeps what it showed of its rules: no inline script, nothing from elsewhere', async () => {
	const page = await newPage(browser);
	const elsewhere = [];
	page.on('request', (request) => !request.url().startsWith(lab.url) && elsewhere.push(request.url()));
	const answer = await page.goto(`${lab.url}/`);
	await page.waitForSelector('.gauges');
	const policy = answer.headers()['content-security-policy'];
	assert.match(policy, /default-src 'self'/);
	assert.doesNotMatch(policy, /unsafe-inline/);
	assert.deepEqual(elsewhere, []);
	quiet(page);
});

test('without script it still says what it is and where the data lies', async () => {
	const page = await newPage(browser, { javaScriptEnabled: false });
	await page.goto(`${lab.url}/`);
	assert.match(await page.textContent('main'), /data\/v1\/index\.json/);
});

for (const colorScheme of ['light', 'dark'])
	test(`axe-core finds nothing in the views, ${colorScheme}`, async () => {
		for (const query of ['', board, '?model=models/org/one.json']) {
			const page = await visit(query, { colorScheme });
			assert.deepEqual(await axe(page), [], query || 'overview');
			await shot(page, `${colorScheme}-${query.replaceAll(/[^a-z]+/g, '-') || 'overview'}`);
		}
	});
