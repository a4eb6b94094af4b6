// worth.mjs — quality against cost: the points of the value view and their frontier. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0
import { label } from './format.mjs';

// US dollars for a million tokens: the formula that the server's document states, with the share of the time that is used.
export const costOf = (hourly, devices, rate, use = 1) => hourly * devices * 1e6 / (3600 * rate * use);

const measured = (q) => ({ key: `${q.suite.name}/${q.suite.version} ${q.metric}${q.judge ? ` ${q.judge}` : ''}`, words: `${q.suite.name} · ${label(q.metric).toLowerCase()}${q.judge ? `, judged by ${q.judge}` : ''}` });
const told = (r) => ({ key: `reported ${r.benchmark} ${r.metric}${r.judge ? ` ${r.judge}` : ''}`, words: `${r.benchmark} · ${label(r.metric).toLowerCase()}, as reported elsewhere` });

// Names are the same if they differ in case and punctuation alone; nothing is guessed beyond that.
const plain = (name) => String(name ?? '').toLowerCase().replaceAll(/[^a-z0-9]/g, '');

const tables = { mt_bench: ['MT-Bench', 'overall', 'overall'], alpaca_eval: ['AlpacaEval 2', 'length_controlled_win_rate', 'lc_win_rate'] };

// Scores that others published, of closed models too: plain name → scores as a model of the value document has them.
function reportedBy(reported) {
	const found = new Map();
	for (const [table, [benchmark, metric, member]] of Object.entries(tables))
		for (const row of (reported?.[table] ?? []).filter((one) => Number.isFinite(one[member]) && !one.adversarial)) {
			const score = { benchmark, metric, value: row[member], judge: row.judge, source: row.source, date: row.date };
			for (const key of new Set([plain(row.model), plain(row.hf_repo)].filter(Boolean)))
				found.set(key, [...found.get(key) ?? [], score]);
		}
	return found;
}

// Yardsticks of quality: [{ key, words, n: models, hosted: of those whose speed was measured here }], those of most hosted
// models first, then those of most models.
export function yardsticks(value, reported) {
	const found = new Map();
	const add = ({ key, words }, hosted) => {
		const before = found.get(key) ?? { n: 0, hosted: 0 };
		found.set(key, { key, words, n: before.n + 1, hosted: before.hosted + Number(hosted) });
	};
	for (const model of value.models) {
		const own = new Map([...model.quality.map(measured), ...model.reported.map(told)].map((stick) => [stick.key, stick]));
		own.forEach((stick) => add(stick, model.self_hosted.length > 0));
	}
	for (const score of new Set([...reportedBy(reported).values()].flat()))
		add(told(score), false);
	return [...found.values()].sort((a, b) => b.hosted - a.hosted || b.n - a.n);
}

// A model's quality by a yardstick: of the variant itself where it was measured, else of the model as reported.
function qualityOf(model, subject, key) {
	const own = model.quality.filter((q) => measured(q).key === key);
	const q = own.find((one) => one.subject === subject);
	if (q)
		return { point: q.point, low: q.low, high: q.high, standing: q.standing, voters: q.voters };
	const r = model.reported.find((one) => told(one).key === key);
	return r && { point: r.value, standing: 'reported', voters: 1, source: r.source };
}

// How many streams at a time were measured on any machine, ascending.
export const levelsOf = (value) => [...new Set(value.models.flatMap((model) => model.self_hosted.flatMap((machine) => machine.levels.map((level) => level.streams))))].sort((a, b) => a - b);

// A machine's measured rate with so many streams at a time, 0: the busiest that was measured. Where that number was not
// measured, the nearest lower one that was: { streams, rate, exact }. Null where none was: nothing is made up between.
export function levelAt(machine, streams) {
	const level = streams > 0 ? machine.levels.findLast((one) => one.streams <= streams) : { streams: machine.streams, rate: machine.rate };
	return level ? { ...level, exact: streams === 0 || level.streams === streams } : null;
}

// What its tokens cost at a level, with the interval of the rate: { cost, low?, high? }.
function costAt(level, price, devices, use) {
	const of = (rate) => costOf(price, devices, rate, use);
	const { point, low, high, voters } = level.rate;
	return { cost: of(point), ...(voters > 1 && low > 0 && low < high ? { low: of(high), high: of(low) } : {}) };
}

function* hostedPoints(model, key, { hourly, use, streams }) {
	for (const machine of model.self_hosted) {
		const price = hourly || machine.price_per_hour?.amount;
		const quality = qualityOf(model, machine.subject, key);
		const level = levelAt(machine, streams);
		const devices = Math.max(1, Number(machine.accelerator_count));
		if (quality && price > 0)
			yield { kind: 'self-hosted', name: model.name, document: model.document, quantization: machine.quantization, machine, quality, hourly: price, price: hourly ? null : machine.price_per_hour,
				devices, level, ...(level ? costAt(level, price, devices, use) : {}) };
	}
}

// { points, unmeasured } by the choices { hourly: dollars or 0 for the dated prices, use: 0 to 1, streams: at a time, or 0 for the
// busiest measured }; unmeasured: machines that have a price and a quality and no rate with so few streams.
export function pointsOf(value, reported, key, { hourly = 0, use = 1, streams = 0 } = {}) {
	const hosted = value.models.flatMap((model) => [...hostedPoints(model, key, { hourly, use, streams })]);
	const points = hosted.filter((point) => point.level);
	const unmeasured = hosted.length - points.length;
	const scores = reportedBy(reported);
	const known = new Map(value.models.flatMap((model) => [[model.name, model], [model.facts?.hf_repo, model]]));
	for (const seller of value.sold.filter((one) => one.output?.amount > 0)) {
		const model = known.get(seller.hf_repo) ?? known.get(seller.model);
		const score = (scores.get(plain(seller.model)) ?? scores.get(plain(seller.hf_repo)) ?? []).find((r) => told(r).key === key);
		const quality = score ? { point: score.value, standing: 'reported', voters: 1, source: score.source } : model && qualityOf(model, model.quality[0]?.subject, key);
		if (quality)
			points.push({ kind: 'sold', name: seller.model, provider: seller.provider, seller, quality, cost: seller.output.amount, closed: seller.kind === 'closed' });
	}
	return { points, unmeasured };
}

// Points that nothing is both cheaper and better than, cheapest first.
export function frontierOf(points) {
	const sorted = [...points].sort((a, b) => a.cost - b.cost || b.quality.point - a.quality.point);
	let best = -Infinity;
	return sorted.filter((point) => {
		const better = point.quality.point > best;
		best = Math.max(best, point.quality.point);
		return better;
	});
}
