// release.mjs — the views of release checks: all decisions, and one with its evidence.
// SPDX-License-Identifier: Apache-2.0
import { readDocument, readMetrics } from './data.mjs';
import { make, name } from './dom.mjs';
import { isShared, limitDrawing, standingMark } from './estimate.mjs';
import { count, moment, visible } from './format.mjs';
import { factList, time } from './parts.mjs';
import { command, statementLink, submitterLink, table } from './people.mjs';
import { askedWords, costMetric, limitOf, readPolicy, ruleWords } from './policy.mjs';
import { writeState } from './state.mjs';

// Verdicts by shape and word, so that neither colour nor shape says it alone.
const verdicts = {
	'GO': ['✓', 'good', 'All that blocks holds with 95 % confidence'],
	'NO-GO': ['✗', 'bad', 'A rule that blocks surely does not hold'],
	'INSUFFICIENT': ['◇', 'open', 'The evidence does not decide yet'],
};

export function verdictMark(word) {
	const [shape, kind, meaning] = verdicts[word] ?? ['', 'open', ''];
	return make('span', { class: `decided ${kind}`, title: meaning }, make('span', { 'aria-hidden': 'true' }, `${shape} `), word);
}

// Four digits: a ratio's interval is often narrower than three would show.
const figure = (value) => String(Number(value.toPrecision(4)));
const by = (decision) => [submitterLink(decision.by), decision.release_manager ? ' · release manager' : ''];

function earlierWords(n) {
	return n === 0 ? 'the first on this question' : `after ${count(n, 'earlier decision')} on the same question`;
}

function decisionRow(decision, now) {
	const address = writeState({ decision: decision.id });
	if (decision.withheld)
		return make('tr', { class: 'off' }, make('td', {}, 'withheld'), make('td', { colspan: 3 }, by(decision)),
			make('td', {}, statementLink(decision.index)));
	return make('tr', { class: decision.retracted ? 'off' : undefined },
		make('td', {}, verdictMark(decision.decided), decision.override ? make('small', { class: 'reason' }, `a person’s word; the rules say ${decision.result}`) : null,
			decision.retracted ? make('small', { class: 'reason' }, 'taken back') : null),
		make('td', {}, make('a', { href: address }, name(decision.candidate)), make('small', { class: 'reason' }, name(decision.policy_name ?? ''))),
		make('td', {}, decision.baseline ? name(decision.baseline) : '–'),
		make('td', {}, by(decision)),
		make('td', {}, time(Date.parse(decision.evaluated_at), now), make('small', { class: 'reason' }, earlierWords(decision.earlier_n))));
}

// watched: the section of policies under watch, or nothing.
export function decisionsView(document, watched, now, say) {
	say(`log size ${document.log_size}`);
	return [
		make('h1', {}, 'Release checks'),
		make('p', { class: 'lead' }, 'Is this model good enough? Signed answers by a policy, each with the evidence it was made of. ',
			'Anybody can make one again from the log: ', make('code', {}, 'assay gate --replay ID'), '.'),
		watched,
		table('Decisions', ['Decision', 'Candidate and policy', 'Baseline', 'By', 'Evaluated'],
			[...document.decisions].sort((a, b) => b.index - a.index).map((d) => decisionRow(d, now)),
			'Nobody has logged a decision yet. “assay gate init MODEL” starts a policy, “assay gate POLICY --sign” logs a decision.'),
	].filter(Boolean);
}

/* ---- one ---- */

function valueOf(rule, metric, limit) {
	if (rule.point === undefined)
		return rule.voters > 0 ? 'no price is logged' : 'nobody measured it';
	const unit = metric && limit.unit ? ` ${limit.unit}` : '';
	const sure = isShared(rule) && rule.kind !== 'none';
	return [limitDrawing({ point: rule.point, low: rule.low, high: rule.high, sure }, limit),
		make('span', {}, `${figure(rule.point)}${sure ? ` [${figure(rule.low)}, ${figure(rule.high)}]` : ''}${unit}`),
		make('small', { class: 'reason' }, `limit ${figure(limit.value)}${unit}`)];
}

function ruleRow(rule, asked, metric, baseline) {
	const ratio = asked.compare === 'baseline' && metric?.scale === 'log';
	const limit = { value: metric ? limitOf(asked, metric) : asked.margin, unit: ratio ? '' : metric?.unit ?? '',
		higher: metric?.direction === 'higher', log: metric?.scale === 'log' };
	return make('tr', {}, make('td', {}, verdictMark(rule.verdict), asked.severity === 'warn' ? make('small', { class: 'reason' }, 'warns only') : null),
		make('td', {}, make('span', { class: 'said' }, ruleWords(asked, metric, baseline)), make('small', { class: 'reason' }, askedWords(asked))),
		make('td', { class: 'limited' }, valueOf(rule, metric, limit)),
		make('td', { class: 'number' }, String(rule.voters)),
		make('td', {}, rule.standing === 'none' ? '–' : standingMark(rule.standing)),
		make('td', { class: 'number' }, runsOf(rule)));
}

// How many runs stand behind a rule's result, and which, where the server could name them.
function runsOf(rule) {
	if (!rule.inputs?.length)
		return String(rule.inputs_n);
	return make('details', { class: 'folded' }, make('summary', {}, String(rule.inputs_n)),
		make('small', { class: 'reason' }, rule.inputs.flatMap((one) => [one.index === undefined ? 'unpublished' : statementLink(one.index), ' '])));
}

export const rulesTable = (said, policy, metrics) => table('Rules', ['Verdict', 'Rule, and whose word it asks for', 'Value, 95 %', 'Submitters', 'Standing', 'Runs'],
	said.rules.map((rule, i) => ruleRow(rule, policy?.rules[i] ?? {}, metrics[i], said.baseline)), 'None.');

export const policyText = (text) => make('details', { class: 'folded' }, make('summary', {}, 'The policy as it was signed'), make('pre', { tabindex: '0' }, visible(text)));

// What the suites that a policy names say of its metrics: one a rule, undefined where that is not published.
export async function metricsOf(policy) {
	const index = await readDocument('index.json', 'assay-index-v1').catch(() => ({ suites: [] }));
	return Promise.all(policy.rules.map(async ({ suite, metric, currency }) => costMetric({ suite, metric, currency }) ?? (await readMetrics(String(suite), index)).get(metric)));
}

function factsOf(decision, now) {
	const facts = [['Candidate', name(decision.candidate)]];
	if (decision.baseline)
		facts.push(['Baseline', name(decision.baseline)]);
	facts.push(['Signed by', by(decision)], ['Statement', [statementLink(decision.index), decision.retracted ? ' · taken back since' : '']],
		['Evaluated', [make('time', { datetime: decision.evaluated_at }, moment(decision.evaluated_at)), ' (', time(Date.parse(decision.evaluated_at), now), '), ',
			earlierWords(decision.earlier_n)]],
		['Evidence', [`the first ${count(decision.checkpoint.size, 'statement')} of the log, root `,
			make('code', { title: decision.checkpoint.root }, `${decision.checkpoint.root.slice(0, 12)}…`)]]);
	if (decision.unpublished.length > 0)
		facts.push(['Not public', `${count(decision.unpublished.length, 'submission')} that only the signer had; replaying needs them`]);
	return facts;
}

export async function decisionView({ decision, log_size: size }, now, say) {
	say(`log size ${size}`);
	if (decision.withheld)
		return [make('h1', {}, 'A withheld decision'), make('p', { class: 'lead' }, 'What it said was withheld by staff; that it was said stays in the log: ',
			statementLink(decision.index))];
	const policy = readPolicy(decision.policy);
	const metrics = policy ? await metricsOf(policy) : [];
	return [
		make('h1', {}, verdictMark(decision.decided), ' ', name(decision.candidate)),
		make('p', { class: 'lead' }, name(policy?.description ?? policy?.name ?? decision.policy_name ?? '', { class: 'said', dir: 'auto' })),
		decision.override ? make('p', { class: 'verdict open' }, make('b', {}, `The rules say ${decision.result}; a person decided ${decision.override.result}. `),
			name(decision.override.reason, { class: 'said', dir: 'auto' })) : null,
		factList(factsOf(decision, now)),
		make('section', {}, make('h2', {}, 'Rules'),
			make('p', { class: 'lead' }, 'Green is the good side of a limit. GO needs the whole interval there, NO-GO the whole interval, made wider by the number of places looked at, on the other. ',
				'Where a rule fits several places the worst is shown.'),
			rulesTable(decision, policy, metrics)),
		make('section', {}, make('h2', {}, 'Make it again'), make('p', {}, command(`assay gate --replay ${decision.id}`))),
		policyText(decision.policy),
	].filter(Boolean);
}
