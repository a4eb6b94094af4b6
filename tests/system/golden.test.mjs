// golden.test.mjs — a small log of fixed keys and times makes exactly the documents of tests/cases/documents/expected.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { folderContents } from './lib/folder.mjs';
import { labFile } from './lib/lab.mjs';
import { complaints } from './lib/schema.mjs';
import { WITHHELD, documentsCase, smallDocuments, smallOptions } from './lib/small_log.mjs';
import { withRows } from './lib/rows.mjs';

const { lab, test } = labFile(smallOptions);
const kept = () => folderContents(path.join(documentsCase, 'expected'));
const read = (name) => JSON.parse(kept().get(name));
const AGAIN = 'If documents were meant to change: node tests/cases/documents/make.mjs, and read its diff.';

// Where two texts part, and what stands there in both.
function difference(expected, got) {
	let at = 0;
	while (at < expected.length && expected[at] === got[at])
		at++;
	const around = (bytes) => JSON.stringify(bytes.subarray(Math.max(0, at - 60), at + 60).toString());
	return `byte ${at}\nexpected ${around(expected)}\ngot      ${around(got)}`;
}

test('the small log makes the documents that were kept, byte for byte', async () => {
	const expected = kept();
	const documents = await smallDocuments(lab);
	assert.ok(expected.size > 20, `only ${expected.size} documents are kept`);
	assert.deepEqual([...documents.keys()], [...expected.keys()], AGAIN);
	for (const [name, bytes] of expected)
		assert.ok(bytes.equals(documents.get(name)), `${name}, ${difference(bytes, documents.get(name))}\n${AGAIN}`);
});

test('audit finds the same in the log', async () => {
	const vkey = readFileSync(path.join(lab.keys, 'log.vkey'), 'utf8').trim();
	const told = await lab.assay(['audit', lab.url, '--home', path.join(lab.dir, 'home'), '--vkey', vkey, '--json']);
	assert.equal(told.code, 0, told.stdout + told.stderr);
	const { documents_compared: compared, void: voids } = JSON.parse(told.stdout);
	assert.deepEqual([compared, voids], [true, 1]);
});

test('each kept document is as its schema says', () => {
	const api = JSON.parse(readFileSync(path.join(repo, 'webroot/openapi.json')));
	const schemaOf = (format) => Object.values(api.components.schemas).find((s) => s.properties?.format?.const === format);
	for (const [name, bytes] of [...kept()].filter(([name]) => name.endsWith('.json'))) {
		const document = JSON.parse(bytes);
		assert.ok(schemaOf(document.format), `${name}: no schema of ${document.format}`);
		assert.deepEqual(complaints(api, schemaOf(document.format), document), [], name);
	}
	for (const [name, bytes] of [...kept()].filter(([name]) => name.endsWith('.ndjson')))
		for (const line of bytes.toString().trimEnd().split('\n'))
			assert.deepEqual(complaints(api, api.components.schemas.DumpLine, JSON.parse(line)), [], name);
});

test('what is withheld stands in none of them', () => {
	for (const [name, bytes] of kept())
		assert.ok(!name.includes(WITHHELD) && !bytes.includes(WITHHELD), name);
	const lines = kept().get('v1/dumps/2026-01-02/0.ndjson').toString().trimEnd().split('\n').map((line) => JSON.parse(line));
	assert.deepEqual(lines.filter((l) => l.withheld).map((l) => [l.kind, l.statement]), [['submission', null]]);
});

test('kept numbers are what the statements make, worked out apart', () => {
	const near = (got, expected) => assert.ok(Math.abs(got - expected) <= 1e-9 * expected, `${got}, not ${expected}`);
	const T3 = 3.182446305283709; // Student's t, 0.975, three degrees of freedom
	// Ada 100, Bob the middle of 102 and 103 on the log scale, Eve 101.5, Tom's 98 of a name that staff say is the same;
	// Eve's other is held, Sam's is of a name that the catalogue alone knows
	const votes = [100, Math.sqrt(102 * 103), 101.5, 98].map(Math.log);
	const mean = votes.reduce((a, b) => a + b) / 4;
	const half = T3 * Math.sqrt(votes.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 3 / 4);
	const point = Math.sqrt(100 * 101.5);
	const { rows } = withRows(read('v1/suites/throughput.json'));
	const decode = rows.flatMap((row) => row.estimates).find((e) => e.metric === 'decode' && e.voters === 4);
	near(decode.point, point);
	near(decode.low, Math.exp(mean - half));
	near(decode.high, Math.exp(mean + half));
	assert.deepEqual([decode.standing, decode.runs, decode.interval], ['corroborated', 5, 'student']);
	// 0.72 an hour, sold at 2.50 a million; what costs least is the busiest of what was measured
	const [machine] = read('v1/value.json').models.find((m) => m.name === 'acme/ladder').self_hosted;
	const busiest = Math.sqrt(700 * 714);
	assert.deepEqual(machine.levels.map((level) => [level.streams, level.max_tokens]), [[1, undefined], [4, 128], [16, 128]]);
	near(machine.levels[0].rate.point, point);
	near(machine.levels[1].rate.point, Math.sqrt(300 * 306));
	near(machine.levels[2].rate.point, busiest);
	assert.equal(machine.streams, 16);
	near(machine.usd_per_million_tokens.point, 0.72 / (3600 * busiest / 1e6));
	near(machine.break_even.tokens_per_s, 0.72 / (3600 * 2.5 / 1e6));
	assert.equal(machine.break_even.streams, 1);
	const [{ smallest }] = read('v1/quantization/acme/ladder.json').ladders;
	assert.deepEqual(smallest.map((s) => s.subject.split('+')[1]), ['Q8_0', 'Q8_0', 'Q4_K_M', 'Q4_K_M']);
});
