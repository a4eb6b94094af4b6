// overview.mjs — the first view: boards and models at a glance, and how to take part.
// SPDX-License-Identifier: Apache-2.0
import { make, name } from './dom.mjs';
import { ago, count } from './format.mjs';
import { writeState } from './state.mjs';

const tile = (n, word) => make('div', { class: 'tile' }, make('b', {}, String(n)), make('span', {}, word));

const boardLink = (suite) => make('a', { href: writeState({ board: suite.document }) }, suite.title);

// Suites nobody has results for yet are many: a line, not a card each.
function suites(index) {
	const [used, unused] = [true, false].map((wanted) => index.suites.filter((s) => (s.cells > 0 || s.held > 0) === wanted));
	return [make('ul', { class: 'cards' }, used.map((suite) => make('li', { class: 'card' },
		make('h3', {}, boardLink(suite)),
		make('p', {}, suite.cells === 0 ? 'No results yet.'
			: `${count(suite.models, 'model')}, ${count(suite.cells, 'cell')}, ${count(suite.submitters, 'submitter')}, ${count(suite.runs, 'counted submission')}`,
		suite.held > 0 ? make('span', { class: 'held' }, ` ◇ ${suite.held} held`) : null)))),
	unused.length > 0 ? make('p', { class: 'empty' }, 'No results yet: ',
		...unused.flatMap((suite, i) => [i > 0 ? ' · ' : '', boardLink(suite)])) : null];
}

function models(index, now) {
	if (index.models.length === 0)
		return make('p', { class: 'empty' }, 'No model has been measured yet. Yours can be the first.');
	const newest = [...index.models].sort((a, b) => (a.last_accepted_at < b.last_accepted_at ? 1 : -1));
	return make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Models' }, make('table', {},
		make('thead', {}, make('tr', {}, ['Model', 'Variants', 'Submitters', 'Submissions', 'Latest'].map((head, at) =>
			make('th', { scope: 'col', class: at > 0 && at < 4 ? 'number' : undefined }, head)))),
		make('tbody', {}, newest.map((model) => make('tr', {},
			make('th', { scope: 'row' }, make('a', { href: writeState({ model: model.document }) }, name(model.name))),
			make('td', { class: 'number' }, String(model.variants)),
			make('td', { class: 'number' }, model.submitters === 1
				? make('span', { class: 'single', title: 'Measured by one submitter' }, '○ 1') : `● ${model.submitters}`),
			make('td', { class: 'number' }, String(model.runs), model.held > 0 ? make('span', { class: 'held' }, ` ◇ ${model.held}`) : null),
			make('td', { title: model.last_accepted_at }, ago(model.last_accepted_at, now)))))));
}

// The log as its checkpoint has it; a server without a key for it publishes none.
function logTile(checkpoint, index, now) {
	if (!checkpoint)
		return null;
	return make('a', { class: 'tile', href: writeState({ log: 'latest' }) }, make('b', {}, String(checkpoint.size)),
		make('span', {}, 'statements in the log', index.as_of ? `, newest ${ago(index.as_of, now)}` : ''));
}

export function overview(index, checkpoint, now, say) {
	const t = index.totals;
	say(`log ${index.origin} · size ${index.log_size}${index.as_of ? ` · newest statement ${ago(index.as_of, now)}` : ''}`);
	return [
		make('section', { class: 'hero' },
			make('h1', {}, 'How open models really run'),
			make('p', { class: 'lead' }, 'Evaluations of open language models from the people who run them. Every number is ',
				'signed by the one who measured it; surprising values are held with a reason, never hidden.'),
			make('div', { class: 'tiles' }, tile(t.models, 'models'), tile(t.counted, 'counted submissions'),
				tile(t.submitters, 'submitters'), tile(t.held, 'held'),
				logTile(checkpoint, index, now))),
		make('section', {}, make('h2', {}, 'Boards'), ...suites(index)),
		make('section', {}, make('h2', {}, 'Models'), models(index, now)),
		make('section', {}, make('h2', {}, 'Take part'),
			make('p', {}, 'One command introduces you, two more bring a llama-bench result here:'),
			make('pre', {}, make('code', {}, `assay enrol --server ${location.origin} --name "Your name"\nassay import llama-bench results.json --model ORG/NAME\nassay submit`))),
	];
}
