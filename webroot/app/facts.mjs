// facts.mjs — what a statement says, as words and rows. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0
//
// A text is a list of parts: a string is ours, { name } is a stranger's, { code } a digest or key. Nothing
// here believes in the form of a payload: it may have been tampered with on its way.
import { bytes, count, label, measure, moment, parameters, rounded, testPoint } from './format.mjs';
import { readPolicy } from './policy.mjs';

const common = ['audience', 'key', 'nonce', 'created_at', 'seen'];
const VALUES_SHOWN = 32;

const list = (value) => (Array.isArray(value) ? value : []);
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const named = (value) => ({ name: typeof value === 'string' ? value : JSON.stringify(value) ?? '–' });

const measures = {
	memory_mib: (v) => bytes(v * 2 ** 20), size_bytes: bytes, bytes, parameters, active_parameters: parameters,
	power_limit_w: (v) => `${v} W`, duration_s: (v) => `${v} s`,
};

function part(key, value) {
	if (typeof value === 'number')
		return (measures[key] ?? String)(value);
	if (typeof value === 'boolean')
		return value ? 'yes' : 'no';
	if (typeof value === 'string' && /^([0-9a-f]{64}|[A-Za-z0-9+/]{43}=)$/.test(value))
		return { code: value };
	return named(typeof value === 'string' ? moment(value) : value);
}

const commas = (texts) => texts.flatMap((text, at) => (at > 0 ? [', ', ...text] : text));

// Equal devices are said once.
function devices(accelerators, memory = (mib) => (mib ? ` (${measures.memory_mib(mib)})` : '')) {
	const seen = new Map();
	for (const one of list(accelerators)) {
		const key = JSON.stringify(one);
		seen.set(key, { one, n: (seen.get(key)?.n ?? 0) + 1 });
	}
	return commas([...seen.values()].map(({ one, n }) => [n > 1 ? `${n} × ` : '', named(one?.name), memory(one?.memory_mib)]));
}

// Rows [label, text] of any value, whatever is in it.
function rowsOf(key, title, value) {
	if (key === 'accelerators')
		return [[title, value?.length === 0 ? ['none'] : devices(value)]];
	if (isObject(value))
		return Object.entries(value).flatMap(([name, inner]) =>
			rowsOf(name, name === 'name' ? title : `${title} · ${label(name)}`, inner));
	if (!Array.isArray(value))
		return [[title, [part(key, value)]]];
	if (value.length > VALUES_SHOWN)
		return [[title, [count(value.length, 'value')]]];
	if (value.some((one) => typeof one === 'object' && one !== null))
		return value.flatMap((one, at) => rowsOf(key, `${title} ${at + 1}`, one));
	return [[title, value.length === 0 ? ['none'] : commas(value.map((one) => [part(key, one)]))]];
}

const members = (value) => (isObject(value) ? Object.entries(value) : []);
const rowsIn = (object) => members(object).flatMap(([key, value]) => rowsOf(key, label(key), value));

const without = (object, left) => Object.fromEntries(members(object).filter(([key]) => !left.includes(key)));

// Sections [title, rows] of a payload; results stand in a table of their own.
export function sectionsOf(kind, body) {
	const own = without(body, common);
	if (kind !== 'submission' && kind !== 'intent')
		return [['What it says', rowsIn(own)]];
	return [
		['Model', rowsIn(own.model)],
		['Engine', rowsIn(own.engine)],
		['Hardware', rowsIn(own.hardware)],
		['Run', rowsIn(without(own, ['model', 'engine', 'hardware', 'results']))],
	].filter(([, rows]) => rows.length > 0);
}

const testConditions = ['n_prompt', 'n_gen', 'n_depth'];

const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);
const SPREAD_DIGITS = 2;

// A number and its spread, to two digits of the spread; without one in three digits, whole numbers whole. signed: every digit.
function measured(result) {
	const [word, spread] = isNumber(result.sd) ? ['sd', result.sd] : isNumber(result.se) ? ['se', result.se] : [];
	const place = spread > 0 ? Math.floor(Math.log10(spread)) - (SPREAD_DIGITS - 1) : NaN;
	const shown = (v) => (!isNumber(v) ? String(v) : Number.isFinite(place) ? rounded(v, place) : Number.isSafeInteger(v) ? v.toLocaleString('en') : measure(v));
	return { value: { text: shown(result.value), signed: String(result.value) },
		spread: word ? { text: `± ${shown(spread)} ${word}`, signed: String(spread) } : null };
}

// { shared: [[label, text]], rows: [{ metric, test, conditions, value: { text, signed }, unit, spread: the same or null, n }] };
// units: metric → unit.
export function resultsOf(body, units) {
	const results = list(body.results).filter(isObject);
	const all = results.map((result) => without(result.conditions, testConditions));
	const same = (key) => results.length > 1 && all.every((one) => one[key] === all[0][key]);
	const shared = Object.keys(all[0] ?? {}).filter(same);
	const pairs = (object) => Object.entries(object).map(([key, value]) => [label(key), [part(key, value)]]);
	return { shared: pairs(Object.fromEntries(shared.map((key) => [key, all[0][key]]))),
		rows: results.map((result, at) => ({
			metric: typeof result.metric === 'string' ? label(result.metric) : '–',
			test: testPoint(Object.fromEntries(members(result.conditions).map(([key, value]) => [`conditions.${key}`, value]))),
			conditions: pairs(without(all[at], shared)),
			...measured(result), unit: units.get(result.metric) ?? '', n: isNumber(result.n) ? result.n.toLocaleString('en') : String(result.n),
		})) };
}

const code = (text) => ({ code: String(text) });
const where = (hardware) => (list(hardware?.accelerators).length > 0 ? devices(hardware.accelerators, () => '') : [named(hardware?.cpu?.name)]);

const summaries = {
	config: (b) => [`rules ${Number(b.rules)}, ${count(list(b.suites).length, 'suite')}, proof of work of ${Number(b.pow_bits)} bits`],
	enrolment: (b) => [named(b.name), ' joins'],
	key: (b) => (b.revoke === undefined ? ['adds the key ', code(b.add)] : ['revokes the key ', code(b.revoke)]),
	intent: (b) => ['is about to measure ', named(b.model?.name), ' on ', ...where(b.hardware)],
	submission: (b) => [named(b.model?.name), ' ', ...(b.model?.quantization ? [named(b.model.quantization), ' '] : []),
		`· ${count(list(b.results).length, 'result')} on `, ...where(b.hardware)],
	retraction: (b) => ['takes back ', code(b.target), ': ', named(b.reason)],
	act: (b) => [named(b.act), ' ', code(b.target), ': ', named(b.reason)],
	watch: (b) => ['has a policy watched: ', named(readPolicy(b.policy)?.candidate)],
	decision: (b) => [named(b.override?.result ?? b.result), ' for ', named(b.candidate)],
	price: (b) => [named(b.name), ` costs ${b.amount} ${b.currency} (${label(String(b.unit))})`],
};

// One line for the list of the log.
export function summaryOf(statement) {
	if (statement.trouble)
		return [`cannot be read: ${statement.trouble}`];
	if (statement.withheld)
		return ['withheld'];
	return (summaries[statement.kind] ?? (() => []))(statement.body);
}
