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
	const what = `${rule.metric} of ${rule.suite}${where && ` where ${where}`}`;
	return metric ? `${what} ${limitWords(rule, metric, baseline)}` : `${what}, held against ${rule.margin}`;
}

// Whose word counts for the rule.
export function askedWords(rule) {
	const standing = rule.min_standing ?? 'corroborated';
	return `${rule.min_submitters ?? 2} or more submitters${standing === 'single' ? '' : `, ${standing}`}`
		+ `${rule.max_age_days ? `, in the last ${rule.max_age_days} days` : ''}`
		+ `${rule.min_submitters_internal ? `; or ${rule.min_submitters_internal} or more before it is public` : ''}`;
}
