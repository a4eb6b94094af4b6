// main.mjs — reads the address, loads what it names, draws the view.
// SPDX-License-Identifier: Apache-2.0
import { boardView } from './board.mjs';
import { DataError, readDocument } from './data.mjs';
import { make } from './dom.mjs';
import { LogError, readCheckpointFile } from './log.mjs';
import { loadLog, logView } from './loglist.mjs';
import { modelView } from './model.mjs';
import { overview } from './overview.mjs';
import { actsView, submitterView } from './people.mjs';
import { decisionsView, decisionView } from './release.mjs';
import { loadStatement, statementView } from './statement.mjs';
import { readState, writeState } from './state.mjs';

const content = document.querySelector('#content');
const status = document.querySelector('#state');
const say = (text) => { status.textContent = text; };
let drawing = 0;

function change(state, changes) {
	Object.assign(state, changes);
	history.replaceState(null, '', writeState(state));
}

async function view(state) {
	if (state.board) {
		const board = await readDocument(state.board, 'assay-board-v1');
		document.title = `${board.suite.title} · Assay`;
		return boardView(board, state, (changes) => change(state, changes), say);
	}
	if (state.model) {
		const model = await readDocument(state.model, 'assay-model-v1');
		document.title = `${model.name} · Assay`;
		return modelView(model, Date.now(), say);
	}
	if (state.submitter) {
		const record = await readDocument(`submitters/${state.submitter}.json`, 'assay-submitter-v1');
		document.title = `${record.name} · Assay`;
		return submitterView(record, Date.now(), say);
	}
	if (state.acts) {
		const acts = await readDocument('acts.json', 'assay-acts-v1');
		document.title = 'Acts · Assay';
		return actsView(acts, Date.now(), say);
	}
	if (state.decision) {
		const document_ = await readDocument(`decisions/${state.decision}.json`, 'assay-decision-v1');
		document.title = `${document_.decision.decided ?? 'Decision'} · Assay`;
		return decisionView(document_, Date.now(), say);
	}
	if (state.decisions) {
		const decisions = await readDocument('decisions.json', 'assay-decisions-v1');
		document.title = 'Release checks · Assay';
		return decisionsView(decisions, Date.now(), say);
	}
	if (state.statement) {
		const statement = await loadStatement(state.statement);
		document.title = `Statement #${statement.index} · Assay`;
		return statementView(statement, Date.now(), say);
	}
	if (state.log) {
		const log = await loadLog(state.log);
		document.title = 'The log · Assay';
		return logView(log, Date.now(), say);
	}
	document.title = 'Assay';
	const [index, checkpoint] = await Promise.all([readDocument('index.json', 'assay-index-v1'), readCheckpointFile().catch(() => null)]);
	return overview(index, checkpoint, Date.now(), say);
}

function trouble(error) {
	const told = error instanceof DataError || error instanceof LogError;
	if (!told)
		console.error(error);
	say('');
	return [make('div', { class: error instanceof LogError ? 'verdict bad' : 'empty', role: 'alert' }, make('h1', {}, 'This cannot be shown'),
		make('p', {}, told ? error.message : 'The page failed at this document. Load it again.'),
		make('p', {}, make('a', { href: './' }, 'To the overview')))];
}

async function draw() {
	const mine = ++drawing;
	content.setAttribute('aria-busy', 'true');
	const parts = await view(readState(location.search)).catch(trouble);
	if (mine !== drawing)
		return;
	content.replaceChildren(...parts);
	content.removeAttribute('aria-busy');
	markNav();
}

function markNav() {
	const here = readState(location.search);
	for (const link of document.querySelectorAll('#nav a')) {
		const to = readState(new URL(link.href).search);
		if ((here.board && to.board === here.board) || (here.log && to.log) || (here.acts && to.acts)
			|| ((here.decisions || here.decision) && to.decisions))
			link.setAttribute('aria-current', 'page');
		else
			link.removeAttribute('aria-current');
	}
}

async function drawNav() {
	const index = await readDocument('index.json', 'assay-index-v1').catch(() => ({ suites: [] }));
	document.querySelector('#nav').replaceChildren(...index.suites.filter((suite) => suite.cells > 0).map((suite) =>
		make('a', { href: writeState({ board: suite.document }) }, suite.title)),
	make('a', { href: writeState({ decisions: 'all' }) }, 'Release checks'),
	make('a', { href: writeState({ acts: 'queue' }) }, 'Acts'),
	make('a', { href: writeState({ log: 'latest' }) }, 'Log'));
	markNav();
}

// Links inside the page change the address without loading it anew.
document.addEventListener('click', (event) => {
	const link = event.target.closest?.('a[href]');
	if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
		return;
	const to = new URL(link.href);
	if (to.origin !== location.origin || to.pathname !== location.pathname || to.hash)
		return;
	event.preventDefault();
	history.pushState(null, '', to.search || './');
	draw().then(() => content.focus({ preventScroll: true })).then(() => scrollTo(0, 0));
});
addEventListener('popstate', draw);
draw();
drawNav();
