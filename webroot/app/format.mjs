// format.mjs — numbers, times and names as people read them. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0

const group = new Intl.NumberFormat('en', { maximumFractionDigits: 0, useGrouping: true });

const HUGE = 1e16;
const DECIMALS_MAX = 12;

// Three significant digits: what an estimate without an interval can bear.
export function measure(value) {
	if (!Number.isFinite(value))
		return '–';
	const size = Math.abs(value);
	if (size >= HUGE)
		return value.toExponential(2);
	if (size >= 1000)
		return group.format(Number(value.toPrecision(3)));
	if (size === 0 || size >= 0.001)
		return String(Number(value.toPrecision(3)));
	return value.toExponential(2);
}

// Money as people write it: whole cents at least where there are cents.
export function dollars(value) {
	const text = measure(value);
	return `$${/^\d{1,2}(\.\d)?$/.test(text) ? Number(text).toFixed(2) : text}`;
}

// A value to a place given as a power of ten: rounded(1234.5, 1) is 1,230.
export function rounded(value, place) {
	if (!Number.isFinite(value))
		return '–';
	if ((value !== 0 && Math.abs(value) < 0.001) || Math.abs(value) >= HUGE)
		return value.toExponential(2);
	const decimals = Math.min(DECIMALS_MAX, Math.max(0, -place)); // a stated spread may be as small as it likes
	const text = (place > 0 ? Math.round(value / 10 ** place) * 10 ** place : value).toFixed(decimals);
	return Math.abs(value) < 1000 ? text : Number(text).toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

// Marks of an axis: 100k for 100,000.
export function tickText(value) {
	for (const [size, letter] of [[1e9, 'G'], [1e6, 'M'], [1e4, 'k']])
		if (Math.abs(value) >= size)
			return `${Number((value / (letter === 'k' ? 1e3 : size)).toPrecision(3))}${letter}`;
	return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(0) : String(Number(value.toPrecision(3)));
}

// A device as people call it; its whole name stands in the title.
export const shortHardware = (text) => text.replace(/\b(NVIDIA (GeForce )?|AMD (?=Radeon|Instinct|EPYC|Ryzen|RYZEN)|Intel\((R|TM)\) (Core\(TM\) |Xeon\(R\) )?)/g, '')
	.replace(/ (\d+-Core )?Processor\b| CPU @ .*$/g, '');

export function exact(value, unit) {
	return `${value} ${unit}`.trim();
}

export function count(n, one, many = `${one}s`) {
	return `${group.format(n)} ${n === 1 ? one : many}`;
}

export function bytes(n) {
	const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
	let at = 0;
	let value = n;
	while (value >= 1024 && at < units.length - 1) {
		value /= 1024;
		at++;
	}
	return `${Number(value.toPrecision(3))} ${units[at]}`;
}

export function parameters(n) {
	for (const [size, letter] of [[1e12, 'T'], [1e9, 'B'], [1e6, 'M'], [1e3, 'K']])
		if (n >= size)
			return `${Number((n / size).toPrecision(3))}${letter}`;
	return String(n);
}

// A time to the second, in words that need no decoding; text that is no time stays as it is.
export const moment = (time) => time.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/, '$1 $2 UTC');

// "3 hours ago", of a time in words or in milliseconds; the absolute time belongs into a title.
export function ago(time, now) {
	const seconds = Math.max(0, (now - (typeof time === 'number' ? time : Date.parse(time))) / 1000);
	for (const [size, word] of [[31536000, 'year'], [2592000, 'month'], [86400, 'day'], [3600, 'hour'], [60, 'minute']])
		if (seconds >= size)
			return `${count(Math.floor(seconds / size), word)} ago`;
	return 'just now';
}

// llama-bench's own name of a test point.
export function testPoint(fields) {
	const prompt = Number(fields['conditions.n_prompt'] ?? 0);
	const generated = Number(fields['conditions.n_gen'] ?? 0);
	const depth = Number(fields['conditions.n_depth'] ?? 0);
	const parts = [prompt > 0 && `pp${prompt}`, generated > 0 && `tg${generated}`].filter(Boolean);
	return (parts.join('+') || '–') + (depth > 0 ? ` @ d${depth}` : '');
}

export function kvType(fields) {
	const k = fields['conditions.type_k'];
	const v = fields['conditions.type_v'];
	return k === v ? k ?? '' : `${k}/${v}`;
}

const labels = {
	accelerator_count: 'Accelerators', backend: 'Backend', base: 'Base', engine: 'Engine', hardware: 'Hardware',
	judge: 'Judge', judge_prompt: 'Judge prompt', offload: 'Offload', subject: 'Subject',
	bits_per_weight: 'Bits per weight', cpu: 'CPU', duration_s: 'Duration', memory_mib: 'Memory', os: 'Operating system',
	pow: 'Proof of work', pow_bits: 'Proof of work, bits', power_limit_w: 'Power limit', sha256: 'SHA-256', size_bytes: 'Size',
	prefill: 'Prefill', decode: 'Decode', prefill_decode: 'Prefill + decode', perplexity: 'Perplexity',
	perplexity_ratio: 'Perplexity ratio', kl_divergence_mean: 'Mean KL divergence', kl_divergence_median: 'Median KL divergence',
	kl_divergence_p999: '99.9 % KL divergence', kl_divergence_max: 'Maximum KL divergence', delta_p_rms: 'RMS Δp',
	same_top_token: 'Same top token', text_sha256: 'Text', n_ctx: 'Context', chunks: 'Chunks', n_gpu_layers: 'GPU layers',
};

// A field or metric nobody named here goes by its own name.
export function label(name) {
	const plain = name.replace(/^conditions\./, '');
	return labels[plain] ?? (plain.charAt(0).toUpperCase() + plain.slice(1)).replaceAll('_', ' ');
}

// Characters that change how others look, but are not seen themselves, as their escapes.
export const visible = (text) => text.replace(/[^\P{C}\n\t]|[\u2028\u2029]/gu,
	(char) => (char.codePointAt(0) > 0xffff ? `\\u{${char.codePointAt(0).toString(16)}}`
		: `\\u${char.codePointAt(0).toString(16).padStart(4, '0')}`));

// States of a submission, told apart by word and shape.
export const stateWords = { counted: '● counted', held: '◇ held', superseded: '→ superseded', retracted: '× retracted',
	quarantined: '◆ quarantined', void: '– void' };
