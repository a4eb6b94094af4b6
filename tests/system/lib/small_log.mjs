// small_log.mjs — a small log that is the same every time: fixed keys, nonces and times, a catalogue of its own.
// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './daemon.mjs';
import { folderContents } from './folder.mjs';
import { storeSql } from './people.mjs';
import { waitFor } from './process.mjs';
import { Key, enrolmentBody, hex, sha256, statementOf, submissionBody, suiteDigest, timeOf } from './protocol.mjs';

export const origin = 'small.example/log';
export const documentsCase = path.join(repo, 'tests/cases/documents');
const suites = ['quantization', 'serving', 'throughput'];
export const WITHHELD = 'what-nobody-may-read'; // a word of a submission that is withheld
const START = Date.UTC(2026, 0, 2, 3, 4, 5);
const MINUTE = 60000;

// What a lab that runs it must be made with: its keys and its config are set here.
export const smallOptions = { origin, config: false, serve: false };

const keyOf = (name) => new Key(createPrivateKey({ format: 'der', type: 'pkcs8',
	key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), sha256(`small log ${name}`)]) }));

function setKeys(lab) {
	for (const name of ['root', 'statement', 'log']) {
		const key = keyOf(name);
		writeFileSync(path.join(lab.keys, `${name}.pem`), key.private.export({ type: 'pkcs8', format: 'pem' }));
		const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.raw]).toString('base64');
		writeFileSync(path.join(lab.keys, `${name}.pub`), `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----\n`);
	}
	const blob = Buffer.concat([Buffer.from([1]), keyOf('log').raw]);
	writeFileSync(path.join(lab.keys, 'log.vkey'),
		`${origin}+${hex(sha256(origin, '\n', blob).subarray(0, 4))}+${blob.toString('base64')}\n`);
}

// The suites and the catalogue that its config names; released suites never change.
function setSuites(lab) {
	const folder = path.join(lab.dir, 'suites');
	mkdirSync(folder);
	for (const name of suites)
		cpSync(path.join(repo, 'eval-suites', name), path.join(folder, name), { recursive: true });
	cpSync(path.join(documentsCase, 'catalogue'), path.join(folder, 'catalogue'), { recursive: true });
	lab.daemon.set({ suites: folder });
}

// Statements in order, a minute apart, with nonces that are numbers.
class Script {
	constructor(policy) {
		this.policy = policy;
		this.at = START;
		this.told = [];
	}

	say(kind, key, members) {
		const nonce = Buffer.alloc(16);
		nonce.writeUInt32BE(this.told.length + 1);
		const statement = statementOf(kind, { audience: origin, key: key.base64, ...members,
			nonce: nonce.toString('base64'), created_at: timeOf(this.at - 1000) }, key);
		this.told.push(storeSql(statement, this.at));
		this.at += MINUTE;
		return statement;
	}

	enrol(name, shown = name) {
		const key = keyOf(name);
		this.say('enrolment', key, enrolmentBody(key, this.policy, { name: shown }));
		return key;
	}

	act(key, act, target, more = {}) {
		return this.say('act', key, { act, target, reason_code: 'test', reason: 'because of a test', ...more });
	}

	run(key, changes) {
		return this.say('submission', key, submissionBody(key, this.policy, changes));
	}
}

const gpu = (n = 1) => ({ cpu: { name: 'Example CPU 9000' },
	accelerators: Array(n).fill({ name: 'EX GPU 24G', memory_mib: 24576 }) });
const speed = (decode, prefill, more = {}) => ({ hardware: gpu(),
	model: { name: 'acme/ladder', revision: 'main', quantization: 'Q4_K_M', parameters: 8e9, size_bytes: 4.9e9 },
	results: [{ metric: 'decode', conditions: { n_gen: 128 }, value: decode, n: 5, sd: 0.5 },
		{ metric: 'prefill', conditions: { n_prompt: 512 }, value: prefill, n: 5, sd: 8 }], ...more });

// Everything that documents tell: standings and a transition, what is held, void, replaced, taken back, withheld, an
// intent left undone, a ladder, prices, an alias, and names that would break out of any of it.
function tell(script, policy) {
	const say = script.say.bind(script);
	const root = keyOf('root');
	const [sam, tom, ada, bob, eve] = [script.enrol('Sam'), script.enrol('Tom'), script.enrol('Ada'), script.enrol('Bob'), script.enrol('Eve', '=<b>"&\u202e')];
	for (const one of [sam, tom])
		script.act(root, 'grant', one.submitter, { role: 'staff' });
	for (const one of [ada, bob])
		script.act(sam, 'trust', one.submitter);
	script.run(ada, speed(100, 2000));
	script.run(bob, speed(102, 2100, { use_cases: ['chat', 'code'] }));
	script.run(eve, speed(101.5, 1900));
	script.run(eve, speed(1e12, 1e12));
	script.run(eve, speed(90, 1800, { model: { name: 'acme/<b>&"\'', quantization: '=1+1', revision: 'main' }, notes: '@x' }));
	const first = script.run(ada, speed(50, 900, { hardware: gpu(2) }));
	script.run(ada, speed(51, 910, { hardware: gpu(2), replaces: first.id }));
	const wrong = script.run(bob, speed(7, 70, { hardware: gpu(2) }));
	say('retraction', bob, { target: wrong.id, reason: 'a wrong build' });
	say('retraction', eve, { target: first.id, reason: 'not hers' });
	const { suite, model, engine, hardware } = first.body;
	say('intent', ada, { suite, model, engine, hardware, conditions: {}, count: 2, expires_at: timeOf(script.at + 5 * MINUTE) });
	const loss = (key, quantization, size, ratio) => script.run(key, { hardware: gpu(),
		suite: policy.suites.find((s) => s.name === 'quantization'),
		model: { name: 'acme/ladder', revision: 'main', quantization, parameters: 8e9, size_bytes: size, base: 'acme/ladder@main+F16' },
		results: [['perplexity_ratio', ratio], ['same_top_token', 95]].map(([metric, value]) =>
			({ metric, value, n: 1, conditions: { text_sha256: 'ab'.repeat(32), n_ctx: 512, chunks: 100 } })) });
	for (const [key, by] of [[ada, 0], [bob, 0.0001]]) {
		loss(key, 'Q2_K', 3e9, 1.2 + by);
		loss(key, 'Q4_K_M', 4.9e9, 1.012 + by);
		loss(key, 'Q8_0', 8.5e9, 1.001 + by);
	}
	const price = (members) => say('price', sam, { currency: 'USD', valid_from: '2026-01-01T00:00:00Z', source: 'https://prices.example', ...members });
	price({ of: 'hardware', name: 'EX GPU 24G', unit: 'hour', amount: '0.72' });
	price({ of: 'model', name: 'acme/ladder', unit: 'million_output_tokens', amount: '2.50' });
	const secret = script.run(eve, speed(88, 1700, { model: { name: `acme/${WITHHELD}`, revision: 'main' }, notes: WITHHELD,
		evidence: [{ name: 'run.log', sha256: 'cd'.repeat(32), bytes: 9, media_type: 'text/plain' }] }));
	const asked = script.act(sam, 'withhold', secret.id);
	script.act(tom, 'confirm', asked.id);
	script.run(ada, speed(60, 1100, { hardware: gpu(4),
		evidence: [{ name: 'run.log', sha256: 'ab'.repeat(32), bytes: 12, media_type: 'text/plain' }] }));
	script.at += 24 * 60 * MINUTE; // of the day after, so that the first is dumped
	script.run(bob, speed(103, 2050));
	// another name of the same part: documents look it up, cells do not meet by it
	const { cpu, accelerators: [part] } = gpu();
	script.run(sam, speed(99, 2020, { hardware: { cpu, accelerators: [{ ...part, name: 'Example GPU 24GB' }] } }));
	// and one that staff say is: cells meet by it. A model of two names is one, a quantization was for a while
	script.run(tom, speed(98, 1990, { hardware: { cpu, accelerators: [{ ...part, name: "sam's rig" }] } }));
	script.run(tom, speed(97, 1980, { hardware: gpu(8), model: { name: 'ladder', revision: 'main', quantization: 'q4' } }));
	const alias = (of, raw, canonical) => say('alias', sam, { of, raw, canonical, reason: 'the same thing' });
	alias('hardware', "sam's rig", 'EX GPU 24G');
	alias('model', 'ladder', 'acme/ladder');
	alias('quantization', 'q4', 'Q4_K_M');
	alias('quantization', 'q4', null);
	// behind an endpoint, to some at a time
	for (const [key, by] of [[ada, 1], [bob, 1.02]])
		script.run(key, speed(0, 0, { suite: policy.suites.find((s) => s.name === 'serving'),
			results: [[4, 300], [16, 700]].map(([concurrency, total]) => ({ metric: 'total', conditions: { concurrency }, value: total * by, n: 8 })) }));
}

// The config as `config --apply` made it, but of a fixed time and nonce: it is the first leaf.
async function fixConfig(lab) {
	await lab.applyConfig();
	const payload = JSON.parse(await lab.pg.sql('SELECT convert_from(payload, \'UTF8\') FROM assay.statement'));
	const config = statementOf('config', { ...payload, nonce: Buffer.alloc(16).toString('base64'), created_at: timeOf(START - MINUTE) },
		keyOf('statement'));
	await lab.pg.sql(`SET session_replication_role = replica; DELETE FROM assay.pending; DELETE FROM assay.statement;
		${storeSql(config, START - MINUTE)}`);
}

function policyOf(lab) {
	const folder = (name) => path.join(repo, 'eval-suites', name, '1');
	const read = (name, file) => (existsSync(path.join(folder(name), file)) ? readFileSync(path.join(folder(name), file)) : '');
	return { origin, pow_bits: 0, terms: { sha256: hex(sha256(readFileSync(lab.terms))) },
		suites: suites.map((name) => ({ name, version: 1, digest: suiteDigest(read(name, 'suite.json'), read(name, 'items.jsonl')) })) };
}

// Log it all on a lab made with smallOptions; resolves with the documents, path → bytes, once they are whole.
export async function smallDocuments(lab) {
	setKeys(lab);
	setSuites(lab);
	await fixConfig(lab);
	const script = new Script(policyOf(lab));
	tell(script, script.policy);
	await lab.pg.sql(`BEGIN; ${script.told.join('\n')} COMMIT;`);
	await lab.serve();
	const data = path.join(lab.published, 'data');
	await waitFor('the documents to be whole', async () => {
		const answer = await lab.get('/data/v1/index.json');
		return answer.status === 200 && answer.json().log_size === script.told.length + 1 &&
			(await lab.get('/data/v1/dumps.json')).text.includes('"parts"');
	});
	return new Map([...folderContents(data)].filter(([name]) => !/\.(br|gz)$/.test(name)));
}
