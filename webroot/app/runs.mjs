// runs.mjs — a model's submissions: state, verdict, evidence; and how one cell came about.
// SPDX-License-Identifier: Apache-2.0
import { chart } from './chart.mjs';
import { tryDocument } from './data.mjs';
import { make, name } from './dom.mjs';
import { estimated, intervalText, isShared, standingMark } from './estimate.mjs';
import { ago, bytes, count, exact, label, measure, moment, shortHardware, testPoint } from './format.mjs';
import { stateMark, submitterLink } from './people.mjs';
import { writeState } from './state.mjs';

const CELLS_OFFERED = 60;

const fieldsOf = (conditions) => Object.fromEntries(Object.entries(conditions).map(([k, v]) => [`conditions.${k}`, v]));

// Results as rows, newest first, of a page of submissions or of the model's own list.
function resultsOf(page) {
	return page.runs.flatMap((run) => run.results.map((result) => ({ ...run, ...result }))).sort((a, b) => b.index - a.index);
}

// The page of submissions that the address asks for, the newest one else: { runs, page, pages } or null.
export async function readRuns(model, wanted) {
	if (!model.run_documents || !model.run_pages)
		return null;
	const page = /^\d{1,6}$/.test(wanted) ? Math.min(Number(wanted), model.run_pages - 1) : model.run_pages - 1;
	const read = await tryDocument(model.run_documents.replace('{page}', page), 'assay-model-runs-v1');
	return read && { runs: resultsOf(read), page, pages: model.run_pages };
}

function evidenceLinks(run) {
	if (!run.evidence?.length)
		return '–';
	return run.evidence.map((file) => make('a', { href: `v1/evidence/${file.sha256}`, download: file.name, title: `${file.media_type}, ${bytes(file.bytes)}, SHA-256 ${file.sha256}` }, name(file.name)));
}

function runRow(run, units, now) {
	const unit = units.get(run.metric) ?? '';
	const spread = run.sd ?? run.se;
	return make('tr', { class: run.state === 'counted' ? undefined : 'off' },
		make('td', {}, make('a', { href: writeState({ statement: String(run.index) }) }, `#${run.index}`)),
		make('td', {}, stateMark(run.state), run.reason ? make('small', { class: 'reason' }, name(run.reason)) : null),
		make('td', {}, submitterLink(run.submitter)),
		make('td', {}, run.quantization ? [name(run.quantization), ' '] : null, label(run.metric), make('small', {}, ` ${testPoint(fieldsOf(run.conditions)).replace('–', '')}`)),
		make('td', { class: 'number', title: exact(run.value, unit) }, measure(run.value), make('small', {}, ` ${unit}`)),
		make('td', { class: 'number' }, spread === undefined ? '–' : `± ${measure(spread)}`),
		make('td', { class: 'number' }, String(run.n)), make('td', {}, evidenceLinks(run)),
		make('td', {}, make('time', { datetime: run.accepted_at, title: moment(run.accepted_at) }, ago(run.accepted_at, now))));
}

export function runsSection(model, read, state, now) {
	const units = new Map(model.boards.flatMap((b) => b.suite.metrics).map((m) => [m.name, m.unit]));
	const list = read?.runs ?? model.runs ?? [];
	const to = (page, text) => make('a', { href: writeState({ ...state, runs: String(page) }) }, text);
	const heads = ['Statement', 'State', 'Submitter', 'What', 'Value', 'Spread', 'Repeats', 'Evidence', 'Accepted'];
	return make('section', {}, make('h2', { id: 'runs' }, 'Runs'),
		make('p', { class: 'lead' }, `${count(list.length, 'result')}, newest first. Each comes from a signed statement that your browser can check.`),
		make('div', { class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': 'Runs' }, make('table', { class: 'runs' },
			make('thead', {}, make('tr', {}, heads.map((head, at) => make('th', { scope: 'col', class: at > 3 && at < 7 ? 'number' : undefined }, head)))),
			make('tbody', {}, list.map((run) => runRow(run, units, now))))),
		read && read.pages > 1 ? make('nav', { class: 'pager', 'aria-label': 'Pages of runs' }, read.page + 1 < read.pages && to(read.page + 1, '← Newer'), read.page > 0 && to(read.page - 1, 'Older →')) : null);
}

/* ---- history of one cell ---- */

const cellName = (row, metric) => [row.model.quantization, label(metric), testPoint(row.fields) !== '–' && testPoint(row.fields), row.fields.hardware && shortHardware(row.fields.hardware)].filter(Boolean).join(' · ');

// Cells with runs in this list, the most told first: [{ key, words, row, estimate, metric, runs }].
function cellsOf(model, runs) {
	const rows = new Map(model.boards.flatMap((board) => board.rows.map((row) => [row.cell, { row, metrics: new Map(board.suite.metrics.map((m) => [m.name, m])) }])));
	const found = new Map();
	for (const run of runs.filter((one) => rows.has(one.cell))) {
		const key = `${run.cell.slice(0, 12)} ${run.metric}`;
		const { row, metrics } = rows.get(run.cell);
		if (!found.has(key))
			found.set(key, { key, row, metric: metrics.get(run.metric), estimate: row.estimates.find((e) => e.metric === run.metric), words: cellName(row, run.metric), runs: [] });
		found.get(key).runs.push(run);
	}
	return [...found.values()].filter((cell) => cell.estimate && cell.metric).sort((a, b) => b.runs.length - a.runs.length).slice(0, CELLS_OFFERED);
}

function cellChart(cell) {
	const { estimate: e, metric } = cell;
	const day = (ms) => new Date(ms).toISOString();
	const span = Date.parse(cell.runs[0].accepted_at) - Date.parse(cell.runs.at(-1).accepted_at);
	const from = Math.min(...cell.runs.map((run) => run.index));
	return chart({ label: 'History of one cell', axes: { x: { title: 'place in the log', tick: (v) => `#${Math.round(v)}` }, y: { title: metric.unit || label(metric.name), log: metric.scale === 'log' } },
		points: cell.runs.map((run) => ({ x: run.index, y: run.value, small: true, kind: run.state === 'counted' ? '' : 'off', href: writeState({ statement: String(run.index) }),
			title: `#${run.index}, ${run.submitter.name ?? 'unnamed'}: ${exact(run.value, metric.unit)}, ${run.state}, ${moment(run.accepted_at)}` })),
		...(isShared(e) ? { band: { low: e.low, high: e.high, at: e.point } } : {}),
		caption: [`${count(cell.runs.length, 'run')} since statement #${from}${span > 86400000 ? `, ${day(Date.parse(cell.runs.at(-1).accepted_at)).slice(0, 10)}` : ''}. The line is today’s estimate, `, estimated(e), isShared(e) ? ` (${intervalText(e)})` : '',
			` ${metric.unit}: `, standingMark(e.standing), isShared(e) ? ', the band its 95 % interval.' : '. Dashed points do not count.'] });
}

function moves(model, cell) {
	const list = (model.history ?? []).filter((move) => move.cell === cell.row.cell && move.metric === cell.metric.name);
	return list.length === 0 ? null : make('ul', { class: 'feed' }, list.map((move) => make('li', {}, make('time', { datetime: move.accepted_at, title: moment(move.accepted_at) }, `#${move.index}`),
		make('span', {}, move.from === 'none' ? null : [standingMark(move.from), ' → '], move.to === 'none' ? 'nothing counts any more' : standingMark(move.to)))));
}

export function historySection(model, read, state, change) {
	const cells = cellsOf(model, read?.runs ?? model.runs ?? []);
	if (cells.length === 0)
		return null;
	const holder = make('div', {});
	const draw = () => {
		const cell = cells.find((one) => one.key === state.history) ?? cells[0];
		holder.replaceChildren(...[cellChart(cell), moves(model, cell)].filter(Boolean));
	};
	draw();
	return make('section', {}, make('h2', {}, 'History of a cell'), make('form', { class: 'controls', onsubmit: (event) => event.preventDefault() },
		make('select', { name: 'history', class: 'wide', 'aria-label': 'Cell', onchange: (event) => {
			change({ history: event.target.value });
			draw();
		} }, cells.map((cell) => make('option', { value: cell.key, selected: cell.key === state.history }, `${cell.words} (${count(cell.runs.length, 'run')})`)))), holder);
}
