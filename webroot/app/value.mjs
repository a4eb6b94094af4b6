// value.mjs — what quality costs: closed and self-hosted models on one axis, by prices with date and source.
// SPDX-License-Identifier: Apache-2.0
import { chart } from './chart.mjs';
import { tryDocument } from './data.mjs';
import { make, name } from './dom.mjs';
import { standingMark } from './estimate.mjs';
import { count, measure, shortHardware } from './format.mjs';
import { writeState } from './state.mjs';
import { frontierOf, pointsOf, yardsticks } from './worth.mjs';

const LABELS_SHOWN = 24;
const ROWS_SHOWN = 200;

const dollars = (value) => `$${measure(value)}`;
const where = (point) => (point.kind === 'sold' ? point.provider ?? 'sold' : `${point.machine.accelerator_count > 1 ? `${point.machine.accelerator_count} × ` : ''}${shortHardware(point.machine.hardware)}, ${count(point.machine.streams, 'stream')}`);
const what = (point) => [point.name.replace(/^[\w.-]+\//, ''), point.quantization].filter(Boolean).join(' ');

function drawing(points, frontier, words) {
	const named = new Set(frontier.slice(0, LABELS_SHOWN));
	return chart({ label: 'Quality against cost', axes: { x: { title: 'US dollars per million output tokens', log: true, tick: (v) => `$${measure(v)}` }, y: { title: words } },
		points: points.map((point) => ({ x: point.cost, y: point.quality.point, ...(point.quality.low < point.quality.high && point.quality.voters > 1 ? { low: point.quality.low, high: point.quality.high } : {}), small: !named.has(point),
			kind: point.kind === 'sold' ? 'closed' : point.quality.voters > 1 ? '' : 'lone', label: named.has(point) ? what(point) : undefined, href: point.document ? writeState({ model: point.document }) : undefined,
			title: `${what(point)}, ${where(point)}: ${dollars(point.cost)} per million tokens, ${measure(point.quality.point)}` })),
		lines: [frontier.map((point) => [point.cost, point.quality.point])],
		caption: 'Further left is cheaper, further up is better. Black points are sold by the token, the others cost what their hardware costs. The dashed line joins what nothing is both cheaper and better than, by the points alone; intervals stand in the table.' });
}

function source(price) {
	if (!price)
		return '–';
	const text = `${dollars(price.amount)}${price.providers > 1 ? `, median of ${price.providers}` : ''}`;
	const day = String(price.date ?? '').slice(0, 10);
	return [price.index !== undefined ? make('a', { href: writeState({ statement: String(price.index) }) }, text) : text, make('small', { class: 'reason' }, day, ' ', price.source ? make('bdi', { class: 'said' }, price.source) : null)];
}

function row(point, best) {
	const q = point.quality;
	return make('tr', {}, make('th', { scope: 'row' }, best ? make('span', { title: 'Nothing is both cheaper and better' }, '◆ ') : null, point.document ? make('a', { href: writeState({ model: point.document }) }, name(point.name)) : name(point.name), point.quantization ? [' ', name(point.quantization)] : null),
		make('td', {}, where(point)), make('td', { class: 'number' }, dollars(point.cost)), make('td', { class: 'number' }, measure(q.point), q.low < q.high ? make('small', {}, ` ${measure(q.low)} – ${measure(q.high)}`) : null),
		make('td', {}, standingMark(q.standing)), make('td', {}, source(point.kind === 'sold' ? point.seller.output : point.price)));
}

function table(points, frontier) {
	const best = new Set(frontier);
	const list = [...points].sort((a, b) => a.cost - b.cost).slice(0, ROWS_SHOWN);
	return make('div', { class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': 'Models by cost' }, make('table', {},
		make('thead', {}, make('tr', {}, ['Model', 'Where', 'Per million tokens', 'Quality', 'Standing', 'Price, date, source'].map((head, at) => make('th', { scope: 'col', class: at === 2 || at === 3 ? 'number' : undefined }, head)))),
		make('tbody', {}, list.map((point) => row(point, best.has(point))))));
}

// A slider whose value lies in the address under a name; draw() when it moves.
function dial(state, key, { title, min, max, step, usual, words }, change, draw) {
	const shown = () => (state[key] === '' ? usual : Number(state[key]));
	const output = make('output', {}, words(shown()));
	return make('label', {}, make('span', {}, title), output, make('input', { type: 'range', name: key, min, max, step, value: shown(), oninput: (event) => {
		change({ [key]: Number(event.target.value) === usual ? '' : event.target.value }, true);
		output.textContent = words(shown());
		draw();
	} }));
}

const dials = {
	hourly: { title: 'Price of one device', min: 0, max: 8, step: 0.05, usual: 0, words: (v) => (v > 0 ? `${dollars(v)} an hour` : 'as dated') },
	use: { title: 'Utilisation', min: 5, max: 100, step: 5, usual: 100, words: (v) => `${v} %` },
	streams: { title: 'Streams at a time, at most', min: 0, max: 64, step: 1, usual: 0, words: (v) => (v > 0 ? String(v) : 'as measured') },
};

export async function valueView(state, { say, change }) {
	const [value, reported] = await Promise.all([tryDocument('value.json', 'assay-value-v1'), tryDocument('reported.json', 'assay-reported-v1')]);
	if (!value)
		return { title: 'Value', parts: [make('h1', {}, 'Value'), make('p', { class: 'empty' }, 'This server does not publish what quality costs (data/v1/value.json). Prices that were signed stand in ',
			make('a', { href: writeState({ log: 'latest' }) }, 'the log'), '.')] };
	const sticks = yardsticks(value, reported);
	const chosen = () => sticks.find((stick) => stick.key === state.quality) ?? sticks[0];
	const body = make('div', {});
	const draw = () => {
		const points = chosen() ? pointsOf(value, reported, chosen().key, { hourly: Number(state.hourly) || 0, use: (Number(state.use) || 100) / 100, streams: Number(state.streams) || 0 }) : [];
		const frontier = frontierOf(points);
		body.replaceChildren(...(points.length > 0 ? [drawing(points, frontier, chosen().words), table(points, frontier)]
			: [make('p', { class: 'empty' }, 'No model has both a price and a quality by this yardstick yet. A quality suite (assay run chat) and a price (assay price, or a catalogued machine) bring one here.')]));
		say(`${count(points.length, 'point')}, log size ${value.log_size}`);
	};
	draw();
	return { title: 'Value', parts: [make('header', { class: 'head' }, make('h1', {}, 'Value'), make('p', { class: 'lead' }, 'What does quality cost per million tokens, at home, rented, and bought?')),
		sticks.length > 0 && make('form', { class: 'controls', onsubmit: (event) => event.preventDefault() }, make('select', { class: 'wide', name: 'quality', 'aria-label': 'Yardstick of quality', onchange: (event) => {
			change({ quality: event.target.value });
			draw();
		} }, sticks.map((stick) => make('option', { value: stick.key, selected: stick === chosen() }, `${stick.words} (${count(stick.n, 'model')})`)))),
		make('div', { class: 'dials' }, Object.entries(dials).map(([key, settings]) => dial(state, key, settings, change, draw))), body,
		make('section', {}, make('h2', {}, 'How it is computed'), make('p', { class: 'formula' }, `${value.formulas.usd_per_million_tokens} / utilisation`),
			make('p', { class: 'lead' }, 'Tokens per second are the highest measured total of the machine; prices are those in force, each with its date and source. The sliders compute in your browser and change nothing else.'))] };
}
