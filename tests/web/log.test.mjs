// log.test.mjs — the log in the browser: what a person sees of a statement, and what tampering looks like.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';
import { labFile } from '../system/lib/lab.mjs';
import { parseNote } from '../system/lib/merkle.mjs';
import { waitFor } from '../system/lib/process.mjs';
import { Key, commonMembers, statementOf } from '../system/lib/protocol.mjs';
import { axe, launch, newPage, shot } from './lib/browser.mjs';
import { Mirror } from './lib/mirror.mjs';

const { lab, test } = labFile();
let browser;
const at = {}; // places in the log, by what stands there
const mirrors = [];
const hostile = '<script>alert(1)</script>\u202Eevil';
const zalgo = `Z${'\u0301\u0327'.repeat(19)}`;
const notes = `${'long '.repeat(350)}\u202Etxt`;

const logFile = (name) => readFileSync(path.join(lab.published, 'log', name));
const size = () => Number(parseNote(logFile('checkpoint').toString()).text.split('\n')[1]);

async function published() {
	await waitFor('the checkpoint to cover the log', async () =>
		await lab.pg.sql('SELECT count(*) FROM assay.pending') === '0' &&
		Number(await lab.pg.sql('SELECT size FROM assay.log_head')) === size());
}

async function place(name, statement) {
	await lab.accepted(statement);
	at[name] = (await lab.settled(statement.id)).index;
	at.ids = { ...at.ids, [name]: statement.id };
}

test('a log with something of everything', async () => {
	browser = await launch();
	const [ada, eve] = [await lab.enrolled('Ada'), await lab.enrolled(hostile)];
	const result = (value) => ({ metric: 'decode', conditions: { n_prompt: 0, n_gen: 128, flash_attn: 'on' }, value, n: 5, sd: 0.25 });
	await place('good', lab.submission(ada, { results: [result(42.5),
		{ metric: 'prefill', conditions: { n_prompt: 512, n_gen: 0, flash_attn: 'on' }, value: 1234.5678, n: 5, se: 1.5 }],
	hardware: { cpu: { name: 'Example CPU 9000', cores: 16 }, memory_mib: 131072,
		accelerators: Array(2).fill({ name: 'Example GPU 80GB', memory_mib: 81920 }) }, notes: 'On a cold day.' }));
	await place('hostile', lab.submission(eve, { model: { name: hostile, quantization: zalgo }, notes, extra: { [hostile]: zalgo } }));
	await place('held', lab.submission(ada, { model: { name: 'org/held', quantization: 'F16' }, results: [result(1e12)] }));
	await place('retraction', statementOf('retraction', { ...commonMembers(ada, lab.origin), target: at.ids.held, reason: 'a typo' }, ada));
	await place('withheld', lab.submission(eve, { notes: 'a private address' }));
	const root = Key.fromPem(readFileSync(path.join(lab.keys, 'root.pem')));
	const act = (key, name, target, more = {}) => statementOf('act', { ...commonMembers(key, lab.origin),
		act: name, target, reason_code: 'test', reason: 'because', ...more }, key);
	const staff = [await lab.enrolled('Sam'), await lab.enrolled('Tom')];
	for (const one of staff)
		await place('grant', act(root, 'grant', one.submitter, { role: 'staff' }));
	const wish = act(staff[0], 'withhold', at.ids.withheld);
	await place('act', wish);
	await place('last', act(staff[1], 'confirm', wish.id));
	await published();
	await lab.documentWhere('index.json', (d) => d.log_size > at.last);
});

after(async () => {
	await browser?.close();
	await Promise.all(mirrors.map((mirror) => mirror.close()));
});

async function mirror() {
	const made = await Mirror.of(lab.published);
	mirrors.push(made);
	return made;
}

async function visit(query, { url = lab.url, script, ...options } = {}) {
	const page = await newPage(browser, options);
	if (script)
		await page.addInitScript(script);
	await page.goto(`${url}/${query}`);
	await page.waitForSelector('main:not([aria-busy]) h1');
	return page;
}

const quiet = (page) => assert.deepEqual(page.complaints, []);
const statement = (name) => `?statement=${at[name]}`;
const tooWide = (page) => page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));
const headline = (page) => page.textContent('.verdict h2');
const steps = (page) => page.$$eval('.steps li b', (list) => list.map((b) => b.textContent.replace(/^. /u, '')));
const allGood = ['Signature: good', 'Leaf: good', 'Place in the log: good', 'Checkpoint: good'];
const bundleName = () => `statements/000.p/${size()}.jsonl.gz`;
const tileName = () => `tile/0/000.p/${size()}`;

test('a statement: what it says with units, who signed it, verified without the daemon', async () => {
	const { url } = await mirror();
	const page = await visit(statement('good'), { url });
	assert.match(await headline(page), /Verified in your browser/);
	assert.deepEqual(await steps(page), allGood);
	const text = await page.textContent('main');
	for (const words of ['example-org/tiny-7b', '7B', '3.73 GiB', '2 × Example GPU 80GB (80 GiB)', '128 GiB', 'On a cold day.', 'Flash attn on'])
		assert.ok(text.includes(words), words);
	const rows = await page.$$eval('.results tbody tr', (list) => list.map((tr) => tr.innerText));
	assert.match(rows[0], /Decode\s+tg128\s+42\.50 tokens\/s\s+± 0\.25 sd\s+5/);
	assert.equal(await page.getAttribute('.results tr:nth-child(2) data', 'title'), '1234.5678 as signed');
	assert.match(rows[1], /Prefill\s+pp512\s+1,234\.6 tokens\/s\s+± 1\.5 se\s+5/);
	assert.match(await page.textContent('.state.counted'), /counted/);
	assert.match(await page.textContent('#state'), /verified$/);
	assert.equal(await page.title(), `Statement #${at.good} · Assay`);
	quiet(page);
});

test('behind any web server the page lets no script in but its own', async () => {
	const page = await visit(statement('good'), await mirror());
	const ran = await page.evaluate(() => {
		const script = document.createElement('script');
		script.textContent = 'globalThis.ran = true';
		document.head.append(script);
		return globalThis.ran;
	});
	assert.equal(ran, undefined);
	assert.match(page.complaints.join(), /Content Security Policy/);
});

test('statements of every kind verify, from the first to the last', async () => {
	const page = await visit('?statement=0');
	for (let index = 0; index < size(); index++) {
		await page.waitForSelector(`h1:has-text("#${index}")`);
		assert.deepEqual(await steps(page), index === at.withheld ? ['Signature: not checked', ...allGood.slice(1)] : allGood, `statement ${index}`);
		if (index < size() - 1)
			await page.click(`text="#${index + 1} →"`);
	}
	quiet(page);
});

test('tampering with the bundle: signature and leaf fail, in red words', async () => {
	const tampered = await mirror();
	tampered.tamperLine(bundleName(), at.good, (line) => {
		const payload = Buffer.from(line.envelope.payload, 'base64').toString().replace('"value":42.5', '"value":99.5');
		return { ...line, envelope: { ...line.envelope, payload: Buffer.from(payload).toString('base64') } };
	});
	const page = await visit(statement('good'), tampered);
	assert.match(await headline(page), /Not verified/);
	assert.deepEqual(await steps(page), ['Signature: failed', 'Leaf: failed', 'Place in the log: good', 'Checkpoint: good']);
	assert.equal(await page.getAttribute('.verdict', 'role'), 'alert');
	const [red, green] = await page.$eval('.steps .bad b', (e) => getComputedStyle(e).color.match(/\d+/g).map(Number));
	assert.ok(red > 2 * green, `${red} ${green}`);
	assert.match(await page.textContent('#state'), /not verified, failed: Signature, Leaf$/);
	for (const colorScheme of ['light', 'dark']) {
		await page.emulateMedia({ colorScheme });
		assert.deepEqual(await axe(page), [], colorScheme);
		await shot(page, `${colorScheme}-statement-tampered`);
	}
	quiet(page);
});

test('another acceptance time: the signature stands, the leaf fails', async () => {
	const tampered = await mirror();
	tampered.tamperLine(bundleName(), at.good, (line) => ({ ...line, accepted_at_ms: line.accepted_at_ms - 86400000 }));
	const page = await visit(statement('good'), tampered);
	assert.deepEqual(await steps(page), ['Signature: good', 'Leaf: failed', 'Place in the log: good', 'Checkpoint: good']);
	quiet(page);
});

test('a good statement of another log, or set in another place, is caught', async () => {
	const other = await mirror();
	const stranger = new Key();
	other.tamperLine(bundleName(), at.good, (line) => ({ ...line,
		envelope: lab.submission(stranger, { audience: 'example.com/elsewhere' }).envelope }));
	const page = await visit(statement('good'), other);
	assert.deepEqual((await steps(page)).slice(0, 2), ['Signature: failed', 'Leaf: failed']);
	assert.match(await page.textContent('.steps'), /made for another log/);
	const moved = await mirror();
	let line;
	moved.tamperLine(bundleName(), at.retraction, (found) => (line = found));
	moved.tamperLine(bundleName(), at.good, () => ({ ...line, index: at.good }));
	const second = await visit(statement('good'), moved);
	assert.deepEqual(await steps(second), ['Signature: good', 'Leaf: failed', 'Place in the log: good', 'Checkpoint: good']);
});

test('tampering with the tiles: the place in the log fails', async () => {
	const other = at.good === 0 ? 1 : 0;
	for (const [index, wanted] of [[other, ['Signature: good', 'Leaf: good', 'Place in the log: failed', 'Checkpoint: good']],
		[at.good, ['Signature: good', 'Leaf: failed', 'Place in the log: failed', 'Checkpoint: good']]]) {
		const tampered = await mirror();
		tampered.tamper(tileName(), (bytes) => {
			bytes[index * 32] ^= 1;
			return bytes;
		});
		const page = await visit(statement('good'), tampered);
		assert.match(await headline(page), /Not verified/);
		assert.deepEqual(await steps(page), wanted);
		quiet(page);
	}
	const cut = await mirror();
	cut.tamper(tileName(), (bytes) => bytes.subarray(0, -32));
	const page = await visit(statement('good'), cut);
	assert.deepEqual(await steps(page), ['Signature: good', 'Leaf: failed', 'Place in the log: failed', 'Checkpoint: good']);
	assert.match(await page.textContent('.steps'), /is damaged: it has \d+ bytes instead of \d+/);
});

test('tampering with the checkpoint or its key: the checkpoint fails', async () => {
	const root = Buffer.alloc(32, 7).toString('base64');
	const other = new Key();
	const changes = [
		[(note) => note.replace(/\n[^\n]+=\n/, `\n${root}\n`), ['Place in the log: failed', 'Checkpoint: failed']],
		[(note) => note.replace(lab.origin, 'localhost/other-log'), ['Place in the log: good', 'Checkpoint: failed']],
		[(note) => {
			const { text, name, keyId, signature } = parseNote(note);
			signature[9] ^= 1;
			return `${text}\n— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`;
		}, ['Place in the log: good', 'Checkpoint: failed']],
		[(note) => {
			const { text, name, keyId } = parseNote(note);
			return `${text}\n— ${name} ${Buffer.concat([keyId, other.sign(Buffer.from(text))]).toString('base64')}\n`;
		}, ['Place in the log: good', 'Checkpoint: failed']],
	];
	for (const [change, wanted] of changes) {
		const tampered = await mirror();
		tampered.tamper('checkpoint', (bytes) => change(bytes.toString()));
		const page = await visit(statement('good'), tampered);
		assert.match(await headline(page), /Not verified/);
		assert.deepEqual((await steps(page)).slice(2), wanted);
		quiet(page);
	}
	const list = await visit('?log=latest', mirrors.at(-1));
	assert.deepEqual(await steps(list), ['Checkpoint: failed']);
});

test('what cannot be read at all says which file is damaged', async () => {
	for (const [name, bytes, words] of [['checkpoint', 'nonsense', /log\/checkpoint is damaged/], ['vkey', 'x+y+z', /log\/vkey is damaged/],
		[bundleName(), Buffer.from([0x1f, 0x8b, 1, 2, 3]), /statements\/000\.p\/\d+\.jsonl\.gz is damaged: it cannot be unpacked/],
		[bundleName(), '{}\n', /has 1 statements instead of/], [bundleName(), Buffer.alloc(64, 0xff), /it is not text/]]) {
		const tampered = await mirror();
		tampered.tamper(name, () => bytes);
		const page = await visit(statement('good'), tampered);
		assert.match(await page.textContent('[role=alert].bad'), words);
		quiet(page);
	}
});

const withoutEd25519 = `{
	const old = SubtleCrypto.prototype.importKey;
	SubtleCrypto.prototype.importKey = function (format, data, algorithm, ...rest) {
		return algorithm.name === 'Ed25519' ? Promise.reject(new DOMException('no', 'NotSupportedError')) : old.call(this, format, data, algorithm, ...rest);
	};
}`;
const withoutSubtle = `Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined });`;

test('without Ed25519 in the browser it says so, and the runner accepts what the page saves', async () => {
	for (const [script, words] of [[withoutEd25519, /does not know Ed25519/], [withoutSubtle, /did not come over HTTPS/]]) {
		const page = await visit(statement('good'), { script });
		assert.match(await headline(page), /Not fully checked/);
		assert.deepEqual(await steps(page), ['Signature: not checked', 'Leaf: good', 'Place in the log: good', 'Checkpoint: not checked']);
		assert.match(await page.textContent('.steps'), words);
		const command = await page.textContent('.command');
		assert.equal(command, `assay verify --vkey '${lab.policy.vkey}' statement-${at.good}.json`);
		const [download] = await Promise.all([page.waitForEvent('download'), page.click(`text=Save statement-${at.good}.json`)]);
		const file = path.join(lab.dir, download.suggestedFilename());
		await download.saveAs(file);
		const run = await lab.assay(['verify', '--vkey', lab.policy.vkey, file]);
		assert.equal(run.code, 0, run.stderr);
		assert.match(run.stdout, new RegExp(`^${at.ids.good}  submission  in the log at ${at.good} of ${size()}`));
		quiet(page);
	}
});

test('a withheld statement shows the notice; its place in the log still verifies', async () => {
	const page = await visit(statement('withheld'));
	assert.match(await headline(page), /Withheld: its place in the log is verified/);
	assert.deepEqual(await steps(page), ['Signature: not checked', 'Leaf: good', 'Place in the log: good', 'Checkpoint: good']);
	assert.match(await page.textContent('.notice'), /Staff withheld the bytes/);
	assert.ok(!(await page.textContent('body')).includes('private address'));
	await shot(page, 'statement-withheld');
	quiet(page);
});

test('from the keyboard: a statement opens, its bytes unfold, the focus goes along', async () => {
	const page = await visit('?log=latest');
	await page.focus(`table.log a:text-is("#${at.good}")`);
	await page.keyboard.press('Enter');
	await page.waitForSelector('.verdict.good');
	await page.waitForSelector('#content:focus');
	await page.focus('.raw summary');
	await page.keyboard.press('Enter');
	assert.ok(await page.isVisible('.raw pre'));
	const headings = await page.$$eval('h1, h2', (list) => list.map((h) => h.tagName + h.textContent.replace(/^. /u, ' ')));
	assert.deepEqual(headings, [`H1Submission #${at.good}`, 'H2 Verified in your browser', 'H2Results', 'H2Model', 'H2Engine', 'H2Hardware',
		'H2Run', 'H2Check it yourself']);
	quiet(page);
});

test('the log: newest first, links to each, and back; an address opens where it says', async () => {
	const page = await visit('');
	const tile = page.locator('a.gauge[href*="log=latest"]');
	assert.match(await tile.textContent(), new RegExp(`^${size()}statements in the signed checkpoint, the newest (just now|\\d+ minutes? ago)$`));
	await tile.click();
	await page.waitForSelector('table.log');
	assert.deepEqual(await steps(page), ['Checkpoint: good']);
	const places = await page.$$eval('table.log tbody th', (list) => list.map((th) => th.textContent));
	assert.deepEqual(places, Array.from({ length: size() }, (_, i) => `#${size() - 1 - i}`));
	const row = (name) => page.locator('table.log tbody tr').nth(size() - 1 - at[name]).innerText();
	assert.match(await row('good'), /Submission\s+example-org\/tiny-7b Q4_K_M · 2 results on 2 × Example GPU 80GB/);
	assert.match(await row('retraction'), /Retraction\s+takes back [0-9a-f]{8}…: a typo/);
	assert.match(await row('withheld'), /◇ withheld/);
	assert.match(await row('act'), /Act\s+withhold [0-9a-f]{8}…: because/);
	await page.click(`text="#${at.retraction}"`);
	await page.waitForSelector('.verdict.good h2');
	assert.match(page.url(), new RegExp(`\\?statement=${at.retraction}$`));
	await page.click(`text=← #${at.retraction - 1}`);
	await page.waitForURL(new RegExp(`statement=${at.retraction - 1}$`));
	await page.waitForSelector(`h1:has-text("#${at.retraction - 1}")`);
	await page.goBack();
	await page.waitForSelector(`h1:has-text("#${at.retraction}")`);
	await page.goBack();
	await page.waitForSelector('table.log');
	await page.goBack();
	await page.waitForSelector('.gauges');
	const old = await visit('?log=2');
	assert.deepEqual(await old.$$eval('table.log tbody th', (list) => list.map((th) => th.textContent)), ['#2', '#1', '#0']);
	quiet(page);
	quiet(old);
});

test('a run of a model leads to its statement', async () => {
	const page = await visit('?model=models/example-org/tiny-7b.json');
	await page.click(`table.runs a:text-is("#${at.good}")`);
	await page.waitForSelector('.verdict.good h2');
	await page.click('text=all results of this model');
	await page.waitForSelector('table.runs');
	quiet(page);
});

test('what is held says why; hostile text is text, folded, and widens nothing', async () => {
	const held = await visit(statement('held'));
	assert.match(await held.textContent('.state'), /retracted|held/);
	const page = await visit(statement('hostile'));
	assert.deepEqual(await steps(page), allGood);
	assert.equal(await page.$('main script'), null);
	assert.ok((await page.textContent('main')).includes('<script>alert(1)</script>'));
	assert.equal(await page.$eval('bdi', (e) => getComputedStyle(e).unicodeBidi), 'isolate');
	assert.match(await page.textContent('.raw pre'), /\\u202eevil/);
	await page.click('.raw summary');
	await page.click('.folded summary');
	for (const width of [360, 800, 1400]) {
		await page.setViewportSize({ width, height: 800 });
		assert.equal(await tooWide(page), 0, `at ${width}`);
		await shot(page, `statement-hostile-${width}`);
	}
	quiet(page);
	const tampered = await mirror();
	tampered.tamperLine(bundleName(), at.good, (line) => {
		const body = JSON.parse(Buffer.from(line.envelope.payload, 'base64'));
		body.model = { name: 'x'.repeat(10000), [`${'y'.repeat(10000)}`]: { z: [null, [{}], 'w'.repeat(10000)] } };
		body.results = [{ metric: 'm'.repeat(10000), conditions: null, value: {} }, 7];
		return { ...line, envelope: { ...line.envelope, payload: Buffer.from(JSON.stringify(body)).toString('base64') } };
	});
	for (const query of [statement('good'), '?log=latest']) {
		const page = await visit(query, { ...tampered, width: 360, height: 740 });
		assert.equal(await tooWide(page), 0, query);
		quiet(page);
	}
});

test('numbers that are none, and places that are not, are said in words', async () => {
	const words = async (query) => (await visit(query)).textContent('[role=alert]');
	assert.match(await words('?statement=x'), /“x” is not the number of a statement/);
	assert.match(await words(`?statement=${size()}`), new RegExp(`there is no statement ${size()}`));
	assert.match(await words('?log=-1'), /“-1” is not a place in the log/);
});

for (const colorScheme of ['light', 'dark'])
	test(`axe-core finds nothing in the views of the log, ${colorScheme}`, async () => {
		for (const [name, query] of [['statement', statement('good')], ['log', '?log=latest'], ['withheld', statement('withheld')]]) {
			const page = await visit(query, { colorScheme });
			for (const width of [1400, 800, 360]) {
				await page.setViewportSize({ width, height: 900 });
				assert.equal(await tooWide(page), 0, `${name} at ${width}`);
				await shot(page, `${colorScheme}-${name}-${width}`);
			}
			assert.deepEqual(await axe(page), [], name);
		}
	});

test('a log of more than one tile: pages by address, and every part of the tree is climbed', async () => {
	const key = await lab.enrolled();
	while (size() < 300) {
		const lines = Array.from({ length: 100 }, () => lab.submission(key, { notes: 'one of many' }).text);
		await lab.batch(`${lines.join('\n')}\n`);
		await published();
	}
	const page = await visit('?log=latest');
	const places = () => page.$$eval('table.log tbody th', (list) => list.map((th) => Number(th.textContent.slice(1))));
	const from = (top) => Array.from({ length: Math.min(50, top + 1) }, (_, i) => top - i);
	assert.deepEqual(await places(), from(size() - 1));
	const turn = async (link, top) => {
		await page.click(`.pager >> text="${link}"`);
		await page.waitForSelector(`table.log tbody tr:first-child th:has-text("#${top}")`);
		assert.deepEqual(await places(), from(top));
	};
	await turn('Older →', size() - 51);
	assert.match(page.url(), new RegExp(`\\?log=${size() - 51}$`));
	await turn('Oldest', 49);
	await turn('← Newer', 99);
	await turn('Newest', size() - 1);
	for (const index of [0, 255, 256, size() - 1]) {
		await page.goto(`${lab.url}/?statement=${index}`);
		await page.waitForSelector('.verdict.good');
		assert.deepEqual(await steps(page), allGood, `statement ${index}`);
	}
	quiet(page);
});
