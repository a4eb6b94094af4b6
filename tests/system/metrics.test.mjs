// metrics.test.mjs — /metrics is well-formed, and its numbers move with what was asked of the server.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { readExposition, valueOf } from './lib/exposition.mjs';
import { request } from './lib/http.mjs';
import { assertProblem, labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';
import { Key } from './lib/protocol.mjs';

const { lab, test } = labFile({ proxy: true });

async function scrape() {
	const answer = await lab.get('/metrics');
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
	return readExposition(answer.text);
}

// How much each of these samples, { name, labels }, grew while body ran.
async function growth(samples, body) {
	const before = await scrape();
	await body();
	const after = await scrape();
	return samples.map(([name, labels]) => valueOf(after, name, labels) - valueOf(before, name, labels));
}

test('statements, refusals, batches and signatures are counted', async () => {
	const key = await lab.enrolled();
	const good = lab.submission(key);
	const grown = await growth([
		['assayd_requests_total', { route: 'submit', code: '201' }],
		['assayd_requests_total', { route: 'submit', code: '200' }],
		['assayd_requests_total', { route: 'submit', code: '401' }],
		['assayd_requests_total', { route: 'submit', code: '422' }],
		['assayd_requests_total', { route: 'none', code: '400' }],
		['assayd_refusals_total', { code: 'signature' }],
		['assayd_refusals_total', { code: 'wrong_audience' }],
		['assayd_refusals_total', { code: 'not_enrolled' }],
		['assayd_statements_total', { outcome: 'accepted' }],
		['assayd_statements_total', { outcome: 'seen' }],
		['assayd_batch_statements_sum'],
		['assayd_verify_seconds_count'],
	], async () => {
		await lab.accepted(good);
		await lab.accepted(lab.submission(key));
		await lab.accepted(good, 200);
		const broken = good.text.replace(/"sig":"[^"]{4}/, '"sig":"AAAA');
		assertProblem(await lab.post(broken), 401, 'signature');
		assertProblem(await lab.post(lab.submission(key, { audience: 'elsewhere' }).text), 422, 'wrong_audience');
		assertProblem(await lab.post(lab.submission(new Key()).text), 403, 'not_enrolled');
		assertProblem(await lab.get('/a/../b'), 400, 'bad_request');
	});
	// The statement that was seen went into a batch again if its key was remembered.
	assert.deepEqual(grown.slice(0, 10), [2, 1, 1, 1, 1, 1, 1, 1, 2, 1]);
	assert.ok(grown[10] === 2 || grown[10] === 3, `${grown[10]}`);
	assert.equal(grown[11], 6);
});

test('commits and rounds of publishing are measured, and the log and what is shown of it', async () => {
	const key = await lab.enrolled();
	const [commits, commitTime, rounds, roundTime] = await growth([
		['assayd_commit_seconds_count'], ['assayd_commit_seconds_sum'],
		['assayd_publish_seconds_count'], ['assayd_publish_seconds_sum']], async () => {
		const statement = lab.submission(key);
		await lab.accepted(statement);
		await lab.settled(statement.id);
		const size = Number(await lab.pg.sql('SELECT size FROM assay.log_head'));
		await waitFor('the size to be told', async () => {
			const now = await scrape();
			return valueOf(now, 'assayd_log_size') === size &&
				valueOf(now, 'assayd_published_log_size') === size;
		});
	});
	assert.equal(commits, 1);
	assert.ok(rounds >= 1 && commitTime > 0 && roundTime > 0);
});

test('connections, their ends, descriptors, version and start are told', async () => {
	const now = await scrape();
	const version = /project\(assay VERSION ([\d.]+)/i.exec(readFileSync(path.join(repo, 'CMakeLists.txt'), 'utf8'))[1];
	assert.equal(valueOf(now, 'assayd_build_info', { version }), 1);
	assert.ok(valueOf(now, 'assayd_connections') >= 1);
	assert.ok(valueOf(now, 'process_open_fds') > 5);
	assert.ok(valueOf(now, 'process_max_fds') >= valueOf(now, 'process_open_fds'));
	const started = valueOf(now, 'process_start_time_seconds');
	assert.ok(started > Date.now() / 1000 - 300 && started <= Date.now() / 1000, `${started}`);
	assert.equal(valueOf(now, 'assayd_leading'), 1);
	const ended = now.assayd_connection_ends_total.samples.reduce((sum, s) => sum + s.value, 0);
	assert.ok(ended > 0);
});

test('no label comes from outside', async () => {
	await request(lab.port, 'GET', '/no-such-thing-4711', { headers: { 'User-Agent': 'odd-agent-4711' } });
	const { text } = await lab.get('/metrics');
	assert.doesNotMatch(text, /4711/);
	assert.match(text, /^assayd_requests_total\{route="static",code="404"\} [1-9]/m);
});

test('what waits for its place in the log is told, with its age', async () => {
	await lab.daemon.stop();
	lab.daemon.set({ lead: false });
	await lab.serve();
	let now = await scrape();
	assert.equal(valueOf(now, 'assayd_leading'), 0);
	assert.equal(valueOf(now, 'assayd_pending_statements'), 0);
	assert.equal(valueOf(now, 'assayd_pending_oldest_seconds'), 0);
	await lab.enrolled();
	await lab.enrolled();
	await waitFor('the oldest to age', async () => {
		now = await scrape();
		return valueOf(now, 'assayd_pending_oldest_seconds') > 0;
	});
	assert.equal(valueOf(now, 'assayd_pending_statements'), 2);
});

test('without a database everything but the lag is told', async () => {
	lab.proxy.refuse();
	const now = await waitFor('the worker to notice', async () => {
		const found = await scrape();
		return found.assayd_pending_statements.samples.length === 0 && found;
	});
	assert.equal(now.assayd_pending_oldest_seconds.samples.length, 0);
	assert.ok(valueOf(now, 'assayd_log_size') > 0);
	lab.proxy.accepting();
});

test('metrics = false takes the page away', async () => {
	await lab.daemon.stop();
	lab.daemon.set({ metrics: false, lead: true });
	await lab.serve();
	assertProblem(await lab.get('/metrics'), 404, 'not_found');
});
