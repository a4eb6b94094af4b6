// watched.mjs — the views of policies under watch: all of them in short, and one with its history.
// SPDX-License-Identifier: Apache-2.0
import { make, name } from './dom.mjs';
import { count, moment } from './format.mjs';
import { factList, time } from './parts.mjs';
import { command, statementLink, submitterLink, table } from './people.mjs';
import { readPolicy } from './policy.mjs';
import { metricsOf, policyText, rulesTable, verdictMark } from './release.mjs';
import { writeState } from './state.mjs';

const leaf = (index) => statementLink(index);
const ended = () => make('span', { class: 'decided open' }, make('span', { 'aria-hidden': 'true' }, '– '), 'ended');

// What the policy says already, and until when that must hold to be told. The log's time moves with its statements:
// what has held long enough by the reader's clock is told with the next of them.
function pendingWords({ pending }, now) {
	return pending && make('small', { class: 'reason' }, `says ${pending.result} since statement `, leaf(pending.turned_index),
		Date.parse(pending.settles_at) > now ? '; told if that holds until ' : '; told with the log’s next statement, as it held until ',
		moment(pending.settles_at));
}

function watchRow(watch, now) {
	return make('tr', { class: watch.ended ? 'off' : undefined },
		make('td', {}, watch.ended ? ended() : verdictMark(watch.result), pendingWords(watch, now)),
		make('td', {}, make('a', { href: writeState({ watch: watch.id }) }, name(watch.candidate)),
			make('small', { class: 'reason' }, name(watch.policy_name))),
		make('td', {}, watch.baseline ? name(watch.baseline) : '–'),
		make('td', {}, submitterLink(watch.by)),
		make('td', {}, watch.turned ? [`${watch.turned.from} → ${watch.turned.to}, `, time(Date.parse(watch.turned.told_at), now)] : 'nothing yet'));
}

// The section above the decisions; nothing where nobody watches.
export function watchesSection(watches, now) {
	return watches.length > 0 && make('section', {}, make('h2', {}, 'Under watch'),
		make('p', { class: 'lead' }, 'Policies that are judged again whenever their evidence changes. A change is told once, and only when it has held.'),
		table('Policies under watch', ['Says', 'Candidate and policy', 'Baseline', 'By', 'Told last'], watches.map((one) => watchRow(one, now)), ''));
}

/* ---- one ---- */

const SHOWN_INPUTS = 40;

function inputList(label, inputs) {
	if (inputs.length === 0)
		return null;
	const links = inputs.filter((one) => one.index !== undefined).slice(0, SHOWN_INPUTS).flatMap((one) => [leaf(one.index), ' ']);
	return make('small', { class: 'reason' }, `${count(inputs.length, 'statement')} ${label}: `, links, inputs.length > SHOWN_INPUTS ? '…' : '');
}

function turnRow(turn, policy, now) {
	const which = turn.rules.map(({ rule, was, now: is }) => make('small', { class: 'reason' },
		`${rule + 1}. ${policy?.rules[rule]?.metric ?? 'rule'}: ${was} → ${is}`));
	return make('tr', {}, make('td', {}, verdictMark(turn.to), make('small', { class: 'reason' }, `was ${turn.from}`)),
		make('td', {}, time(Date.parse(turn.told_at), now), make('small', { class: 'reason' }, 'behind ', leaf(turn.index))),
		make('td', {}, leaf(turn.turned_index), make('small', { class: 'reason' }, moment(turn.turned_at))),
		make('td', {}, which),
		make('td', {}, inputList('count since', turn.added), inputList('count no more', turn.gone)));
}

function factsOf(watch) {
	const facts = [['Candidate', name(watch.candidate)]];
	if (watch.baseline)
		facts.push(['Baseline', name(watch.baseline)]);
	facts.push(['Watched by', [submitterLink(watch.by), ' · release manager']],
		['Statement', [leaf(watch.index), watch.ended ? [' · ended by ', leaf(watch.ended_index)] : '']],
		['Says so since', leaf(watch.since_index)], ['Judged last behind', leaf(watch.judged_index)],
		['A change is told', watch.settle_hours > 0 ? `once it has held for ${count(watch.settle_hours, 'hour')}, by the log’s time` : 'at once']);
	return facts;
}

export async function watchView({ watch, turns, log_size: size }, now, say) {
	say(`log size ${size}`);
	const policy = readPolicy(watch.policy);
	const metrics = policy ? await metricsOf(policy) : [];
	return [
		make('h1', {}, watch.ended ? ended() : verdictMark(watch.result), ' ', name(watch.candidate)),
		make('p', { class: 'lead' }, name(policy?.description ?? watch.policy_name, { class: 'said', dir: 'auto' })),
		watch.pending ? make('p', { class: 'verdict open' }, pendingWords(watch, now)) : null,
		factList(factsOf(watch)),
		make('section', {}, make('h2', {}, 'Rules, as they stand'), watch.rules.length > 0 ? rulesTable(watch, policy, metrics)
			: make('p', {}, 'The suites in force have not what the policy names any more.')),
		make('section', {}, make('h2', {}, 'What was told'), table('Changes', ['Turned to', 'Told', 'Turned by', 'Rules', 'Evidence'],
			turns.map((turn) => turnRow(turn, policy, now)), 'No change has held for long enough yet.')),
		make('section', {}, make('h2', {}, 'Badge'), make('p', {}, make('img', { src: `data/v1/${watch.badge}`, height: 20,
			alt: `${watch.candidate} by ${watch.policy_name}: ${watch.ended ? 'not watched' : watch.result}` })),
		make('p', {}, command(new URL(`data/v1/${watch.badge}`, location.href).href))),
		policyText(watch.policy),
	].filter(Boolean);
}
