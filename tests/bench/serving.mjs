// serving.mjs — what `assay run serving` adds to times that are known: 64 streams from a server that notes when it sent.
// SPDX-License-Identifier: Apache-2.0
//
// usage: ASSAY_BIN=build node tests/bench/serving.mjs [STREAMS] [GAP_MS]
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { assayPath, repo } from '../system/lib/daemon.mjs';
import { Endpoint, pieces } from '../system/lib/endpoint.mjs';
import { makeFolder, mustRun } from '../system/lib/process.mjs';

const atOnce = Number(process.argv[2] ?? 64), gapMs = Number(process.argv[3] ?? 20);
const dir = makeFolder('serving-');
const now = () => Number(process.hrtime.bigint()) / 1e9;
const sent = [];

// Of different lengths, so that streams do not begin in step for long.
const endpoint = await Endpoint.start((words, n) => ({ events: pieces(Array(40 + n * 7 % 23).fill('word ')) }));
const usual = endpoint.onRequest;
endpoint.onRequest = function onRequest(request, response) {
	response.begun = now();
	return usual.call(this, request, response);
};
// The first piece waits as long as five others; each goes out in one write.
endpoint.stream = async function stream(response, { events }) {
	const times = [];
	response.writeHead(200, { 'Content-Type': 'text/event-stream' });
	response.flushHeaders();
	await pause(5 * gapMs);
	for (const event of events) {
		response.write(`data: ${event}\n\n`);
		if (event.includes('word')) {
			times.push(now());
			await pause(gapMs);
		}
	}
	this.now--;
	response.end();
	sent.push({ ttft: times[0] - response.begun, rate: (times.length - 1) / (times.at(-1) - times[0]) });
};
await mustRun(assayPath, ['run', 'serving', '--endpoint', endpoint.url, '--model', 'a/b', '--dry-run', '--home', dir,
	'--levels', String(atOnce), '--engine', 'scripted', '--engine-version', '1', '--cpu', 'x', '--accelerator', 'none'],
{ env: { ASSAY_SUITES: path.join(repo, 'eval-suites'), no_proxy: '*' } });
await endpoint.stop();

const [session] = readdirSync(path.join(dir, 'runs'));
const lines = readFileSync(path.join(dir, 'runs', session), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const { streams } = lines.find((line) => line.key === `level ${atOnce}`);
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
sent.shift();
const seen = streams.map((s) => ({ ttft: s.ttft_s, rate: (s.tokens - 1) / s.span_s }));
for (const [name, unit, scale] of [['ttft', 'ms', 1000], ['rate', 'tokens/s', 1]]) {
	const [ours, theirs] = [seen, sent].map((list) => median(list.map((x) => x[name])) * scale);
	console.log(`${name}: ${ours.toFixed(3)} ${unit} measured, ${theirs.toFixed(3)} sent, ratio ${(ours / theirs).toFixed(4)}`);
}
rmSync(dir, { recursive: true });
