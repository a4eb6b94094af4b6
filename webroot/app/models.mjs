// models.mjs — the list of all models.
// SPDX-License-Identifier: Apache-2.0
import { readDocument, tryDocument } from './data.mjs';
import { focusRow, make, name } from './dom.mjs';
import { count } from './format.mjs';
import { modelHeads, modelRows } from './overview.mjs';
import { writeState } from './state.mjs';

const ROWS_AT_ONCE = 200;
const USED_AT_MOST = 5; // models of a use case

function found(models, search) {
	const words = search.toLowerCase().split(/\s+/).filter(Boolean);
	return models.filter((model) => words.every((word) => model.name.toLowerCase().includes(word)));
}

// What submitters say they use which models for.
function uses(document) {
	const model = (one, at) => [at > 0 ? ', ' : '', make('a', { href: writeState({ model: one.model.document }) }, name(one.model.name)), make('small', {}, ` ${one.submitters}`)];
	const row = (use) => make('tr', {}, make('th', { scope: 'row' }, name(use.name, { dir: 'auto' })), make('td', { class: 'number' }, use.submissions.toLocaleString('en')),
		make('td', {}, use.models.slice(0, USED_AT_MOST).map(model), use.models_n > USED_AT_MOST && make('small', {}, `, and ${use.models_n - USED_AT_MOST} more`)));
	return document?.use_cases.length > 0 && make('section', {}, make('h2', {}, 'Used for'),
		make('p', { class: 'lead' }, 'As submitters say with ', make('code', {}, '--use-case'), '; behind each model, how many of them.'),
		make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Used for' }, make('table', {},
			make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'Use'), make('th', { scope: 'col', class: 'number' }, 'Submissions'), make('th', { scope: 'col' }, 'Models'))),
			make('tbody', {}, document.use_cases.map(row)))));
}

const orders = [['people', 'most submitters', (a, b) => b.submitters - a.submitters || b.runs - a.runs], ['latest', 'newest result', (a, b) => (a.last_accepted_at < b.last_accepted_at ? 1 : -1)],
	['name', 'name', (a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1)], ['few', 'fewest submitters', (a, b) => a.submitters - b.submitters || a.runs - b.runs]];

export async function modelsView(state, { now, say, change }) {
	const [index, used] = await Promise.all([readDocument('index.json', 'assay-index-v1'), tryDocument('use-cases.json', 'assay-use-cases-v1')]);
	const body = make('tbody', {});
	const more = make('p', {});
	let shown = ROWS_AT_ONCE;
	const draw = () => {
		const [, , order] = orders.find(([key]) => key === state.sort) ?? orders[0];
		const list = found(index.models, state.search).sort(order);
		body.replaceChildren(...modelRows(list.slice(0, shown), now));
		more.replaceChildren(...(list.length > shown ? [make('button', { type: 'button', class: 'plain', onclick: () => {
			shown += ROWS_AT_ONCE;
			draw();
			focusRow(body, shown - ROWS_AT_ONCE);
		} }, `Show more: ${list.length - shown} are left`)] : list.length === 0 ? ['No model has such a name.'] : []));
		say(`${list.length} of ${count(index.models.length, 'model')}`);
	};
	draw();
	return { title: 'Models', parts: [make('h1', {}, 'Models'), make('p', { class: 'lead' }, 'Everything that was measured, by the name that most submitters give it.'),
		make('form', { class: 'controls', role: 'search', onsubmit: (event) => event.preventDefault() },
			make('input', { type: 'search', name: 'q', value: state.search, 'aria-label': 'Search', placeholder: 'Search: organisation, name, …', autocomplete: 'off', oninput: (event) => {
				change({ search: event.target.value }, true);
				draw();
			} }),
			make('select', { name: 'order', 'aria-label': 'Order', onchange: (event) => {
				change({ sort: event.target.value });
				draw();
			} }, orders.map(([key, words]) => make('option', { value: key, selected: state.sort === key }, `Order: ${words}`)))),
		make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Models' }, make('table', {}, modelHeads(), body)), more, uses(used)] };
}
