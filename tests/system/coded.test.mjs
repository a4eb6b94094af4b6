// coded.test.mjs — gzip and brotli made ahead: what stands in the published folder and what is sent.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';

const { lab, test } = labFile();
const codings = { br: ['.br', brotliDecompressSync], gzip: ['.gz', gunzipSync] };

const published = (name) => path.join(lab.published, name);

function publishedFiles() {
	return readdirSync(lab.published, { recursive: true })
		.filter((name) => !name.startsWith('log/') && statSync(published(name)).isFile());
}

// Look whether every file has the coded files it should have, and no others are there.
function checkFolder() {
	const names = new Set(publishedFiles());
	let coded = 0;
	for (const name of names) {
		if (/\.(br|gz)$/.test(name)) {
			assert.ok(names.has(name.slice(0, -3)), `${name} belongs to nothing`);
			continue;
		}
		const bytes = readFileSync(published(name));
		// Not .jsonl: FILE.jsonl.gz is a bundle or a dump, a file of its own.
		const wanted = /\.(json|html|m?js|css|svg|txt|md|csv|xml|atom)$/.test(name) && bytes.length >= 1024;
		for (const [suffix, decode] of Object.values(codings)) {
			assert.equal(names.has(name + suffix), wanted, name + suffix);
			if (wanted)
				assert.deepEqual(decode(readFileSync(published(name + suffix))), bytes, name + suffix);
			coded += wanted;
		}
	}
	return coded;
}

async function checkAnswer(where) {
	const plain = await lab.get(where);
	for (const [coding, [, decode]] of Object.entries(codings)) {
		const answer = await lab.get(where, { 'Accept-Encoding': coding });
		assert.equal(answer.headers['content-encoding'], coding);
		assert.equal(answer.headers.vary, 'Accept-Encoding');
		assert.notEqual(answer.headers.etag, plain.headers.etag);
		assert.deepEqual(decode(answer.body), plain.body);
		const again = await lab.get(where, { 'Accept-Encoding': coding, 'If-None-Match': answer.headers.etag });
		assert.equal(again.status, 304);
	}
}

test('page files and documents have theirs, and they are sent', async () => {
	const key = await lab.enrolled();
	await lab.accepted(lab.submission(key));
	await lab.documentWhere('index.json', (index) => index.models.length > 0);
	await waitFor('coded files of all', () => checkFolder() >= 20); // they are made behind the round
	await lab.daemon.stop();
	assert.ok(checkFolder() >= 20);
	await lab.serve();
	await checkAnswer('/openapi.json');
	await checkAnswer('/data/v1/suites/throughput.json');
	await checkAnswer('/app/main.mjs');
});

test('what does not belong is gone after the next start, what is missing is back', async () => {
	await lab.daemon.kill();
	const lie = gzipSync('{"rows":[]}'.padEnd(2000));
	for (const name of ['index.html', 'openapi.json', 'data/v1/suites/throughput.json']) {
		writeFileSync(published(`${name}.gz`), lie);
		utimesSync(published(`${name}.gz`), 1, 1);
		rmSync(published(`${name}.br`));
	}
	writeFileSync(published('data/v1/gone.json.gz'), lie);
	await lab.serve();
	await lab.document('index.json');
	await waitFor('the folder to be whole', () => { checkFolder(); return true; });
	await checkAnswer('/data/v1/suites/throughput.json');
});
