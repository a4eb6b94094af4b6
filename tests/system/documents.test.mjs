// documents.test.mjs — documents beside boards: runs by page, the feed.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { assertSameFolder, folderContents } from './lib/folder.mjs';
import { labFile } from './lib/lab.mjs';
import { peopleOf } from './lib/people.mjs';
import { waitFor } from './lib/process.mjs';
import { complaints } from './lib/schema.mjs';
import { childrenOf, readXml, textOf } from './lib/xml.mjs';

const { lab, test } = labFile();
const people = peopleOf(lab);
const { act, retraction, counted, staff, run, nextPoint } = people;
const api = JSON.parse(readFileSync(path.join(repo, 'webroot/openapi.json')));
const valid = (schema, document) => assert.deepEqual(complaints(api, { $ref: `#/components/schemas/${schema}` }, document), []);
const named = (name) => ({ model: { name, quantization: 'Q8_0', revision: 'main' } });
const feed = async () => readXml((await lab.get('/data/v1/feed.atom')).text);
let sam;
let tom;

async function withheld(id) {
	const asked = await counted(act(sam, 'withhold', id));
	await counted(act(tom, 'confirm', asked.id));
}

test('a model\'s runs stand on pages in log order, with state, verdict and evidence', async () => {
	[sam, tom] = [await staff('Sam'), await staff('Tom')];
	const ada = await lab.enrolled('Ada');
	const evidence = [{ name: 'log.txt', sha256: 'ab'.repeat(32), bytes: 12, media_type: 'text/plain' }];
	const first = await counted(run(ada, 10.5, undefined, { ...named('acme/paged'), evidence }));
	const wild = run(ada, 1e15, undefined, named('acme/paged'));
	await lab.accepted(wild);
	const gone = await counted(run(ada, 11, undefined, named('acme/paged')));
	await counted(retraction(ada, gone.id));
	const model = await lab.documentWhere('models/acme/paged.json', (d) => d.submissions.other === 1);
	valid('Model', model);
	assert.deepEqual(model.submissions, { counted: 1, held: 1, other: 1 });
	assert.deepEqual([model.run_pages, model.run_documents], [1, 'models/acme/paged/runs/{page}.json']);
	const page = await lab.document('models/acme/paged/runs/0.json');
	valid('ModelRuns', page);
	assert.deepEqual(page.runs.map((r) => [r.id, r.state]), [[first.id, 'counted'], [wild.id, 'held'], [gone.id, 'retracted']]);
	assert.deepEqual(page.runs[0].evidence, evidence);
	assert.deepEqual([page.runs[0].results[0].value, page.runs[0].results[0].n, page.runs[0].engine.name], [10.5, 1, 'llama.cpp']);
	assert.match(page.runs[1].reason, /outside the suite's bounds/);
	assert.match(page.runs[2].reason, /wrong build/);
	assert.equal(page.log_size, model.log_size);
});

test('what is withheld goes from its page at once, and a page of nothing goes', async () => {
	const eve = await lab.enrolled('Eve');
	const [one, two] = [await counted(run(eve, 1, undefined, named('acme/gone'))), await counted(run(eve, 2, undefined, named('acme/gone')))];
	await lab.documentWhere('models/acme/gone/runs/0.json', (d) => d.runs.length === 2);
	await withheld(one.id);
	await lab.documentWhere('models/acme/gone/runs/0.json', (d) => d.runs.length === 1);
	const enrolment = await lab.pg.sql(`SELECT encode(id, 'hex') FROM assay.leaf WHERE kind = 'enrolment' AND submitter = '\\x${eve.submitter}'`);
	await withheld(enrolment);
	await lab.documentWhere('models/acme/gone/runs/0.json', (d) => d.runs[0].submitter.name === '(withheld)');
	await lab.documentWhere('models/acme/gone.json', (d) => d.runs[0].submitter.name === '(withheld)');
	await withheld(two.id);
	for (const where of ['gone/runs/0.json', 'gone.json'])
		await waitFor(`${where} to go`, async () => (await lab.get(`/data/v1/models/acme/${where}`)).status === 404);
});

test('the feed says what changed its standing, as Atom, with ids that stay', async () => {
	const before = await feed();
	assert.deepEqual([before.name, before.attributes.xmlns], ['feed', 'http://www.w3.org/2005/Atom']);
	const hostile = 'acme/<b>&"\'-\u202e-]]>';
	await counted(act(sam, 'trust', tom.submitter));
	await counted(act(tom, 'trust', sam.submitter));
	const point = nextPoint();
	await counted(run(sam, 100, point, named(hostile)));
	const second = await counted(run(tom, 101, point, named(hostile)));
	const after = await waitFor('the feed to tell', async () => {
		const now = await feed();
		return childrenOf(now, 'entry').length > childrenOf(before, 'entry').length && now;
	});
	const [entry] = childrenOf(after, 'entry');
	const settled = await lab.settled(second.id);
	assert.equal(textOf(entry, 'title'), `${hostile} Q8_0: prefill is corroborated`);
	assert.match(textOf(entry, 'summary'), new RegExp(`from single to corroborated by statement ${settled.index}\\.`));
	assert.match(textOf(entry, 'id'), /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	assert.equal(textOf(after, 'updated'), textOf(entry, 'updated'));
	assert.match(textOf(entry, 'updated'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
	const [{ attributes: { href } }] = childrenOf(entry, 'link');
	const target = new URL(href, `${lab.url}/data/v1/feed.atom`);
	await lab.document(target.searchParams.get('model'));
	const ids = childrenOf(after, 'entry').map((e) => textOf(e, 'id'));
	assert.equal(new Set([...ids, textOf(after, 'id')]).size, ids.length + 1);
	assert.deepEqual(ids.slice(1), childrenOf(before, 'entry').map((e) => textOf(e, 'id')));
	await withheld(second.id);
	await withheld(await lab.pg.sql(`SELECT encode(l.id, 'hex') FROM assay.leaf l JOIN assay.submission s USING (index) WHERE s.submitter = '\\x${sam.submitter}' AND model_name LIKE 'acme/<b>%'`));
	await waitFor('the name to go from the feed', async () => !(await lab.get('/data/v1/feed.atom')).text.includes('202e') && !(await lab.get('/data/v1/feed.atom')).text.includes('&lt;b&gt;'));
});

// The last test: everything that was written piece by piece must be what a new folder gets at once.
test('a folder made anew says the same', async () => {
	const size = await lab.pg.sql('SELECT size FROM assay.log_head');
	const wholeIn = (folder) => waitFor('the documents to be whole', () => {
		const index = path.join(folder, 'data/v1/index.json');
		return existsSync(index) && String(JSON.parse(readFileSync(index)).log_size) === size;
	});
	const anew = lab.anotherDaemon();
	await anew.start();
	await wholeIn(lab.published);
	await wholeIn(anew.settings.published);
	assertSameFolder(folderContents(path.join(lab.published, 'data')), folderContents(path.join(anew.settings.published, 'data')));
});
