// overview.mjs — the first view: what changed, what is solid, what needs a look; boards and models at a glance.
// SPDX-License-Identifier: Apache-2.0
import { readDocument, tryDocument } from './data.mjs';
import { make, name, svg } from './dom.mjs';
import { standingMark, standings } from './estimate.mjs';
import { readFeed } from './feed.mjs';
import { ago, count, label, moment } from './format.mjs';
import { readCheckpointFile } from './log.mjs';
import { writeState } from './state.mjs';

const CHANGES_SHOWN = 14;
const MODELS_SHOWN = 12;

const gauge = (n, word, href, more) => make(href ? 'a' : 'div', { class: 'gauge', href }, make('b', {}, n.toLocaleString('en')),
	make('span', {}, word), more ?? null);
const when = (at, now) => make('time', { datetime: at, title: moment(at) }, ago(at, now));

function gauges(index, checkpoint, acts, now) {
	const { totals } = index;
	const contested = acts?.doubtful.filter((cell) => cell.contested).length ?? 0;
	return make('div', { class: 'gauges' },
		gauge(totals.models, 'models', writeState({ models: 'all' })), gauge(totals.counted, 'counted submissions'), gauge(totals.submitters, 'submitters', writeState({ submitters: 'all' })),
		gauge(totals.held, '◇ held, each with its reason', writeState({ acts: 'queue' })),
		acts && gauge(contested, '▲ contested cells', writeState({ acts: 'queue' })),
		checkpoint && gauge(checkpoint.size, `statements in the signed checkpoint${index.as_of ? `, the newest ${ago(index.as_of, now)}` : ''}`, writeState({ log: 'latest' })));
}

/* ---- what changed ---- */

// “MODEL: METRIC is STANDING”: metrics of one model that changed alike at once are one line.
function gathered(feed) {
	const lines = [];
	for (const entry of feed) {
		const [, what, metric, word] = /^(.*): (\S+) is (\w+)$/su.exec(entry.title) ?? [];
		const was = /from (\w+) to/.exec(entry.summary)?.[1];
		const last = lines.at(-1);
		if (word && last && last.what === what && last.word === word && last.was === was && last.at === entry.at)
			last.metrics.add(label(metric));
		else
			lines.push({ ...entry, what, word, was, metrics: new Set(metric ? [label(metric)] : []) });
	}
	return lines;
}

function changeLine({ title, summary, at, href, what, word, was, metrics }, now) {
	const subject = name(what ?? title, { dir: 'auto' });
	return make('li', {}, when(at, now), make('span', { title: summary }, href ? make('a', { href }, subject) : subject,
		word && standings[word] ? [' ', standingMark(word), make('small', {}, `${was && was !== 'none' ? ` was ${was}` : ''} · ${[...metrics].join(', ')}`)] : null));
}

async function newestStatements(now) {
	const [{ loadLog }, { summaryOf }, { brief }] = await Promise.all([import('./loglist.mjs'), import('./facts.mjs'), import('./parts.mjs')]);
	const { statements } = await loadLog('latest');
	return make('ul', { class: 'feed' }, statements.slice(0, CHANGES_SHOWN).map(({ index, statement }) => make('li', {},
		statement.leaf ? when(new Date(statement.leaf.accepted_at_ms).toISOString(), now) : make('span', {}, '–'),
		make('span', {}, make('a', { href: writeState({ statement: String(index) }) }, `#${index}`), ' ', brief(summaryOf(statement))))));
}

async function changes(now) {
	const feed = await readFeed();
	if (feed?.length > 0)
		return make('section', {}, make('h2', {}, 'What changed'),
			make('ul', { class: 'feed' }, gathered(feed).slice(0, CHANGES_SHOWN).map((entry) => changeLine(entry, now))),
			make('p', {}, make('a', { href: 'data/v1/feed.atom', download: 'assay-feed.atom' }, 'Subscribe (Atom)'), make('small', {}, ' · '), make('a', { href: writeState({ log: 'latest' }) }, 'every statement')));
	const newest = await newestStatements(now).catch(() => null);
	return make('section', {}, make('h2', {}, 'Newest statements'),
		newest ?? make('p', { class: 'empty' }, 'Neither a feed nor a log is published here.'));
}

/* ---- boards and coverage ---- */

// How much of a whole: a bar, and the numbers beside it in words.
function share(part, whole) {
	const wide = 110;
	return svg('svg', { width: wide, height: 8, viewBox: `0 0 ${wide} 8`, class: 'bar', 'aria-hidden': 'true' },
		svg('rect', { width: wide, height: 8, class: 'whole' }), svg('rect', { width: whole > 0 ? wide * part / whole : 0, height: 8, class: 'solid' }));
}

const headRow = (heads, numeric) => make('thead', {}, make('tr', {}, heads.map((head, at) =>
	make('th', { scope: 'col', class: numeric.includes(at) ? 'number' : undefined }, head))));
const wrap = (title, ...parts) => make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title }, make('table', {}, ...parts));

function boards(index) {
	const row = (suite) => make('tr', {}, make('th', { scope: 'row' }, make('a', { href: writeState({ board: suite.document }) }, suite.title),
		make('small', {}, ` ${suite.name}/${suite.version}`)),
	make('td', { title: `${suite.models} of ${count(index.totals.models, 'model')}` }, share(suite.models, index.totals.models), make('small', {}, `${suite.models} of ${index.totals.models}`)),
	make('td', { class: 'number' }, suite.cells.toLocaleString('en')), make('td', { class: 'number' }, suite.submitters.toLocaleString('en')),
	make('td', { class: 'number' }, suite.held > 0 ? make('span', { class: 'held' }, `◇ ${suite.held}`) : '–'));
	const used = (suite) => suite.cells > 0 || suite.held > 0;
	const filled = index.suites.filter(used).sort((a, b) => b.cells - a.cells);
	const empty = index.suites.filter((suite) => !used(suite));
	return make('section', {}, make('h2', {}, 'Boards'),
		filled.length > 0 && wrap('Boards', headRow(['Suite', 'Models covered', 'Cells', 'Submitters', 'Held'], [2, 3, 4]), make('tbody', {}, filled.map(row))),
		empty.length > 0 && make('details', { class: 'legend' }, make('summary', {}, `${count(empty.length, 'suite')} without a result yet`),
			make('p', {}, empty.map((suite, at) => [at > 0 ? ', ' : '', make('a', { href: writeState({ board: suite.document }) }, suite.title)]), '.')));
}

function coverage(index) {
	const alone = index.models.filter((model) => model.submitters === 1);
	const bare = index.models.filter((model) => !model.suites.includes('quantization/1') && !model.suites.includes('quantization'));
	const line = (n, words) => make('li', {}, make('span', {}, share(n, index.models.length)), make('span', {}, make('b', {}, `${n} of ${index.models.length}`), ` ${words}`));
	return index.models.length > 0 && make('section', {}, make('h2', {}, 'Coverage'), make('ul', { class: 'feed shares' },
		line(index.models.length - alone.length, 'models were measured by more than one submitter'),
		line(alone.length, 'rest on one submitter’s word'),
		line(index.models.length - bare.length, 'have their loss by quantization measured'),
		line(index.models.filter((model) => model.variants > 2).length, 'have three variants or more')));
}

export const modelRows = (models, now) => models.map((model) => make('tr', {},
	make('th', { scope: 'row' }, make('a', { href: writeState({ model: model.document }) }, name(model.name))),
	make('td', { class: 'number' }, String(model.variants)), make('td', { class: 'number' }, model.cells.toLocaleString('en')),
	make('td', { class: 'number' }, model.submitters === 1
		? make('span', { class: 'single', title: 'Measured by one submitter' }, '○ 1') : `● ${model.submitters}`),
	make('td', { class: 'number' }, model.held > 0 ? make('span', { class: 'held' }, `◇ ${model.held} held`) : null, ` ${model.runs.toLocaleString('en')}`),
	make('td', {}, when(model.last_accepted_at, now))));

export const modelHeads = headRow.bind(null, ['Model', 'Variants', 'Cells', 'Submitters', 'Submissions', 'Latest'], [1, 2, 3, 4]);

function models(index, now) {
	if (index.models.length === 0)
		return make('section', {}, make('h2', {}, 'Models'), make('p', { class: 'empty' }, 'No model has been measured yet. Yours can be the first.'));
	const known = [...index.models].sort((a, b) => b.submitters - a.submitters || b.runs - a.runs).slice(0, MODELS_SHOWN);
	return make('section', {}, make('h2', {}, 'Models that most people measured'), wrap('Models', modelHeads(), make('tbody', {}, modelRows(known, now))),
		index.models.length > known.length && make('p', {}, make('a', { href: writeState({ models: 'all' }) }, `All ${count(index.models.length, 'model')}`)));
}

export const copyable = (text) => make('div', { class: 'copyable' }, make('pre', { tabindex: '0' }, make('code', {}, text)), make('button', { type: 'button', class: 'copy' }, 'Copy'));

export async function overviewView(state, { now, say }) {
	const [index, checkpoint, acts, changed] = await Promise.all([readDocument('index.json', 'assay-index-v1'), readCheckpointFile().catch(() => null),
		tryDocument('acts.json', 'assay-acts-v1'), changes(now)]);
	say(`log ${index.origin} · size ${index.log_size}${index.as_of ? ` · newest statement ${ago(index.as_of, now)}` : ''}`);
	return { title: '', parts: [
		make('h1', {}, 'How open models really run'),
		make('p', { class: 'lead' }, 'Evaluations of open language models from the people who run them. Every number is ',
			'signed by the one who measured it; surprising values are held with a reason, never hidden.'),
		gauges(index, checkpoint, acts, now),
		make('div', { class: 'columns' }, changed, make('div', {}, boards(index), coverage(index))),
		models(index, now),
		make('section', {}, make('h2', {}, 'Take part'),
			make('p', {}, 'Once, to introduce your key; then one command measures a model with llama-bench, signs and sends:'),
			copyable(`assay enrol --server ${location.origin} --name "Your name"\nassay run throughput MODEL.gguf --model ORG/NAME`),
			make('p', {}, 'Or bring what llama.cpp, lm-evaluation-harness, vLLM, HELM, Inspect, EvalPlus and others have measured:'),
			copyable('assay import auto RESULTS --model ORG/NAME\nassay submit')),
	] };
}
