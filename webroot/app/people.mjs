// people.mjs — the view of a submitter's record, and what every list of people and statements shows.
// SPDX-License-Identifier: Apache-2.0
import { make, name } from './dom.mjs';
import { count, moment, stateWords } from './format.mjs';
import { factList, time } from './parts.mjs';
import { isDocument, writeState } from './state.mjs';

export const stateMark = (state) => make('span', { class: `state ${state}` }, stateWords[state] ?? state);

// Names are not unique: the first digits of the id stand beside every one.
export function submitterLink({ id, name: text }) {
	return make('a', { href: writeState({ submitter: id }), class: 'person' }, name(text ?? 'unnamed'),
		make('code', { title: id }, ` ${id.slice(0, 8)}`));
}

export const statementLink = (index) => make('a', { href: writeState({ statement: String(index) }) }, `#${index}`);
export const modelLink = (model) => (model && isDocument(model.document)
	? make('a', { href: writeState({ model: model.document }) }, name(model.name)) : '–');
export const when = (at, now) => time(Date.parse(at), now);

export function table(label, heads, rows, empty) {
	if (rows.length === 0)
		return make('p', { class: 'empty' }, empty);
	return make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label }, make('table', {},
		make('thead', {}, make('tr', {}, heads.map((head) => make('th', { scope: 'col' }, head)))),
		make('tbody', {}, rows)));
}

export const cells = (...contents) => contents.map((content) => make('td', {}, content ?? '–'));

// What a copied command needs no shell to misread: ids, words of ours, and names that the server put in quotes.
export const command = (text) => make('span', { class: 'copyable' }, make('code', { class: 'command' }, text), make('button', { type: 'button', class: 'copy' }, 'Copy'));

export const roleWords = { staff: 'staff', 'release-manager': 'release manager' };

function standingOf(record) {
	if (record.suspended)
		return '× suspended: what it signs now is void';
	if (record.trusted)
		return '● established: trusted by staff';
	return record.established ? `● established: its votes agree with established ones in ${count(record.agreeing_cells, 'cell')}`
		: '○ not established';
}

function intentRow(intent, now) {
	const over = Date.parse(intent.expires_at) < now;
	const left = intent.count - intent.done;
	const outcome = intent.state !== 'counted' ? stateMark(intent.state)
		: left <= 0 ? '● done' : over ? make('span', { class: 'held' }, `◇ ${left} never came`) : `${left} to come`;
	return make('tr', {}, cells(statementLink(intent.index), modelLink(intent.model), `${intent.suite.name}/${intent.suite.version}`,
		`${intent.done} of ${intent.count}`, outcome, make('time', { datetime: intent.expires_at }, moment(intent.expires_at))));
}

function runRow(run, now) {
	return make('tr', { class: run.state === 'counted' ? undefined : 'off' }, cells(statementLink(run.index),
		[stateMark(run.state), run.reason ? make('small', { class: 'reason' }, name(run.reason)) : null],
		modelLink(run.model), run.suite ? `${run.suite.name}/${run.suite.version}` : '–', when(run.accepted_at, now)));
}

export function submitterView(record, now, say) {
	const states = Object.entries(record.submissions);
	const all = states.reduce((sum, [, n]) => sum + n, 0);
	say(`log size ${record.log_size}`);
	return [
		make('h1', {}, name(record.name, { dir: 'auto' })),
		make('p', { class: 'lead' }, 'The open record of one submitter. The name is its own choice and not unique; links are unverified.'),
		factList([['Submitter', make('code', {}, record.id)],
			['Standing', [standingOf(record), record.roles.length > 0 ? ` · ${record.roles.map((r) => roleWords[r] ?? r).join(', ')}` : null]],
			['Enrolled', statementLink(record.enrolled_index)],
			...(record.votes_with ? [['Votes with', submitterLink({ id: record.votes_with, name: 'linked by staff' })]] : []),
			...(record.links.length > 0 ? [['Links', record.links.map((link) =>
				make('div', {}, make('a', { href: link, rel: 'nofollow noopener ugc' }, name(link))))]] : []),
			['Submissions', [String(all), states.length > 0 ? ` (${states.map(([state, n]) => `${n} ${state}`).join(', ')})` : null]],
			['Without an intent', String(record.without_intent)],
			['Longer than since their intent', String(record.longer_than_intent)]]),
		make('section', {}, make('h2', {}, 'Announced'),
			table('Intents', ['Intent', 'Model', 'Suite', 'Done', 'Outcome', 'Until'], record.intents.map((i) => intentRow(i, now)),
				'Nothing was announced before it was measured.')),
		make('section', {}, make('h2', {}, 'Submissions'),
			table('Submissions', ['Statement', 'State', 'Model', 'Suite', 'Accepted'], record.runs.map((r) => runRow(r, now)), 'None yet.')),
	];
}
