// statement.mjs — the view of one statement of the log: what it says, who signed it, and whether that holds.
// SPDX-License-Identifier: Apache-2.0
import { DataError, readStanding, readUnits } from './data.mjs';
import { make, name } from './dom.mjs';
import { resultsOf, sectionsOf, summaryOf } from './facts.mjs';
import { bytes, count, label, moment, stateWords, visible } from './format.mjs';
import { LogError, withLog } from './log.mjs';
import { brief, factList, keyId, shown, stepList, time } from './parts.mjs';
import { submitterLink } from './people.mjs';
import { whole, writeState } from './state.mjs';
import { findEd25519, openLine, verdictOf, verifyStatement } from './verify.mjs';

// Everything the view needs; text is the index as the address has it.
export function loadStatement(text) {
	const index = whole(text);
	if (index === null)
		throw new DataError(`“${text.slice(0, 40)}” is not the number of a statement.`);
	return withLog(async (log) => {
		const { size } = log.checkpoint;
		if (index >= size)
			throw new DataError(`The log has ${count(size, 'statement')}, numbered from 0; there is no statement ${index}.`);
		const statement = openLine(await log.line(index));
		if (statement.trouble)
			throw new LogError(`Statement ${index} cannot be read: ${statement.trouble}.`);
		const ed25519 = await findEd25519();
		const submission = statement.kind === 'submission' && !statement.withheld;
		const [verified, units, standing] = await Promise.all([verifyStatement(index, statement, log, ed25519),
			submission ? readUnits(statement.body.suite) : new Map(),
			submission ? readStanding(index, statement.body.model).catch(() => null) : null]);
		return { index, log, statement, units, standing, ...verified, verdict: verdictOf(verified.steps) };
	});
}

const headlines = {
	good: ['✓', 'Verified in your browser'],
	bad: ['✗', 'Not verified: do not rely on what stands here'],
	open: ['–', 'Not fully checked in your browser'],
};

function verdictBox({ statement, steps, verdict }) {
	const placed = steps.slice(1).every((step) => step.outcome === 'good');
	const [mark, words] = statement.withheld && placed ? ['◇', 'Withheld: its place in the log is verified'] : headlines[verdict];
	return make('section', { class: `verdict ${verdict}`, role: verdict === 'bad' ? 'alert' : undefined },
		make('h2', {}, make('span', { 'aria-hidden': 'true' }, `${mark} `), words), stepList(steps));
}

function standingRows({ standing }) {
	if (!standing)
		return [];
	const { document, run } = standing;
	const link = make('a', { href: writeState({ model: document }) }, 'all results of this model');
	if (!run)
		return [['On the boards', link]];
	return [['Submitter', submitterLink(run.submitter)],
		['On the boards', [make('span', { class: `state ${run.state}` }, stateWords[run.state] ?? run.state), ' · ', link,
			run.reason ? make('small', { class: 'reason' }, name(run.reason)) : null].filter(Boolean)]];
}

function head(view, now) {
	const { leaf, body, withheld, state } = view.statement;
	return factList([
		['Signed by', ['key ', keyId(leaf.key)]],
		...standingRows(view),
		...(withheld ? [['Settled as', state]] : [['Signed at', shown([{ name: moment(String(body.created_at)) }])]]),
		['Accepted', [moment(new Date(leaf.accepted_at_ms).toISOString()), ', ', time(leaf.accepted_at_ms, now)]],
		['Id', make('code', {}, visible(leaf.id))],
	]);
}

// A rounded number; every digit that was signed stands in its title.
const number = ({ text, signed }) => make('data', { value: signed, title: `${signed} as signed` }, text);

function resultTable({ shared, rows }) {
	const tests = rows.some((row) => row.test !== '–');
	const more = rows.some((row) => row.conditions.length > 0);
	const head = (text, number) => make('th', { scope: 'col', class: number ? 'number' : undefined }, text);
	const pairs = (list) => list.map(([title, parts]) => make('span', { class: 'pair' }, make('bdi', {}, visible(title)), ' ', make('b', {}, shown(parts))));
	return make('section', {}, make('h2', {}, 'Results'),
		shared.length > 0 && make('p', { class: 'common' }, rows.length > 1 ? 'In every result: ' : null, pairs(shared)),
		make('div', { class: 'scroll fit', tabindex: '0', role: 'region', 'aria-label': 'Results' }, make('table', { class: 'results' },
			make('thead', {}, make('tr', {}, head('Metric'), tests && head('Test'), head('Value', true), head('Spread', true),
				head('Repeats', true), more && head('Conditions'))),
			make('tbody', {}, rows.map((row) => make('tr', {}, make('th', { scope: 'row' }, name(row.metric)),
				tests && make('td', {}, row.test),
				make('td', { class: 'number' }, number(row.value), row.unit && make('small', {}, ` ${row.unit}`)),
				make('td', { class: 'number' }, row.spread ? number(row.spread) : '–'), make('td', { class: 'number' }, row.n),
				more && make('td', { class: 'common' }, pairs(row.conditions))))))));
}

function content({ statement, units }) {
	if (statement.withheld)
		return [make('section', { class: 'notice' }, make('h2', {}, 'Withheld'),
			make('p', { class: 'lead' }, 'Staff withheld the bytes of this statement; an act in this log says why. It counts for nothing. ',
				'What is left is its leaf: kind, key, signature, time, and the hash of what was signed.'))];
	const sections = sectionsOf(statement.kind, statement.body).map(([title, rows]) => make('section', {},
		make('h2', {}, title), factList(rows.map(([text, parts]) => [text, shown(parts)]))));
	const results = statement.kind === 'submission' ? [resultTable(resultsOf(statement.body, units))] : [];
	return [...results, make('div', { class: 'sections' }, sections),
		make('details', { class: 'raw' }, make('summary', {}, `What was signed, to the byte (${bytes(statement.payload.length)} of JSON)`),
			make('pre', { tabindex: '0' }, make('code', {}, visible(statement.text))))];
}

function save(view, file) {
	const { index, statement, receipt } = view;
	const document = { id: statement.leaf.id, kind: statement.kind, index, accepted_at_ms: statement.leaf.accepted_at_ms,
		envelope: statement.envelope, proof: receipt };
	const url = URL.createObjectURL(new Blob([`${JSON.stringify(document)}\n`], { type: 'application/json' }));
	make('a', { href: url, download: file }).click();
	setTimeout(() => URL.revokeObjectURL(url), 60000);
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

// The page is only as good as the server it came from: the runner is the second opinion.
function secondOpinion(view) {
	const { index, log, statement, receipt } = view;
	if (statement.withheld)
		return null;
	const file = `statement-${index}.json`;
	const verify = `assay verify --vkey ${quoted(log.vkey.line)} ${file}`;
	const command = receipt ? verify : `curl -o ${file} ${quoted(new URL(`v1/statements/${statement.leaf.id}`, document.baseURI).href)}\n${verify}`;
	return make('section', {}, make('h2', {}, 'Check it yourself'),
		make('p', {}, 'This page and the log’s key come from the same server. For a second opinion, save the statement with its receipt ',
			'and let the runner check both, offline, with the key you trust:'),
		make('pre', { class: 'command', tabindex: '0' }, make('code', {}, command)),
		make('p', { class: 'buttons' },
			receipt && make('button', { type: 'button', class: 'plain', onclick: () => save(view, file) }, `Save ${file}`),
			navigator.clipboard && make('button', { type: 'button', class: 'plain', onclick: (event) =>
				navigator.clipboard.writeText(command).then(() => { event.target.textContent = 'Copied'; }) }, 'Copy the command')));
}

function neighbours({ index, log }) {
	const to = (n, text) => make('a', { href: writeState({ statement: String(n) }) }, text);
	return make('nav', { class: 'pager', 'aria-label': 'Statements' },
		index > 0 && to(index - 1, `← #${index - 1}`),
		make('a', { href: writeState({ log: String(index) }) }, 'In the log'),
		index + 1 < log.checkpoint.size && to(index + 1, `#${index + 1} →`));
}

export function statementView(view, now, say) {
	const { index, statement, log, verdict, steps } = view;
	const failed = steps.filter((step) => step.outcome === 'bad').map((step) => step.title);
	const outcome = { good: 'verified', bad: `not verified, failed: ${failed.join(', ')}`,
		open: statement.withheld ? 'withheld' : 'not fully checked' };
	say(`Statement ${index} of ${log.checkpoint.origin}: ${outcome[verdict]}`);
	return [make('h1', {}, `${label(statement.kind)} `, make('small', {}, `#${index}`)),
		statement.withheld ? null : make('p', { class: 'lead' }, brief(summaryOf(statement))), verdictBox(view), head(view, now),
		...content(view), secondOpinion(view), neighbours(view)].filter(Boolean);
}
