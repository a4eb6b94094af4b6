// policy.mjs — a release policy in plain words, and the limits of its rules. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0

// The policy of a decision's text; null if it is none.
export function readPolicy(text) {
	try {
		const policy = JSON.parse(text);
		return Array.isArray(policy?.rules) ? policy : null;
	} catch {
		return null;
	}
}

// What a rule's interval is held against, as daemon/core/gate.c does: the margin itself, or the tolerated loss
// against the baseline.
export function limitOf(rule, metric) {
	if (rule.compare !== 'baseline')
		return rule.margin;
	const higher = metric.direction === 'higher';
	if (metric.scale === 'log')
		return higher ? 1 / (1 + rule.margin) : 1 + rule.margin;
	return higher ? -rule.margin : rule.margin;
}

const isListed = (rule) => rule.suite === 'listed';

// What stands in for a suite's metric where a rule asks what a million tokens cost; undefined for any other rule.
export const costMetric = (rule) => rule.metric === 'cost'
	? { direction: 'lower', scale: 'log', unit: `${rule.currency ?? 'USD'} per million tokens` } : undefined;

const digits = (value) => String(Number(value.toPrecision(4)));

function limitWords(rule, metric, baseline) {
	const unit = metric.unit ? ` ${metric.unit}` : '';
	if (rule.compare !== 'baseline')
		return `is at ${metric.direction === 'higher' ? 'least' : 'most'} ${rule.margin}${unit}`;
	const than = `is not worse than ${baseline ? `${baseline}’s` : 'the baseline’s'}`;
	if (rule.margin === 0)
		return than;
	return metric.scale === 'log'
		? `${than} by more than ${digits(rule.margin * 100)} % (a ratio of at ${metric.direction === 'higher' ? 'least' : 'most'} ${digits(limitOf(rule, metric))})`
		: `${than} by more than ${rule.margin}${unit}`;
}

// A rule as one sentence. metric: its row of the suite; undefined where the suite is not published.
export function ruleWords(rule, metric, baseline) {
	const where = Object.entries(rule.where ?? {}).map(([key, value]) => `${key} is ${value}`).join(', ');
	const place = where && ` where ${where}`;
	const used = rule.utilisation < 1 ? `, the machine at work ${digits(rule.utilisation * 100)} % of the time,` : '';
	const what = rule.metric !== 'cost' ? `${rule.metric} of ${rule.suite}${place}`
		: isListed(rule) ? `listed price, for ${rule.rate ?? 'output'} tokens,`
			: `cost by ${rule.rate ?? 'the rate'} of ${rule.suite}${place}${used}`;
	return metric ? `${what} ${limitWords(rule, metric, baseline)}` : `${what}, held against ${rule.margin}`;
}

// Whose word counts for the rule.
export function askedWords(rule) {
	const age = rule.max_age_days ? `, in the last ${rule.max_age_days} days` : '';
	if (isListed(rule))
		return `the price that the log has${age}`;
	const standing = rule.min_standing ?? 'corroborated';
	return `${rule.min_submitters ?? 2} or more submitters${standing === 'single' ? '' : `, ${standing}`}`
		+ age
		+ `${rule.min_submitters_internal ? `; or ${rule.min_submitters_internal} or more before it is public` : ''}`
		+ `${rule.metric === 'cost' && rule.compare !== 'baseline' ? '; the hardware’s hourly price as the log has it' : ''}`;
}
