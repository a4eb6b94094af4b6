// chart.mjs — a plane of points with intervals, as SVG: each point a link or a named thing, readable and printable.
// SPDX-License-Identifier: Apache-2.0
import { make, svg } from './dom.mjs';
import { tickText } from './format.mjs';
import { reach, scaleOf } from './scale.mjs';

const WIDEST = 760;
const NARROWEST = 320;
const HIGH = 320;
const LEFT = 58;
const RIGHT = 18;
const TOP = 14;
const BOTTOM = 40;
const LABEL_PX = 6.6;
const TICK_PX = 100;

// As wide as a phone shows it, so that what is written stays as large as elsewhere.
const widthNow = () => Math.max(NARROWEST, Math.min(WIDEST, document.documentElement.clientWidth - 32));

// Marks of an axis in as many digits as tell them apart.
function tickTexts(ticks) {
	const short = ticks.map(tickText);
	for (let digits = 3; digits < 8; digits++) {
		const texts = ticks.map((tick) => String(Number(tick.toPrecision(digits))));
		if (new Set(short).size === ticks.length)
			return short;
		if (new Set(texts).size === ticks.length)
			return texts;
	}
	return short;
}

// Names beside points, left out where they would cover another or a point.
function labels(points, taken, wide) {
	const boxes = [...taken];
	const free = (box) => boxes.every((b) => box.x1 < b.x0 || box.x0 > b.x1 || box.y1 < b.y0 || box.y0 > b.y1);
	return points.flatMap(({ x, y, label }) => {
		const long = label.length * LABEL_PX;
		const places = [[x + 8, y + 4, 'start'], [x - 8, y + 4, 'end'], [x, y - 9, 'middle'], [x, y + 18, 'middle']];
		for (const [tx, ty, anchor] of places) {
			const x0 = anchor === 'start' ? tx : anchor === 'end' ? tx - long : tx - long / 2;
			const box = { x0, x1: x0 + long, y0: ty - 10, y1: ty + 2 };
			if (x0 > LEFT && box.x1 < wide && free(box)) {
				boxes.push(box);
				return [svg('text', { x: tx, y: ty, 'text-anchor': anchor, class: 'mark' }, label)];
			}
		}
		return [];
	});
}

function frame(x, y, axes, wide) {
	const parts = [];
	const [xs, ys] = [[x, axes.x], [y, axes.y]].map(([scale, axis]) => (axis.tick ? scale.ticks.map((tick) => axis.tick(tick)) : tickTexts(scale.ticks)));
	for (const [at, tick] of y.ticks.entries())
		parts.push(svg('line', { x1: LEFT, x2: wide - RIGHT, y1: HIGH - BOTTOM - y.at(tick), y2: HIGH - BOTTOM - y.at(tick), class: 'grid' }),
			svg('text', { x: LEFT - 8, y: HIGH - BOTTOM - y.at(tick) + 4, 'text-anchor': 'end' }, ys[at]));
	for (const [at, tick] of x.ticks.entries())
		parts.push(svg('line', { x1: LEFT + x.at(tick), x2: LEFT + x.at(tick), y1: TOP, y2: HIGH - BOTTOM, class: 'grid' }),
			svg('text', { x: LEFT + x.at(tick), y: HIGH - BOTTOM + 16, 'text-anchor': 'middle' }, xs[at]));
	parts.push(svg('line', { x1: LEFT, x2: wide - RIGHT, y1: HIGH - BOTTOM, y2: HIGH - BOTTOM, class: 'axis' }),
		svg('text', { x: wide - RIGHT, y: HIGH - 6, 'text-anchor': 'end' }, axes.x.title), svg('text', { x: LEFT - 50, y: TOP - 3 }, axes.y.title));
	return parts;
}

function pointOf(point, place, scale) {
	const parts = [];
	if (Number.isFinite(point.low) && point.low !== point.high) {
		const { from, to } = reach(scale, point.low, point.high);
		parts.push(svg('line', { x1: place.x, x2: place.x, y1: HIGH - BOTTOM - from, y2: HIGH - BOTTOM - to, class: 'whisker' }));
	}
	parts.push(svg('circle', { cx: place.x, cy: place.y, r: point.small ? 3.2 : 5, class: `point ${point.kind ?? ''}` }), svg('title', {}, point.title));
	if (!point.href)
		return svg('g', {}, ...parts);
	return svg('a', { href: point.href, 'aria-label': point.title }, ...parts);
}

// How far intervals may widen the axis of y: by half of what the points span, at both ends; what reaches further is cut.
function roomFor(points) {
	const ys = points.map((p) => p.y);
	const [low, high] = [Math.min(...ys), Math.max(...ys)];
	const clamped = (v) => Math.max(low - (high - low) / 2, Math.min(high + (high - low) / 2, v));
	return points.flatMap((p) => (high > low && Number.isFinite(p.low) ? [clamped(p.low), clamped(p.high)] : []));
}

// points: { x, y, low?, high? (of y), label?, title, href?, kind? }; axes: { x, y: { title, log?, floor?, tick? } };
// lines: lists of [x, y], drawn as the frontier; band: { low, high, at } of y. Needs a caption that says it in words.
export function chart({ points, axes, lines = [], band, caption, label }) {
	const wide = widthNow();
	const ends = band ? [band.low, band.high] : roomFor(points);
	const x = scaleOf(points.map((p) => p.x), { ...axes.x, length: wide - LEFT - RIGHT, margin: 22, ticks: Math.floor(wide / TICK_PX) });
	const y = scaleOf([...points.map((p) => p.y), ...ends], { ...axes.y, length: HIGH - TOP - BOTTOM, margin: 14, ticks: 5 });
	const at = (px, py) => ({ x: LEFT + x.at(px), y: HIGH - BOTTOM - y.at(py) });
	const placed = points.map((p) => ({ ...at(p.x, p.y), label: p.label, point: p }));
	const taken = placed.map((p) => ({ x0: p.x - 5, x1: p.x + 5, y0: p.y - 5, y1: p.y + 5 }));
	const drawn = svg('svg', { viewBox: `0 0 ${wide} ${HIGH}`, role: 'group', 'aria-label': label },
		...(band ? [svg('rect', { x: LEFT, width: wide - LEFT - RIGHT, y: at(0, band.high).y, height: Math.max(1, at(0, band.low).y - at(0, band.high).y), class: 'band' })] : []),
		...frame(x, y, axes, wide),
		...(band ? [svg('line', { x1: LEFT, x2: wide - RIGHT, y1: at(0, band.at).y, y2: at(0, band.at).y, class: 'median' })] : []),
		...lines.filter((line) => line.length > 1).map((line) => svg('polyline', { points: line.map(([px, py]) => `${at(px, py).x},${at(px, py).y}`).join(' '), class: 'frontier' })),
		...placed.map((p) => pointOf(p.point, p, y)),
		...labels(placed.filter((p) => p.label), taken, wide));
	return make('figure', { class: 'chart' }, drawn, make('figcaption', {}, caption));
}
