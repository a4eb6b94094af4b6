// model.mjs — the view of one model: its variants' results, and every run behind them.
// SPDX-License-Identifier: Apache-2.0
import { boardTable, commonLine } from './board.mjs';
import { make, name } from './dom.mjs';
import { ago, bytes, count, exact, label, measure, parameters, testPoint } from './format.mjs';
import { stateMark, submitterLink } from './people.mjs';
import { writeState } from './state.mjs';
import { arrange, columnsOf, sortRows } from './table.mjs';

function facts(document) {
	const variants = new Map();
	for (const row of document.boards.flatMap((board) => board.rows))
		variants.set(row.fields.subject, row.model);
	return make('ul', { class: 'facts' }, [...variants.values()].map((model) => make('li', {},
		make('strong', {}, name(model.quantization ?? 'unquantized')),
		[model.parameters && `${parameters(model.parameters)} parameters`,
			model.size_bytes && bytes(model.size_bytes),
			model.bits_per_weight && `${measure(model.bits_per_weight)} bits per weight`]
			.filter(Boolean).map((text) => make('span', {}, text)),
		model.sha256 ? make('code', { title: model.sha256 }, `sha256 ${model.sha256.slice(0, 12)}…`)
			: make('span', { class: 'single', title: 'The weights were not identified by their digest' }, '○ weights unidentified'))));
}

function boards(document) {
	return document.boards.map((board) => {
		const { columns, common } = arrange(columnsOf(board.suite).filter((c) => !c.model), board.rows);
		const holder = make('section', {}, make('h2', {}, board.suite.title), commonLine(common));
		const state = { sort: '', direction: 'ascending' };
		const draw = () => {
			const column = columns.find((c) => c.key === state.sort);
			const rows = column ? sortRows(board.rows, column, state.direction) : board.rows;
			const table = boardTable(rows, columns, state, (changes) => {
				Object.assign(state, changes);
				draw();
			});
			holder.querySelector('.scroll')?.remove();
			holder.append(table);
		};
		draw();
		return holder;
	});
}

function runRow(run, units, now) {
	const fields = Object.fromEntries(Object.entries(run.conditions).map(([k, v]) => [`conditions.${k}`, v]));
	const unit = units.get(run.metric) ?? '';
	const spread = run.sd ?? run.se;
	return make('tr', { class: run.state === 'counted' ? undefined : 'off' },
		make('td', {}, stateMark(run.state),
			run.reason ? make('small', { class: 'reason' }, name(run.reason)) : null),
		make('td', {}, submitterLink(run.submitter)),
		make('td', {}, label(run.metric), make('small', {}, ` ${testPoint(fields)}`)),
		make('td', { class: 'number', title: exact(run.value, unit) }, measure(run.value), make('small', {}, ` ${unit}`)),
		make('td', { class: 'number' }, spread === undefined ? '–' : `± ${measure(spread)}`),
		make('td', { class: 'number' }, String(run.n)),
		make('td', { title: run.accepted_at }, ago(run.accepted_at, now)),
		make('td', {}, make('a', { href: writeState({ statement: String(run.index) }) }, `#${run.index}`)));
}

function runs(document, now) {
	const units = new Map(document.boards.flatMap((b) => b.suite.metrics).map((m) => [m.name, m.unit]));
	const heads = ['State', 'Submitter', 'Metric', 'Value', 'Spread', 'Repeats', 'Accepted', 'Statement'];
	const numeric = new Set(['Value', 'Spread', 'Repeats']);
	return make('section', {}, make('h2', {}, 'Runs'),
		make('p', { class: 'lead' }, document.runs_total > document.runs_shown
			? `The newest ${document.runs_shown} of ${count(document.runs_total, 'result')}.` : `${count(document.runs_total, 'result')}.`,
		' Each links to the signed statement it comes from.'),
		make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Runs' }, make('table', { class: 'runs' },
			make('thead', {}, make('tr', {}, heads.map((head) => make('th', { scope: 'col',
				class: numeric.has(head) ? 'number' : undefined }, head)))),
			make('tbody', {}, document.runs.map((run) => runRow(run, units, now))))));
}

export function modelView(document, now, say) {
	say(`log size ${document.log_size}`);
	return [
		make('h1', {}, name(document.name)),
		facts(document),
		...boards(document),
		runs(document, now),
		make('section', {}, make('h2', {}, 'Add your own'),
			make('p', {}, 'Measure it with llama-bench, then send what came out:'),
			make('pre', {}, make('code', {}, `llama-bench -m MODEL.gguf -o json > results.json\nassay import llama-bench results.json --model '${
				document.name.replaceAll("'", "'\\''")}' --weights MODEL.gguf\nassay submit`))),
	];
}
