// observe.test.mjs — alert rules and dashboard: well-formed, about metrics that exist, firing when they should.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { execFileSync } from 'node:child_process';
import { repo } from './lib/daemon.mjs';
import { makeFolder, run } from './lib/process.mjs';

const read = (file) => readFileSync(path.join(repo, file), 'utf8');
const metrics = new Set([...read('daemon/assayd/metrics.c').matchAll(/"((?:assayd|process)_[a-z_]+)"/g)].map((m) => m[1]));
const hasPromtool = execFileSync('sh', ['-c', 'command -v promtool || true']).length > 0;

// Names in an expression that the server does not have; a histogram has three.
function unknownIn(expr) {
	return [...expr.matchAll(/\b(?:assayd|process)_[a-z_]+/g)].map((m) => m[0])
		.filter((name) => !metrics.has(name) && !metrics.has(name.replace(/_(bucket|sum|count)$/, '')));
}

test('the table of metrics was found', () => {
	assert.ok(metrics.size > 20 && metrics.has('assayd_leading') && !metrics.has('assayd_no_such'));
	assert.deepEqual(unknownIn('rate(assayd_commit_seconds_bucket[5m]) + assayd_no_such'), ['assayd_no_such']);
});

test('promtool finds nothing wrong with the rules and the scrape job, and each alert fires when it should', async (t) => {
	if (!hasPromtool) {
		t.skip('promtool is not installed (Debian package prometheus)');
		return;
	}
	const dir = makeFolder('alerts-');
	try {
		cpSync(path.join(repo, 'deploy/observe'), dir, { recursive: true });
		cpSync(path.join(repo, 'tests/cases/alerts/alerts_test.yml'), path.join(dir, 'alerts_test.yml'));
		for (const args of [['check', 'rules', 'alerts.yml'], ['check', 'config', 'prometheus.yml'], ['test', 'rules', 'alerts_test.yml']]) {
			const result = await run('promtool', args, { cwd: dir });
			assert.equal(result.code, 0, result.stdout + result.stderr);
		}
	} finally {
		rmSync(dir, { recursive: true });
	}
});

test('each alert is about metrics that exist, says what to do, and has a test in which it fires', () => {
	const rules = read('deploy/observe/alerts.yml').split('- alert: ').slice(1);
	const cases = read('tests/cases/alerts/alerts_test.yml');
	assert.ok(rules.length >= 10);
	for (const rule of rules) {
		const name = rule.split('\n')[0];
		assert.deepEqual(unknownIn(rule), [], name);
		assert.match(rule, /severity: (page|ticket)/, name);
		assert.match(rule, /do: "/, name);
		assert.match(cases, new RegExp(`alertname: ${name}\\n +exp_alerts:`), `${name} never fires in a test`);
	}
	// Refusals are counted by our own codes.
	const faults = new Set([...read('daemon/core/fault.c').matchAll(/= \{"([a-z_]+)"/g)].map((m) => m[1]));
	for (const code of /code=~"([a-z_|]+)"/.exec(read('deploy/observe/alerts.yml'))[1].split('|'))
		assert.ok(faults.has(code), code);
});

test('each panel of the dashboard asks for metrics that exist, and every metric is on one', () => {
	const dashboard = JSON.parse(read('deploy/observe/dashboard.json'));
	const exprs = dashboard.panels.flatMap((panel) => panel.targets.map((target) => target.expr));
	for (const expr of exprs)
		assert.deepEqual(unknownIn(expr), [], expr);
	const missing = [...metrics].filter((name) => !exprs.some((expr) => expr.includes(name)));
	assert.deepEqual(missing, []);
	const places = dashboard.panels.map(({ gridPos: p }) => `${p.x} ${p.y}`);
	assert.equal(new Set(places).size, places.length);
	assert.ok(dashboard.panels.every(({ gridPos: p }) => p.x + p.w <= 24));
});

test('what the rules and the dashboard ask for can be read by Prometheus as an expression', async (t) => {
	if (!hasPromtool) {
		t.skip('promtool is not installed (Debian package prometheus)');
		return;
	}
	const dir = makeFolder('exprs-');
	const dashboard = JSON.parse(read('deploy/observe/dashboard.json'));
	const exprs = dashboard.panels.flatMap((panel) => panel.targets.map((target) => target.expr.replaceAll('$instance', '.*')));
	const file = path.join(dir, 'exprs.json');
	writeFileSync(file, JSON.stringify({ groups: [{ name: 'g', rules: exprs.map((expr, i) => ({ record: `r${i}`, expr })) }] }));
	const result = await run('promtool', ['check', 'rules', file]);
	rmSync(dir, { recursive: true });
	assert.equal(result.code, 0, result.stdout + result.stderr);
});
