// handbook.test.mjs — what the documents say is so: settings, links, commands, and the page for suite authors.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';
import { settings, settingsTable, tableInReadme } from './lib/settings_table.mjs';

const { lab, test } = labFile();
const read = (file) => readFileSync(path.join(repo, file), 'utf8');

test('the table of settings is that of the program', () => {
	assert.ok(settings().length > 40);
	assert.equal(tableInReadme(), settingsTable(), 'run: node tests/system/lib/settings_table.mjs');
});

test('the first thing README shows is two commands that exist', () => {
	const text = read('README.md');
	const block = /```\n([^]*?)```/.exec(text)[1].trim().split('\n');
	assert.deepEqual(block.map((line) => line.split(/ +#/)[0]), ['./deploy/quickstart', './tests/run']);
	assert.ok(text.indexOf('## Two commands') < text.indexOf('## ', text.indexOf('## Two commands') + 3));
	for (const line of block)
		assert.ok(existsSync(path.join(repo, line.split(' ')[0])));
});

test('every link to a file leads to one', () => {
	const pages = ['README.md', 'daemon/ARCHITECTURE.md', 'eval-suites/README.md',
		...readdirSync(path.join(repo, 'deploy'), { recursive: true }).filter((name) => name.endsWith('.md')).map((name) => `deploy/${name}`)];
	for (const page of pages)
		for (const [, target] of read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g))
			if (!/^[a-z]+:/.test(target))
				assert.ok(existsSync(path.join(repo, path.dirname(page), target)), `${page}: ${target}`);
});

test('what the recipes tell to look for is what the programs say', () => {
	const sources = ['daemon/assayd', 'daemon/core'].flatMap((dir) => readdirSync(path.join(repo, dir)).map((name) => read(`${dir}/${name}`)))
		.join('\n') + read('sql/roles.sql');
	const names = new Set(settings().map((o) => o.name));
	const text = ['deploy/README.md', 'deploy/observe/alerts.yml', 'daemon/assay/doctor_server.c'].map(read).join('\n');
	const named = [...text.matchAll(/\b[a-z]+(?:_[a-z]+)+\b/g)].map((m) => m[0]);
	for (const word of ['config_not_servable', 'log_mismatch', 'publishing_failed', 'signer_refused', 'thread_stuck', 'door_closed', 'never_leads', 'leader_step_failed']) {
		assert.ok(named.includes(word), word);
		assert.ok(sources.includes(`"${word}"`), word);
	}
	for (const word of text.match(/`([a-z]+(?:_[a-z]+)+)`/g).map((w) => w.slice(1, -1)))
		assert.ok(names.has(word) || sources.includes(word) || read('deploy/nginx/assay.conf').includes(word), word);
});

test('a suite made by following eval-suites/README.md is taken, and its first result makes its board', async () => {
	const text = JSON.parse(/```json\n([^]*?)```/.exec(read('eval-suites/README.md'))[1]);
	const suites = path.join(lab.dir, 'suites');
	cpSync(path.join(repo, 'eval-suites'), suites, { recursive: true });
	const folder = path.join(suites, text.name, String(text.version));
	mkdirSync(folder, { recursive: true });
	writeFileSync(path.join(folder, 'suite.json'), JSON.stringify(text, null, 2));
	writeFileSync(path.join(folder, 'README.md'), `# ${text.title}\n`);
	const seen = await lab.assay(['suites', '--suites', suites]);
	assert.equal(seen.code, 0, seen.stderr);
	assert.match(seen.stdout, /load-time/);
	// One mistake is told with its place.
	writeFileSync(path.join(folder, 'suite.json'), JSON.stringify({ ...text, cell: ['subject', 'weather'] }));
	const wrong = await lab.assay(['suites', '--suites', suites]);
	assert.notEqual(wrong.code, 0);
	assert.match(wrong.stderr, /load-time[^]*weather/);
	writeFileSync(path.join(folder, 'suite.json'), JSON.stringify(text, null, 2));

	await lab.daemon.stop();
	lab.daemon.set({ suites });
	await lab.serve();
	await lab.applyConfig();
	const suite = await waitFor('the suite to be in force', async () => {
		lab.policy = (await lab.get('/v1/policy')).json();
		return lab.policy.suites.find((one) => one.name === 'load-time');
	});
	const key = await lab.enrolled();
	const sent = lab.submission(key, { suite: { name: suite.name, version: suite.version, digest: suite.digest },
		results: [{ metric: 'load_seconds', conditions: { disk: 'NVMe' }, value: 3.5, n: 3 }] });
	await lab.accepted(sent);
	assert.equal((await lab.settled(sent.id)).state, 'counted');
	const board = await lab.documentWhere('suites/load-time.json', (d) => d.rows.length === 1);
	assert.match(JSON.stringify(board.rows[0]), /3\.5/);
});
