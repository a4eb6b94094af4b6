// acts.mjs — the view of what waits for staff, with the commands to copy, and of what they did.
// SPDX-License-Identifier: Apache-2.0
import { make, name } from './dom.mjs';
import { count } from './format.mjs';
import { cells, command, modelLink, roleWords, stateMark, statementLink, submitterLink, table, when } from './people.mjs';

// What staff may do next, as the document says it.
const commands = (entry) => (entry.commands ?? []).map(command);

function heldRow(held, now) {
	return make('tr', {}, cells(statementLink(held.index), modelLink(held.model), submitterLink(held.submitter),
		make('small', { class: 'reason' }, name(held.reason)), when(held.accepted_at, now),
		commands(held)));
}

// One of two runs with the same timings.
function twinSide(side) {
	return [statementLink(side.index), ' ', stateMark(side.state), make('div', {}, submitterLink(side.submitter)), make('div', {}, modelLink(side.model))];
}

function twinRow(twin) {
	return make('tr', {}, cells(twinSide(twin.first), twinSide(twin.again), `${twin.suite.name}/${twin.suite.version}`, commands(twin)));
}

function doubtfulRow(cell) {
	return make('tr', {}, cells(modelLink(cell.model), `${cell.suite.name}/${cell.suite.version}`,
		cell.contested ? make('span', { class: 'standing contested' }, '▲ contested') : count(cell.outliers, 'outlier'),
		make('code', { title: cell.cell }, cell.cell.slice(0, 12))));
}

function target(t) {
	if (t.index !== undefined)
		return [`${t.kind} `, statementLink(t.index)];
	return t.name !== undefined ? submitterLink(t) : make('code', { title: t.id }, t.id.slice(0, 12));
}

function actRow(act, now) {
	return make('tr', {}, cells(statementLink(act.index), [make('b', {}, act.act), act.role ? ` ${roleWords[act.role] ?? act.role}` : null,
		act.waits ? make('span', { class: 'held' }, ' ◇ waits') : null], target(act.target),
	act.by ? submitterLink(act.by) : 'a root key', [name(act.reason_code), make('small', { class: 'reason' }, name(act.reason))],
	when(act.accepted_at, now), commands(act)));
}

const raw = (text) => make('code', {}, name(text));

function unknownRow(unknown) {
	return make('tr', {}, cells(raw(unknown.name), unknown.of, unknown.ambiguous ? 'several parts have it' : 'unknown', String(unknown.cells),
		commands(unknown)));
}

function aliasRow(alias, now) {
	return make('tr', {}, cells(statementLink(alias.index), [`${alias.of} `, raw(alias.raw), alias.waits ? make('span', { class: 'held' }, ' ◇ waits') : null],
		alias.canonical === null ? 'itself again' : raw(alias.canonical), submitterLink(alias.by), make('small', { class: 'reason' }, name(alias.reason)),
		when(alias.accepted_at, now), commands(alias)));
}

function namesSection(acts, now) {
	return make('section', {}, make('h2', {}, 'Names'), make('p', { class: 'lead' }, 'Runs keep the names they were signed with. ',
		'Staff say which of them are one; runs, boards and documents then go by the canonical name, and back if it is undone.'),
	table('Unknown names', ['Name', 'Of', 'In the catalogue', 'Cells', 'To say what it is'], acts.unknown_names.map(unknownRow), 'The catalogue knows every name.'),
	table('Aliases', ['Statement', 'Raw name', 'Stands for', 'By', 'Reason', 'When', 'To confirm it'], acts.aliases.map((a) => aliasRow(a, now)),
		'Nothing was said of names yet.'));
}

export function actsView(acts, now, say) {
	say(`log size ${acts.log_size}`);
	return [
		make('h1', {}, 'Acts'),
		make('p', { class: 'lead' }, 'Staff act in the open: every act is signed, stands in the log, and has its reason. ',
			'What touches a reproduced cell, and withholding, needs a second staff member.'),
		make('section', {}, make('h2', {}, 'Held'), make('p', { class: 'lead' }, 'Surprising values, taken and kept out of the count until somebody looked.'),
			table('Held', ['Statement', 'Model', 'Submitter', 'Reason', 'Accepted', 'To let it count, or keep it out'], acts.held.map((h) => heldRow(h, now)), 'Nothing is held.')),
		make('section', {}, make('h2', {}, 'Doubtful'), table('Doubtful cells', ['Model', 'Suite', 'Why', 'Cell'], acts.doubtful.map(doubtfulRow),
			'No cell is contested, no vote lies far off.')),
		make('section', {}, make('h2', {}, 'Twins'), make('p', { class: 'lead' }, 'The same timings to the last digit from two submitters: one of them may have copied, or both are one person. ',
			'Nothing is held for it; staff hold the later run, or link the two, so that they are one vote.'),
		table('Twins', ['First', 'The same again', 'Suite', 'To hold the later one, or link both'], acts.twins.map(twinRow), 'No two submitters sent the same timings.')),
		namesSection(acts, now),
		make('section', {}, make('h2', {}, 'Done'), table('Acts', ['Statement', 'Act', 'Target', 'By', 'Reason', 'When', 'To confirm it'],
			acts.acts.map((a) => actRow(a, now)), 'Staff have not acted yet.')),
	];
}
