// compare.mjs — two to six variants side by side: where each was measured, by how much they differ, and whether that can be told.
// SPDX-License-Identifier: Apache-2.0
import { contrast, placesOf } from './contrast.mjs';
import { DataError, readDocument } from './data.mjs';
import { make, name } from './dom.mjs';
import { drawInterval, estimated, inWords, intervalText, isShared, standingMark } from './estimate.mjs';
import { bytes, count, label, measure, parameters, shortHardware, testPoint } from './format.mjs';
import { scaleOf } from './scale.mjs';
import { readVariant, writeState } from './state.mjs';

const PLACES_SHOWN = 40;
const STRIP_PX = 150;

async function load(text) {
	const { document, cell } = readVariant(text);
	const model = await readDocument(document, 'assay-model-v1').catch(() => null);
	const row = model?.boards.flatMap((board) => board.rows).find((one) => one.cell.startsWith(cell));
	return { text, document, model, row, subject: row?.fields.subject };
}

const titleOf = (one) => make('span', {}, make('a', { href: writeState({ model: one.document }) }, name(one.row.model.name)), ' ', make('b', {}, name(one.row.model.quantization ?? 'unquantized')));

// In front stands what the others are held against.
function headOf(one, at, state) {
	const others = state.variants.filter((text) => text !== one.text);
	return make('th', { scope: 'col' }, titleOf(one), make('br'), at === 0 ? make('small', {}, 'the reference') : make('a', { href: writeState({ compare: 'variants', variants: [one.text, ...others] }) }, make('small', {}, 'make it the reference')),
		' ', make('a', { href: writeState({ compare: 'variants', variants: others }), 'aria-label': `Leave out ${one.row.model.name} ${one.row.model.quantization ?? ''}` }, make('small', {}, 'leave out')));
}

const facts = [['Size', (m) => m.size_bytes && bytes(m.size_bytes)], ['Parameters', (m) => m.parameters && parameters(m.parameters)],
	['Bits per weight', (m) => m.bits_per_weight && measure(m.bits_per_weight)], ['Format', (m) => m.format], ['Licence', (m) => m.licence]];

function factRows(variants) {
	return facts.filter(([, read]) => variants.some((one) => read(one.row.model))).map(([title, read]) => make('tr', {}, make('th', { scope: 'row' }, title),
		variants.map((one) => make('td', {}, read(one.row.model) || '–'))));
}

const minus = (text) => text.replace('-', '−');
const much = (c) => (c.ratio ? `${measure(Math.abs(c.point - 1) * 100)} % ${c.point >= 1 ? 'more' : 'less'}` : `${measure(Math.abs(c.point))} ${c.point >= 0 ? 'more' : 'less'}`);
const span = (c) => (c.ratio ? `${minus(measure((c.low - 1) * 100))} % to ${minus(measure((c.high - 1) * 100))} %` : `${minus(measure(c.low))} to ${minus(measure(c.high))}`);

// A difference in words. Which way is better is the suite’s to say.
export function contrastWords(c) {
	if (c.apart === 'unsure')
		return `${much(c)}; resting on one submitter, so the data cannot tell`;
	if (c.apart === 'no')
		return `cannot be told apart: ${span(c)}`;
	return `${c.apart}: ${much(c)} (95 % ${span(c)})`;
}

function cellOf(row, at, reference, metric, scale) {
	const e = row?.estimates.find((one) => one.metric === metric.name);
	if (!e)
		return make('td', {}, '–');
	const base = reference?.estimates.find((one) => one.metric === metric.name);
	const c = at > 0 && base ? contrast(base, e, metric) : null;
	return make('td', { title: inWords(e, metric.unit) }, make('b', {}, estimated(e)), isShared(e) ? make('small', {}, ` ${intervalText(e)}`) : null, ' ', standingMark(e.standing),
		drawInterval(e, scale), c && make('span', { class: `delta ${c.apart}` }, contrastWords(c)));
}

function placeTitle(place) {
	const test = testPoint(place.fields);
	const words = Object.entries(place.fields).filter(([key, value]) => value !== '' && !/n_prompt|n_gen|n_depth|type_[kv]|offload|text_sha256|judge_prompt/.test(key))
		.map(([key, value]) => (key === 'hardware' ? shortHardware(value) : key === 'accelerator_count' ? (value === '1' ? '' : `${value} ×`) : key === 'engine' || key === 'backend' || key === 'judge' ? value : `${label(key)} ${value}`));
	return [test !== '–' && test, ...words].filter(Boolean);
}

function placeRows(place, suite) {
	const metrics = suite.metrics.filter((m) => place.rows.some((row) => row?.estimates.some((e) => e.metric === m.name)));
	return metrics.map((metric) => {
		const points = place.rows.flatMap((row) => row?.estimates.filter((e) => e.metric === metric.name) ?? []);
		const scale = scaleOf(points.flatMap((e) => (isShared(e) ? [e.low, e.point, e.high] : [e.point])), { log: metric.scale === 'log', length: STRIP_PX, ticks: 3, margin: 8 });
		return make('tr', {}, make('th', { scope: 'row' }, make('b', {}, label(metric.name)), metric.unit ? make('small', {}, ` ${metric.unit}`) : null, make('small', { class: 'reason' }, placeTitle(place).map((text, at) => [at > 0 ? ' · ' : '', make('bdi', {}, text)]).flat())),
			place.rows.map((row, at) => cellOf(row, at, place.rows[0], metric, scale)));
	});
}

function suiteSections(variants) {
	const suites = new Map(variants.flatMap((one) => one.model.boards.map((board) => [board.suite.name, board.suite])));
	const subjects = variants.map((one) => one.subject);
	return [...suites.values()].map((suite) => {
		const rows = [...new Set(variants.map((one) => one.model))].flatMap((model) => model.boards.filter((board) => board.suite.name === suite.name).flatMap((board) => board.rows));
		const places = placesOf(rows, subjects);
		return { suite, places };
	}).filter(({ places }) => places.length > 0);
}

function nothing() {
	return [make('h1', {}, 'Compare'), make('p', { class: 'lead' }, 'Choose two to six variants with the boxes at the head of a board’s rows; they then stand side by side here.'),
		make('p', {}, make('a', { href: writeState({ board: 'suites/throughput.json' }) }, 'To the throughput board'))];
}

export async function compareView(state, { say }) {
	const loaded = await Promise.all(state.variants.map(load));
	const variants = loaded.filter((one, at) => one.row && loaded.findIndex((other) => other.subject === one.subject) === at);
	const lost = loaded.filter((one) => !one.row);
	if (variants.length < 2)
		return { title: 'Compare', parts: state.variants.length > 1 && lost.length > 0 ? await Promise.reject(new DataError('These variants are not published any more: their results were taken back, withheld, or have another name now.')) : nothing() };
	const sections = suiteSections(variants);
	say(`${count(variants.length, 'variant')}, ${count(sections.reduce((sum, { places }) => sum + places.length, 0), 'place')} where two or more were measured`);
	const table = (title, ...rows) => make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title }, make('table', { class: `contrast of${variants.length}` },
		make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'What'), variants.map((one, at) => headOf(one, at, state)))), make('tbody', {}, rows)));
	return { title: 'Compare', parts: [make('header', { class: 'head' }, make('h1', {}, 'Compare'),
		make('p', { class: 'lead' }, 'Each against the first. Differences are unpaired: made in your browser of the two published 95 % intervals (MOVER), on the metric’s scale. ',
			'What one submitter alone measured is never told apart.')),
	lost.length > 0 ? make('p', { class: 'empty' }, `${count(lost.length, 'variant')} of this address ${lost.length === 1 ? 'is' : 'are'} not published any more.`) : null,
	table('Facts', factRows(variants)),
	...sections.map(({ suite, places }) => make('section', {}, make('h2', {}, suite.title), places.length > PLACES_SHOWN && make('p', { class: 'lead' }, `The ${PLACES_SHOWN} places that most of them share, of ${places.length}.`),
		table(suite.title, places.slice(0, PLACES_SHOWN).flatMap((place) => placeRows(place, suite))))),
	sections.length === 0 ? make('p', { class: 'empty' }, 'No two of them were measured at the same place: same hardware, same test, same engine. Their models’ pages say what is missing.') : null] };
}
