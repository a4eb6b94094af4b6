// loglist.mjs — the view of the log: its checkpoint, and its statements, newest first.
// SPDX-License-Identifier: Apache-2.0
import { hex } from './bytes.mjs';
import { DataError } from './data.mjs';
import { make } from './dom.mjs';
import { summaryOf } from './facts.mjs';
import { count, label } from './format.mjs';
import { withLog } from './log.mjs';
import { brief, factList, keyId, stepList, time } from './parts.mjs';
import { whole, writeState } from './state.mjs';
import { checkCheckpoint, findEd25519, openLine } from './verify.mjs';

const SHOWN = 50;

// Everything the view needs; text is `latest`, or the index of the newest statement shown.
export function loadLog(text) {
	const wanted = text === 'latest' ? Infinity : whole(text);
	if (wanted === null)
		throw new DataError(`“${text.slice(0, 40)}” is not a place in the log.`);
	return withLog(async (log) => {
		const top = Math.min(wanted, log.checkpoint.size - 1);
		const indices = Array.from({ length: Math.min(SHOWN, top + 1) }, (_, at) => top - at);
		const [step, newest, statements] = await Promise.all([findEd25519().then((found) => checkCheckpoint(log, found)),
			log.line(log.checkpoint.size - 1),
			Promise.all(indices.map(async (index) => ({ index, statement: openLine(await log.line(index)) })))]);
		return { log, top, step, newestAtMs: newest.accepted_at_ms, statements };
	});
}

function row({ index, statement }, now) {
	const { leaf } = statement;
	return make('tr', {},
		make('th', { scope: 'row' }, make('a', { href: writeState({ statement: String(index) }) }, `#${index}`)),
		make('td', {}, make('div', { class: 'summary' }, make('b', {}, statement.kind ? label(statement.kind) : '–'), ' ',
			make('span', {}, statement.withheld ? make('span', { class: 'held' }, '◇ withheld') : brief(summaryOf(statement))))),
		make('td', { class: 'aside' }, leaf ? keyId(leaf.key) : '–'),
		make('td', {}, leaf ? time(leaf.accepted_at_ms, now) : '–'));
}

// Addresses name the newest statement of a page, so that they keep their meaning while the log grows.
function pager({ log, top }) {
	const last = log.checkpoint.size - 1;
	const to = (index, text) => make('a', { href: writeState({ log: index >= last ? 'latest' : String(index) }) }, text);
	return make('nav', { class: 'pager', 'aria-label': 'Pages of the log' },
		top < last && to(last, 'Newest'), top < last && to(top + SHOWN, '← Newer'),
		top - SHOWN >= 0 && to(top - SHOWN, 'Older →'), top - SHOWN >= 0 && to(SHOWN - 1, 'Oldest'));
}

export function logView(view, now, say) {
	const { log, top, step, newestAtMs, statements } = view;
	const { size, root, origin } = log.checkpoint;
	say(`Statements ${top} to ${top - statements.length + 1} of ${origin}, ${count(size, 'statement')} in all`);
	return [
		make('h1', {}, 'The log'),
		make('p', { class: 'lead' }, 'Every statement that was ever accepted, in the order that decides. None can be dropped or changed unseen: ',
			'open one, and your browser checks it.'),
		factList([['Log', make('bdi', {}, origin)], ['Size', count(size, 'statement')],
			['Newest', ['accepted ', time(newestAtMs, now)]], ['Root', make('code', {}, hex(root))],
			['Key', make('code', {}, log.vkey.line)]]),
		make('section', { class: `verdict ${step.outcome}`, role: step.outcome === 'bad' ? 'alert' : undefined }, stepList([step])),
		make('section', {}, make('h2', {}, 'Statements'),
			make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Statements' }, make('table', { class: 'log' },
				make('thead', {}, make('tr', {}, ['Place', 'Statement', 'Signed by', 'Accepted'].map((text, at) =>
					make('th', { scope: 'col', class: at === 2 ? 'aside' : undefined }, text)))),
				make('tbody', {}, statements.map((one) => row(one, now)))))),
		pager(view),
	];
}
