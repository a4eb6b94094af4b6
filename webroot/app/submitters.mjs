// submitters.mjs — the view of all submitters: what each sent, took back, announced and left undone.
// SPDX-License-Identifier: Apache-2.0
import { readDocument } from './data.mjs';
import { focusRow, make } from './dom.mjs';
import { count, moment } from './format.mjs';
import { roleWords, statementLink, submitterLink, when } from './people.mjs';
import { filterRows, sortRows } from './table.mjs';

const ROWS_AT_ONCE = 200;
const PAGES_MAX = 40; // the newest: 20,000 submitters
const UNFINISHED_MAX = 200; // more are not counted
const shown = ['counted', 'held', 'retracted'];

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
// What is nothing draws no eye.
const figure = (n) => make('span', { class: n === 0 ? 'none' : undefined }, n.toLocaleString('en'));
const others = (person) => Object.entries(person.submissions).filter(([state]) => !shown.includes(state));

function standingOf(person) {
	const [mark, word] = person.suspended ? ['×', 'suspended'] : person.trusted ? ['●', 'trusted'] : person.established ? ['●', 'established'] : ['○', 'not established'];
	return { mark, words: [word, ...person.roles.map((role) => roleWords[role] ?? role)].join(', ') };
}

// Intents that lack runs; whether it may still come is for the clock to say.
function unfinished(person, now) {
	const n = person.unfinished_intents;
	const open = n > 0 && Date.parse(person.unfinished_until) > now;
	return n === 0 ? figure(0) : [open ? null : make('span', { 'aria-hidden': 'true' }, '◇ '), `${n}${n === UNFINISHED_MAX ? '+' : ''}`,
		make('small', { title: moment(person.unfinished_until) }, open ? ' may still come' : ' never came')];
}

// key, title, value(person) to sort by, text(person) to search through, shown(person, now); number: a column of figures.
const number = (key, title, value, more = {}) => ({ key, title, number: true, value, text: () => '', shown: (person) => figure(value(person)), ...more });
const columns = [
	{ key: 'name', title: 'Submitter', value: (p) => p.name.toLowerCase(), text: (p) => `${p.name} ${p.id}`, shown: submitterLink },
	{ key: 'standing', title: 'Standing', value: (p) => standingOf(p).words, text: (p) => standingOf(p).words,
		shown: (p) => make('span', { class: 'standing' }, make('span', { 'aria-hidden': 'true' }, `${standingOf(p).mark} `), standingOf(p).words) },
	...shown.map((state) => number(state, state[0].toUpperCase() + state.slice(1), (p) => p.submissions[state] ?? 0)),
	number('others', 'Otherwise', (p) => sum(others(p).map(([, n]) => n)), { hint: 'Superseded, quarantined, void or withheld',
		shown: (p) => make('span', { title: others(p).map(([state, n]) => `${n} ${state}`).join(', ') || undefined }, figure(sum(others(p).map(([, n]) => n)))) }),
	number('unfinished', 'Unfinished intents', (p) => p.unfinished_intents, { hint: 'Intents of which runs are missing, whether taken back or not', shown: unfinished }),
	number('without', 'Without intent', (p) => p.without_intent, { hint: 'Submissions that no intent announced' }),
	number('longer', 'Too long', (p) => p.longer_than_intent, { hint: 'Submissions that claim to have measured longer than since their intent' }),
	number('first', 'Enrolled', (p) => p.enrolled_index, { shown: (p) => statementLink(p.enrolled_index) }),
	number('last', 'Newest statement', (p) => p.last_index, { shown: (p, now) => [statementLink(p.last_index), ' ', make('small', {}, when(p.last_accepted_at, now))] }),
];
const usual = { sort: 'counted', direction: 'descending' };

// The newest pages: { people, left: how many pages were left out }.
async function readPages({ submitter_pages: n, submitter_documents: place }) {
	const first = Math.max(0, n - PAGES_MAX);
	const pages = await Promise.all(Array.from({ length: n - first }, (_, i) => readDocument(place.replace('{page}', first + i), 'assay-submitters-v1')));
	return { people: pages.flatMap((page) => page.submitters), left: first };
}

function head(column, order, sort) {
	const mine = order.sort === column.key;
	return make('th', { scope: 'col', class: column.number ? 'number' : undefined, title: column.hint, 'aria-sort': mine ? order.direction : undefined },
		make('button', { type: 'button', class: 'sort', 'data-key': column.key, onclick: () => sort(column) }, column.title,
			make('span', { class: 'arrow', 'aria-hidden': 'true' }, mine ? (order.direction === 'ascending' ? '▲' : '▼') : '')));
}

const row = (person, now) => make('tr', {}, columns.map((column, at) => make(at === 0 ? 'th' : 'td', { scope: at === 0 ? 'row' : undefined, class: column.number ? 'number' : undefined },
	column.shown(person, now))));

export async function submittersView(state, { now, say, change }) {
	const { people, left } = await readPages(await readDocument('index.json', 'assay-index-v1'));
	const heads = make('tr', {});
	const body = make('tbody', {});
	const more = make('p', {});
	let rows = ROWS_AT_ONCE;
	const orderNow = () => (columns.some((column) => column.key === state.sort) ? state : usual);
	const sort = (column) => {
		const order = orderNow();
		const turned = order.sort === column.key && order.direction === 'descending' ? 'ascending' : 'descending';
		change({ sort: column.key, direction: order.sort === column.key ? turned : column.number ? 'descending' : 'ascending' });
		draw();
		heads.querySelector(`[data-key=${column.key}]`).focus();
	};
	const draw = () => {
		const order = orderNow();
		const list = sortRows(filterRows(people, columns, { search: state.search }), columns.find((column) => column.key === order.sort), order.direction);
		heads.replaceChildren(...columns.map((column) => head(column, order, sort)));
		body.replaceChildren(...list.slice(0, rows).map((person) => row(person, now)));
		more.replaceChildren(...(list.length > rows ? [make('button', { type: 'button', class: 'plain', onclick: () => {
			rows += ROWS_AT_ONCE;
			draw();
			focusRow(body, rows - ROWS_AT_ONCE);
		} }, `Show more: ${(list.length - rows).toLocaleString('en')} are left`)] : list.length === 0 ? [people.length > 0 ? 'Nobody has such a name or id.' : 'Nobody has enrolled yet.'] : []));
		say(`${list.length.toLocaleString('en')} of ${count(people.length, 'submitter')}`);
	};
	draw();
	return { title: 'Submitters', parts: [make('h1', {}, 'Submitters'),
		make('p', { class: 'lead' }, 'Everybody who ever enrolled, and what came of what they sent and announced. Names are their own choice and not unique: the digits behind each tell them apart.'),
		left > 0 && make('p', { class: 'lead' }, `The newest ${people.length.toLocaleString('en')}; older ones stand in the documents before.`),
		make('form', { class: 'controls', role: 'search', onsubmit: (event) => event.preventDefault() },
			make('input', { type: 'search', name: 'q', value: state.search, 'aria-label': 'Search', placeholder: 'Search: name, id, standing, …', autocomplete: 'off', oninput: (event) => {
				change({ search: event.target.value }, true);
				draw();
			} })),
		make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Submitters' }, make('table', { class: 'submitters' }, make('thead', {}, heads), body)), more] };
}
