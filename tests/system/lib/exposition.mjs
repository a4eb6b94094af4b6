// exposition.mjs — a strict reader of Prometheus' text form 0.0.4, as assayd writes it.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';

const HELP = /^# HELP ([a-z_]+) (\S.*)$/;
const TYPE = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/;
const SAMPLE = /^([a-z_]+)(?:\{(.+)\})? (-?\d+(?:\.\d+)?)$/;
const LABEL = /^([a-z_]+)="([A-Za-z0-9_.+-]+)"$/;

function readLabels(text) {
	const labels = {};
	for (const part of (text ?? '').split(',').filter(Boolean)) {
		const [, name, value] = LABEL.exec(part) ?? assert.fail(`label ${part}`);
		assert.ok(!(name in labels), `label ${name} twice`);
		labels[name] = value;
	}
	return labels;
}

function checkHistogram(name, samples) {
	const buckets = samples.filter((s) => s.name === `${name}_bucket`);
	const [sum, count] = samples.slice(buckets.length);
	assert.equal(samples.length, buckets.length + 2, name);
	assert.equal(sum.name, `${name}_sum`);
	assert.equal(count.name, `${name}_count`);
	const bounds = buckets.map(({ labels }) => (labels.le === '+Inf' ? Infinity : Number(labels.le)));
	assert.equal(bounds.at(-1), Infinity, name);
	for (let i = 1; i < buckets.length; i++) {
		assert.ok(bounds[i] > bounds[i - 1], `${name}: bounds grow`);
		assert.ok(buckets[i].value >= buckets[i - 1].value, `${name}: buckets grow`);
	}
	assert.equal(buckets.at(-1).value, count.value, name);
}

function checkFamily({ name, type, samples }) {
	const keys = samples.map((s) => s.name + JSON.stringify(s.labels));
	assert.equal(new Set(keys).size, keys.length, `${name}: each sample once`);
	if (type === 'histogram') {
		checkHistogram(name, samples);
		return;
	}
	assert.equal(type === 'counter', name.endsWith('_total'), `${name} is a ${type}`);
	for (const sample of samples) {
		assert.equal(sample.name, name);
		assert.ok(type !== 'counter' || sample.value >= 0, name);
	}
}

// Read and check a whole page. Returns { family: { name, type, samples[] } }.
export function readExposition(text) {
	assert.ok(text.endsWith('\n'));
	const families = {};
	let now;
	for (const line of text.slice(0, -1).split('\n')) {
		const help = HELP.exec(line);
		const type = TYPE.exec(line);
		if (help) {
			assert.ok(!(help[1] in families), `${help[1]} twice`);
			now = families[help[1]] = { name: help[1], samples: [] };
		} else if (type) {
			assert.ok(now.name === type[1] && !now.type && now.samples.length === 0, line);
			now.type = type[2];
		} else {
			const [, name, labels, value] = SAMPLE.exec(line) ?? assert.fail(`line ${line}`);
			assert.ok(now.type && name.startsWith(now.name), line);
			now.samples.push({ name, labels: readLabels(labels), value: Number(value) });
		}
	}
	Object.values(families).forEach(checkFamily);
	return families;
}

// The value of one sample; 0 if it is not there, as its counter has not begun.
export function valueOf(families, name, labels = {}) {
	const family = families[name] ?? families[name.replace(/_(sum|count)$/, '')];
	assert.ok(family, `no metric ${name}`);
	const found = family.samples.find((s) => s.name === name &&
		Object.entries(labels).every(([label, value]) => s.labels[label] === value));
	return found?.value ?? 0;
}
