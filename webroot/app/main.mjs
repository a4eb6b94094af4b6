// main.mjs — reads the address, loads what it names, draws the view.
// SPDX-License-Identifier: Apache-2.0
import { DataError, readDocument } from './data.mjs';
import { make } from './dom.mjs';
import { ago, label } from './format.mjs';
import { LogError } from './log.mjs';
import { overviewView } from './overview.mjs';
import { places, readState, writeState } from './state.mjs';

const content = document.querySelector('#content');
const status = document.querySelector('#state');
const say = (text) => { status.textContent = text; };
let drawing = 0;

// What a choice changes goes into the address; what is typed, quietly, so that “back” does not undo letters.
function change(state, changes, quietly) {
	Object.assign(state, changes);
	const address = writeState(state);
	if (address !== (location.search || './'))
		history[quietly ? 'replaceState' : 'pushState'](null, '', address);
}

// Views: the word of the address that names one → what draws it. draw() gives { title, parts }.
const views = {
	board: async (state, tools) => {
		const [{ boardView }, board] = await Promise.all([import('./board.mjs'), readDocument(state.board, 'assay-board-v2')]);
		return { title: board.suite.title, parts: boardView(board, state, tools.change, say) };
	},
	model: async (state, tools) => (await import('./model.mjs')).modelView(state, tools),
	models: async (state, tools) => (await import('./models.mjs')).modelsView(state, tools),
	hardware: async (state, tools) => (await import('./hardware.mjs')).hardwareView(state, tools),
	value: async (state, tools) => (await import('./value.mjs')).valueView(state, tools),
	compare: async (state, tools) => (await import('./compare.mjs')).compareView(state, tools),
	submitters: async (state, tools) => (await import('./submitters.mjs')).submittersView(state, tools),
	submitter: async (state) => {
		const [{ submitterView }, record] = await Promise.all([import('./people.mjs'), readDocument(`submitters/${state.submitter}.json`, 'assay-submitter-v1')]);
		return { title: record.name, parts: submitterView(record, Date.now(), say) };
	},
	acts: async () => {
		const [{ actsView }, acts] = await Promise.all([import('./acts.mjs'), readDocument('acts.json', 'assay-acts-v1')]);
		return { title: 'Acts', parts: actsView(acts, Date.now(), say) };
	},
	decision: async (state) => {
		const [{ decisionView }, read] = await Promise.all([import('./release.mjs'), readDocument(`decisions/${state.decision}.json`, 'assay-decision-v1')]);
		return { title: read.decision.decided ?? 'Decision', parts: await decisionView(read, Date.now(), say) };
	},
	decisions: async () => {
		const [{ decisionsView }, { watchesSection }, decisions, { watches }] = await Promise.all([import('./release.mjs'), import('./watched.mjs'),
			readDocument('decisions.json', 'assay-decisions-v1'), readDocument('watches.json', 'assay-watches-v1').catch(() => ({ watches: [] }))]);
		return { title: 'Release checks', parts: decisionsView(decisions, watchesSection(watches, Date.now()), Date.now(), say) };
	},
	watch: async (state) => {
		const [{ watchView }, read] = await Promise.all([import('./watched.mjs'), readDocument(`watches/${state.watch}.json`, 'assay-watch-v1')]);
		return { title: read.watch.ended ? 'Ended' : read.watch.result, parts: await watchView(read, Date.now(), say) };
	},
	statement: async (state) => {
		const { loadStatement, statementView } = await import('./statement.mjs');
		const statement = await loadStatement(state.statement);
		return { title: `Statement #${statement.index}`, parts: statementView(statement, Date.now(), say) };
	},
	log: async (state) => {
		const { loadLog, logView } = await import('./loglist.mjs');
		return { title: 'The log', parts: logView(await loadLog(state.log), Date.now(), say) };
	},
};

const placeOf = (state) => places.find((place) => state[place]);

async function view(state) {
	const tools = { now: Date.now(), say, change: (changes, quietly) => change(state, changes, quietly) };
	return placeOf(state) ? views[placeOf(state)](state, tools) : overviewView(state, tools);
}

function trouble(error) {
	const told = error instanceof DataError || error instanceof LogError;
	if (!told)
		console.error(error);
	say('');
	return { title: 'Not shown', parts: [make('div', { class: error instanceof LogError ? 'verdict bad' : 'empty', role: 'alert' },
		make('h1', {}, 'This cannot be shown'),
		make('p', {}, told ? error.message : 'The page failed at this document. Load it again.'),
		make('p', {}, make('a', { href: './' }, 'To the overview')))] };
}

async function draw() {
	const mine = ++drawing;
	content.setAttribute('aria-busy', 'true');
	const { title, parts } = await view(readState(location.search)).catch(trouble);
	if (mine !== drawing)
		return;
	document.title = title ? `${title} · Assay` : 'Assay';
	content.replaceChildren(...parts.filter(Boolean));
	content.removeAttribute('aria-busy');
	dispatchEvent(new Event('assay:drawn'));
	markNav();
}

const sameView = (here, to) => (here.board ? here.board === to.board : (here.model || here.models) ? to.models
	: (here.submitter || here.submitters) ? to.submitters : (here.decision || here.decisions || here.watch) ? to.decisions : ['hardware', 'value', 'acts', 'log'].some((place) => here[place] && to[place]));

function markNav() {
	const here = readState(location.search);
	for (const link of document.querySelectorAll('#nav a')) {
		if (sameView(here, readState(new URL(link.href).search)))
			link.setAttribute('aria-current', 'page');
		else
			link.removeAttribute('aria-current');
	}
	document.querySelector('#nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

async function drawNav() {
	const index = await readDocument('index.json', 'assay-index-v1').catch(() => ({ suites: [] }));
	const link = (state, text, more = {}) => make('a', { href: writeState(state), ...more }, text);
	document.querySelector('#nav').replaceChildren(
		make('span', { class: 'group' }, index.suites.filter((suite) => suite.cells > 0).map((suite) =>
			link({ board: suite.document }, label(suite.name), { title: suite.title }))),
		make('span', { class: 'group' }, link({ models: 'all' }, 'Models'), link({ hardware: 'all' }, 'Hardware'), link({ value: 'all' }, 'Value')),
		make('span', { class: 'group' }, link({ decisions: 'all' }, 'Release checks'), link({ submitters: 'all' }, 'Submitters'), link({ acts: 'queue' }, 'Acts'), link({ log: 'latest' }, 'Log')));
	const readout = document.querySelector('#readout');
	if (index.origin)
		readout.replaceChildren(make('span', { title: index.origin }, `log ${index.log_size.toLocaleString('en')}`),
			index.as_of ? make('time', { datetime: index.as_of, title: index.as_of }, ago(index.as_of, Date.now())) : '');
	markNav();
}

// Links inside the page change the address without loading it anew.
document.addEventListener('click', (event) => {
	const link = event.target.closest?.('a[href]');
	if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
		return;
	const to = new URL(link.href);
	if (to.origin !== location.origin || to.pathname !== location.pathname || to.hash || link.download)
		return;
	event.preventDefault();
	history.pushState(null, '', to.search || './');
	draw().then(() => content.focus({ preventScroll: true })).then(() => scrollTo(0, 0));
});

// “Copy” beside a command: the command is the code before it.
document.addEventListener('click', (event) => {
	const button = event.target.closest?.('button.copy');
	if (!button)
		return;
	const text = button.parentElement.querySelector('code').textContent;
	(navigator.clipboard?.writeText(text) ?? Promise.reject()).then(() => { button.textContent = 'Copied'; },
		() => getSelection().selectAllChildren(button.parentElement.querySelector('code')));
});

addEventListener('popstate', draw);
draw();
drawNav();
