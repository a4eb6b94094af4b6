// value.mjs — what quality costs: closed and self-hosted models on one axis, by prices with date and source.
// SPDX-License-Identifier: Apache-2.0
import { chart } from './chart.mjs';
import { tryDocument } from './data.mjs';
import { make, name } from './dom.mjs';
import { estimated, intervalText, standingMark } from './estimate.mjs';
import { count, dollars, measure, shortHardware } from './format.mjs';
import { writeState } from './state.mjs';
import { frontierOf, levelsOf, pointsOf, yardsticks } from './worth.mjs';

const LABELS_SHOWN = 24;
const ROWS_SHOWN = 200;

const machineOf = ({ machine }) => `${machine.accelerator_count > 1 ? `${machine.accelerator_count} × ` : ''}${shortHardware(machine.hardware)}`;
const atOnce = (level) => (level.exact ? `${count(level.streams, 'stream')} measured` : `of ${count(level.streams, 'stream')}, the nearest fewer measured`);
const where = (point) => (point.kind === 'sold' ? point.provider ?? 'sold' : machineOf(point));
const what = (point) => [point.name.replace(/^[\w.-]+\//, ''), point.quantization].filter(Boolean).join(' ');

function titleOf(point) {
	const rate = point.level ? `, ${measure(point.level.rate.point)} tokens/s with ${count(point.level.streams, 'stream')}` : '';
	return `${what(point)}, ${where(point)}${rate}: ${dollars(point.cost)} per million tokens, quality ${measure(point.quality.point)}`;
}

function drawing(points, frontier, words) {
	const named = new Set(frontier.slice(0, LABELS_SHOWN));
	return chart({ label: 'Quality against cost', axes: { x: { title: 'US dollars per million output tokens', log: true, tick: dollars }, y: { title: words } },
		points: points.map((point) => ({ x: point.cost, y: point.quality.point, ...(point.quality.low < point.quality.high && point.quality.voters > 1 ? { low: point.quality.low, high: point.quality.high } : {}), small: !named.has(point),
			kind: point.kind === 'sold' ? 'closed' : point.quality.voters > 1 ? '' : 'lone', label: named.has(point) ? what(point) : undefined, href: point.document ? writeState({ model: point.document }) : undefined,
			title: titleOf(point) })),
		lines: [frontier.map((point) => [point.cost, point.quality.point])],
		caption: 'Further left is cheaper, further up is better. Black points are sold by the token, the others cost what their hardware costs. The dashed line joins what nothing is both cheaper and better than, by the points alone; intervals stand in the table.' });
}

function source(price) {
	if (!price)
		return 'your price';
	const text = `${dollars(price.amount)}${price.providers > 1 ? `, median of ${price.providers}` : ''}`;
	const day = String(price.date ?? '').slice(0, 10);
	return [price.index !== undefined ? make('a', { href: writeState({ statement: String(price.index) }) }, text) : text,
		make('small', { class: 'reason source' }, day, ' ', price.source ? name(price.source, {}, price.source.replace(/^https?:\/\/(www\.)?/, '')) : null)];
}

const range = (text) => make('small', { class: 'reason' }, text);
const costRange = ({ low, high }) => (low < high ? range(`${dollars(low)} – ${dollars(high)}`) : null);

function rateCell({ level }) {
	return level ? [`${measure(level.rate.point)} tokens/s`, make('small', { class: 'reason' }, atOnce(level))] : '–';
}

function row(point, best) {
	const q = point.quality;
	return make('tr', {}, make('td', { class: 'best' }, best ? make('span', { role: 'img', 'aria-label': 'Nothing is both cheaper and better', title: 'Nothing is both cheaper and better' }, '◆') : null),
		make('th', { scope: 'row' }, point.document ? make('a', { href: writeState({ model: point.document }) }, name(point.name)) : name(point.name), point.quantization ? make('small', { class: 'reason' }, name(point.quantization)) : null),
		make('td', {}, name(where(point))), make('td', { class: 'number' }, dollars(point.cost), costRange(point)), make('td', { class: 'number' }, rateCell(point)),
		make('td', { class: 'number' }, q.low < q.high ? [estimated(q), range(intervalText(q))] : measure(q.point)),
		make('td', {}, standingMark(q.standing)), make('td', {}, source(point.kind === 'sold' ? point.seller.output : point.price)));
}

function table(points, frontier) {
	const best = new Set(frontier);
	const list = [...points].sort((a, b) => a.cost - b.cost).slice(0, ROWS_SHOWN);
	const heads = [[make('span', { class: 'sr' }, 'Frontier')], ['Model'], ['Where'], ['Per million tokens', true], ['Measured rate', true], ['Quality', true], ['Standing'], ['Price, date, source']];
	return [points.length > ROWS_SHOWN && make('p', { class: 'lead' }, `The ${ROWS_SHOWN} cheapest of ${points.length}; ◆ marks those on the dashed line.`),
		make('div', { class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': 'Models by cost' }, make('table', {},
			make('thead', {}, make('tr', {}, heads.map(([head, number]) => make('th', { scope: 'col', class: number ? 'number' : undefined }, head)))),
			make('tbody', {}, list.map((point) => row(point, best.has(point))))))].filter(Boolean);
}

/* ---- the formula, with the numbers of one point ---- */

function formula(stated, points, frontier, { use, streams }) {
	const level = streams > 0 ? ` with ${count(streams, 'stream')} at a time` : ', all streams of the busiest measured load together';
	const example = [...frontier, ...points].find((point) => point.level);
	return [make('p', { class: 'formula' }, `${stated.replace('tokens per second', `tokens per second${level}`)} / utilisation`),
		example && make('p', { class: 'formula' }, name(`${what(example)}, ${where(example)}`), `: ${dollars(example.hourly)} × ${example.devices} × 1,000,000 / (3600 × ${measure(example.level.rate.point)} tokens/s) / ${use} = ${dollars(example.cost)}`,
			example.level.exact ? '' : ` (${count(streams, 'stream')} not measured: the rate of ${example.level.streams})`)].filter(Boolean);
}

function unmeasuredWords(points, unmeasured, streams) {
	const lower = points.filter((point) => point.level && !point.level.exact).length;
	const said = [lower > 0 && `${lower} of ${points.filter((point) => point.level).length} machines were not measured with ${count(streams, 'stream')} at a time: they stand with the nearest lower number that was, so the true cost is likely less.`,
		unmeasured > 0 && `${count(unmeasured, 'machine')} ${unmeasured === 1 ? 'was' : 'were'} measured with more only, and ${unmeasured === 1 ? 'is' : 'are'} left out.`].filter(Boolean);
	return said.length > 0 ? make('p', { class: 'lead' }, said.join(' ')) : null;
}

/* ---- the sliders ---- */

// A slider whose value lies in the address under a name; draw() when it moves. stops: its values, else from min to max by step.
// read(): what the address says.
function dial(key, { title, min, max, step, usual, stops, words, read }, change, draw) {
	const output = make('output', {}, words(read()));
	const of = (at) => (stops ? stops[at] : at);
	const set = stops ? { min: 0, max: stops.length - 1, step: 1, value: stops.indexOf(read()) } : { min, max, step, value: read() };
	return make('label', {}, make('span', {}, title), output, make('input', { type: 'range', name: key, ...set, 'aria-valuetext': words(read()), oninput: (event) => {
		const value = of(Number(event.target.value));
		change({ [key]: value === usual ? '' : String(value) }, true);
		output.textContent = words(read());
		event.target.setAttribute('aria-valuetext', words(read()));
		draw();
	} }));
}

const chosenHourly = (state) => Number(state.hourly) || 0;
const chosenUse = (state) => Number(state.use) || 100;
const chosenStreams = (state) => (/^[1-9]\d{0,5}$/.test(state.streams) ? Number(state.streams) : 0);

const dialsOf = (state, value) => ({
	hourly: { title: 'Price of one device', min: 0, max: 8, step: 0.05, usual: 0, read: () => chosenHourly(state), words: (v) => (v > 0 ? `${dollars(v)} an hour` : 'as dated') },
	use: { title: 'Utilisation', min: 5, max: 100, step: 5, usual: 100, read: () => chosenUse(state), words: (v) => `${v} %` },
	streams: { title: 'Streams at a time', usual: 0, read: () => chosenStreams(state), stops: [...new Set([0, ...levelsOf(value), chosenStreams(state)])].sort((a, b) => a - b), words: (v) => (v > 0 ? String(v) : 'the busiest measured') },
});

export async function valueView(state, { say, change }) {
	const [value, reported] = await Promise.all([tryDocument('value.json', 'assay-value-v1'), tryDocument('reported.json', 'assay-reported-v1')]);
	if (!value)
		return { title: 'Value', parts: [make('h1', {}, 'Value'), make('p', { class: 'empty' }, 'This server does not publish what quality costs (data/v1/value.json). Prices that were signed stand in ',
			make('a', { href: writeState({ log: 'latest' }) }, 'the log'), '.')] };
	const sticks = yardsticks(value, reported);
	const chosen = () => sticks.find((stick) => stick.key === state.quality) ?? sticks[0];
	const body = make('div', {});
	const computed = make('div', {});
	const draw = () => {
		const choices = { hourly: chosenHourly(state), use: chosenUse(state) / 100, streams: chosenStreams(state) };
		const { points, unmeasured } = chosen() ? pointsOf(value, reported, chosen().key, choices) : { points: [], unmeasured: 0 };
		const frontier = frontierOf(points);
		body.replaceChildren(...[unmeasuredWords(points, unmeasured, choices.streams), ...(points.length > 0 ? [drawing(points, frontier, chosen().words), ...table(points, frontier)]
			: [make('p', { class: 'empty' }, 'No model has both a price and a quality by this yardstick yet. A quality suite (assay run chat) and a price (assay price, or a catalogued machine) bring one here.')])].filter(Boolean));
		computed.replaceChildren(...formula(value.formulas.usd_per_million_tokens, points, frontier, choices));
		say(`${count(points.length, 'point')}, log size ${value.log_size}`);
	};
	draw();
	return { title: 'Value', parts: [make('header', { class: 'head' }, make('h1', {}, 'Value'), make('p', { class: 'lead' }, 'What does quality cost per million tokens, at home, rented, and bought?')),
		sticks.length > 0 && make('form', { class: 'controls', onsubmit: (event) => event.preventDefault() }, make('select', { class: 'wide', name: 'quality', 'aria-label': 'Yardstick of quality', onchange: (event) => {
			change({ quality: event.target.value });
			draw();
		} }, sticks.map((stick) => make('option', { value: stick.key, selected: stick === chosen() }, `${stick.words} (${count(stick.n, 'model')})`)))),
		make('div', { class: 'dials' }, Object.entries(dialsOf(state, value)).map(([key, settings]) => dial(key, settings, change, draw))), body,
		make('section', {}, make('h2', {}, 'How it is computed'), computed,
			make('p', { class: 'lead' }, 'A rate is what was measured with that many streams at a time, by all of them together; between measured numbers nothing is made up. ',
				'One stream is what llama-bench calls tg, or an endpoint asked one question after the other. Prices are those in force, each with its date and source. The sliders compute in your browser and change nothing else.'))] };
}
