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

// Yardsticks of quality, those that most models have first: [{ key, words, n }].
export function yardsticks(value, reported) {
	const found = new Map();
	const add = ({ key, words }) => found.set(key, { key, words, n: (found.get(key)?.n ?? 0) + 1 });
	for (const model of value.models) {
		new Map(model.quality.map((q) => [measured(q).key, measured(q)])).forEach(add);
		new Map(model.reported.map((r) => [told(r).key, told(r)])).forEach(add);
	}
	for (const score of new Set([...reportedBy(reported).values()].flat()))
		add(told(score));
	return [...found.values()].sort((a, b) => b.n - a.n);
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

// Choices: { hourly: dollars or 0 for the dated prices, use: 0 to 1, streams: at most so many, 0 for any }.
export function pointsOf(value, reported, key, { hourly = 0, use = 1, streams = 0 } = {}) {
	const points = [];
	for (const model of value.models)
		for (const machine of model.self_hosted) {
			const price = hourly || machine.price_per_hour?.amount;
			const quality = qualityOf(model, machine.subject, key);
			if (!quality || !(price > 0) || (streams > 0 && machine.streams > streams))
				continue;
			points.push({ kind: 'self-hosted', name: model.name, document: model.document, quantization: machine.quantization, machine, quality, price: machine.price_per_hour,
				cost: costOf(price, Math.max(1, Number(machine.accelerator_count)), machine.rate.point, use) });
		}
	const scores = reportedBy(reported);
	const known = new Map(value.models.flatMap((model) => [[model.name, model], [model.facts?.hf_repo, model]]));
	for (const seller of value.sold.filter((one) => one.output?.amount > 0)) {
		const model = known.get(seller.hf_repo) ?? known.get(seller.model);
		const score = (scores.get(plain(seller.model)) ?? scores.get(plain(seller.hf_repo)) ?? []).find((r) => told(r).key === key);
		const quality = score ? { point: score.value, standing: 'reported', voters: 1, source: score.source } : model && qualityOf(model, model.quality[0]?.subject, key);
		if (quality)
			points.push({ kind: 'sold', name: seller.model, provider: seller.provider, seller, quality, cost: seller.output.amount, closed: seller.kind === 'closed' });
	}
	return points;
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
