// cluster.test.mjs — three hosts under load lose PostgreSQL's primary, an assayd, the leader, a whole host, and one
// to a cut: nothing acknowledged is lost, there is one history, writes come back, boards are never away.
// SPDX-License-Identifier: Apache-2.0
//
// Minutes long: tests/run long, with ASSAY_CLUSTER_HOSTS=namespaces and with relays; without, whichever can be made. It makes
// a bridge and network namespaces where it runs, or takes fixed ports of the loopback: start it under `unshare --net`.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test as nodeTest } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assayPath } from '../lib/daemon.mjs';
import { run, waitFor } from '../lib/process.mjs';
import { sha256 } from '../lib/protocol.mjs';
import { Hosts, ask } from './hosts.mjs';
import { Load } from './load.mjs';

const BACK_MS = 30000; // what deploy/README.md promises
const hosts = new Hosts();
let load;
let failed = false;
let able = false;

before(async () => {
	try {
		able = await hosts.up();
		if (!able)
			return;
		const policy = await waitFor('the rules', async () => (await ask(`${hosts.edge}/v1/policy`)).json());
		load = new Load(hosts, policy);
		await load.start(4);
		await waitFor('some statements', () => load.acknowledged.length > 50);
	} catch (error) {
		failed = true;
		throw error;
	}
}, { timeout: 600000 });

after(async () => {
	if (load && !load.stopped)
		await load.stop().catch(() => {});
	await hosts.down(failed);
}, { timeout: 120000 });

const test = (name, body) => nodeTest(name, { timeout: 400000 }, async (t) => {
	if (!able) {
		t.skip('needs root and the right to make network namespaces');
		return;
	}
	t.diagnostic(`hosts are ${hosts.kind}`);
	try {
		await body(t);
	} catch (error) {
		failed = true;
		throw error;
	}
});

// What happens when `harm` is done to a whole cluster: writes come back by themselves; then `mend`, and all is whole.
async function fault(t, harm, mend) {
	await hosts.whole();
	const began = Date.now();
	await harm();
	await pause(10000);
	await waitFor('writes to come back', () => load.countSince(Date.now() - 2000) > 10, { limitMs: 120000, everyMs: 200 });
	const gap = load.longestGap(began);
	t.diagnostic(`longest time without an acknowledgement: ${gap} ms`);
	await mend?.();
	await hosts.whole();
	t.diagnostic(`all three hosts whole again after ${Date.now() - began} ms`);
	assert.ok(gap < BACK_MS, `${gap} ms`);
}

test('PostgreSQL\'s primary is killed', async (t) => {
	const primary = await hosts.primary();
	await fault(t, () => hosts.do('kill', 'postgres', primary));
	assert.notEqual(await hosts.primary(), primary);
});

test('an assayd that follows is killed', async (t) => {
	const leader = await hosts.leader();
	const n = [1, 2, 3].find((host) => host !== leader);
	await fault(t, () => hosts.do('kill', 'assayd', n), () => hosts.do('start', 'assayd', n));
	assert.equal(await hosts.leader(), leader);
});

test('the assayd that leads is killed', async (t) => {
	const leader = await hosts.leader();
	await fault(t, () => hosts.do('kill', 'assayd', leader), () => hosts.do('start', 'assayd', leader));
	assert.notEqual(await hosts.leader(), leader);
});

test('the primary\'s host is cut off: nothing that is sent to it there is acknowledged', async (t) => {
	const primary = await hosts.primary();
	const inside = load.submission(load.keys[0], 1);
	const answers = [];
	await fault(t, async () => {
		await hosts.do('cut', primary);
		const send = () => hosts.curlOn(primary, '/v1/statements', ['--max-time', '8', '--output', '/dev/null', '--write-out', '%{http_code}',
			'--header', 'Content-Type: application/vnd.dsse.envelope.v1+json', '--data-binary', '@-'], inside.text);
		for (let n = 0; n < 4; n++)
			answers.push((await send()).stdout);
	}, () => hosts.do('heal', primary));
	assert.ok(answers.every((status) => /^(503|000)$/.test(status)), answers.join(' '));
	t.diagnostic(`sent to the host that was cut off: ${answers.join(' ')}`);
	await load.deliver(inside);
});

test('the primary\'s host loses its power, and comes back', async (t) => {
	const primary = await hosts.primary();
	await fault(t, () => hosts.do('crash', primary), () => hosts.do('boot', primary));
});

// Roots of all prefixes, leaf by leaf: complete subtrees from large to small.
function rootsAt(sizes, hashes) {
	const stack = [];
	const roots = new Map();
	const node = (left, right) => sha256(Buffer.of(1), left, right);
	hashes.forEach((hash, i) => {
		stack.push({ n: 1, hash });
		while (stack.length > 1 && stack.at(-1).n === stack.at(-2).n) {
			const right = stack.pop();
			const left = stack.pop();
			stack.push({ n: left.n + right.n, hash: node(left.hash, right.hash) });
		}
		if (sizes.has(i + 1))
			roots.set(i + 1, stack.slice(0, -1).reduceRight((right, left) => node(left.hash, right), stack.at(-1).hash).toString('base64'));
	});
	return roots;
}

test('nothing acknowledged is lost, and there is one history', async (t) => {
	await load.stop();
	await waitFor('all to be logged', async () => await hosts.sql('SELECT count(*) FROM assay.pending') === '0', { limitMs: 60000 });
	const logged = new Set((await hosts.sql('SELECT encode(id, \'hex\') FROM assay.leaf')).split('\n'));
	const lost = load.acknowledged.filter(({ id }) => !logged.has(id));
	assert.deepEqual(lost, []);
	assert.equal(await hosts.sql('SELECT count(*) = max(index) + 1 AND count(*) = count(DISTINCT id) AND ' +
		'count(*) = (SELECT size FROM assay.log_head) FROM assay.leaf'), 't');
	const hashes = (await hosts.sql('SELECT encode(hash, \'hex\') FROM assay.leaf ORDER BY index')).split('\n').map((h) => Buffer.from(h, 'hex'));
	const roots = rootsAt(load.checkpoints, hashes);
	assert.deepEqual(load.splits, []);
	for (const [size, root] of load.checkpoints)
		assert.equal(roots.get(size), root, `the checkpoint of size ${size} is of another history`);
	t.diagnostic(`${load.acknowledged.length} statements acknowledged, ${lost.length} lost; ${load.checkpoints.size} checkpoints, one history; ` +
		`refused meanwhile: ${JSON.stringify([...load.refusals])}`);
});

test('boards were never away', (t) => {
	assert.deepEqual(load.misses, []);
	assert.ok(load.reads > 100);
	t.diagnostic(`${load.reads} reads, the slowest took ${load.slowest_ms} ms`);
});

test('all three publish the same, and an audit finds nothing', async () => {
	const documents = ['/data/v1/index.json', '/data/v1/suites/throughput.json', '/log/checkpoint'];
	await waitFor('the same documents everywhere', async () => {
		for (const name of documents) {
			const [a, b, c] = await Promise.all([1, 2, 3].map(async (n) => (await ask(hosts.url(n) + name)).text));
			if (a !== b || b !== c)
				return false;
		}
		const size = await hosts.sql('SELECT size FROM assay.log_head');
		return (await ask(`${hosts.edge}/log/checkpoint`)).text.split('\n')[1] === size;
	}, { limitMs: 60000, everyMs: 500 });
	const result = await run(assayPath, ['audit', hosts.edge, '--home', path.join(hosts.dir, 'home'), '--vkey', load.policy.vkey, '--json'],
		{ limitMs: 300000 });
	assert.equal(result.code, 0, result.stdout + result.stderr);
	assert.equal(JSON.parse(result.stdout).documents_compared, true);
});
