// world.mjs — an invented community of any size: models, hardware, submitters, and what they sent. The same for
// the same seed, but for times and where the log puts it.
// SPDX-License-Identifier: Apache-2.0
//
// Model names are invented; hardware has its real name, memory and bandwidth, so that rates stay below what the
// memory allows. Nothing here was ever measured.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Key, commonMembers, enrolmentBody, hex, sha256, statementOf, submissionBody } from './protocol.mjs';
import { seeded } from './random.mjs';

const BATCH_N = 100;
const BATCH_BYTES = 900 * 1024;

const organisations = ['northlight', 'kestrel-labs', 'open-meadow', 'tidewater', 'halcyon-ai', 'ferrum', 'lumen-research', 'oakline'];
const families = ['Alder', 'Basalt', 'Cinder', 'Dunlin', 'Ember', 'Fathom', 'Garnet', 'Heron', 'Ibis', 'Juniper', 'Kelp', 'Larch',
	'Marram', 'Nimbus', 'Osprey', 'Petrel', 'Quartz', 'Rowan', 'Sable', 'Tern'];
const sizes = [['0.6B', 0.6], ['1.7B', 1.7], ['4B', 4], ['8B', 8], ['14B', 14], ['32B', 32], ['70B', 70], ['30B-A3B', 30, 3]];
// Bits per weight and how much worse perplexity gets, of llama.cpp's types.
const quantizations = [['Q4_K_M', 4.85, 0.0112], ['Q8_0', 8.5, 0.0004], ['Q6_K', 6.56, 0.0017], ['Q5_K_M', 5.69, 0.0046], ['F16', 16, 0],
	['IQ4_XS', 4.32, 0.0167], ['Q3_K_M', 3.91, 0.0391], ['Q4_0', 4.55, 0.0291], ['Q2_K', 3.0, 0.148]];
// Name, GiB, GB/s.
const accelerators = [['NVIDIA GeForce RTX 4090', 24, 1008], ['NVIDIA GeForce RTX 3090', 24, 936], ['Apple M2 Ultra', 192, 800],
	['NVIDIA GeForce RTX 5090', 32, 1792], ['AMD Radeon RX 7900 XTX', 24, 960], ['Apple M4 Max', 128, 546], ['NVIDIA GeForce RTX 3060', 12, 360],
	['NVIDIA H100 80GB HBM3', 80, 3352], ['NVIDIA GeForce RTX 4060 Ti', 16, 288], ['NVIDIA A100-SXM4-80GB', 80, 2039], ['Apple M1 Max', 64, 400],
	['NVIDIA L4', 24, 300], ['NVIDIA GeForce RTX 4070 Ti SUPER', 16, 672], ['NVIDIA RTX A6000', 48, 768], ['AMD Radeon RX 7900 XT', 20, 800],
	['Apple M3 Pro', 36, 150], ['NVIDIA GeForce RTX 4080', 16, 717], ['NVIDIA GeForce RTX 3080', 10, 760], ['Intel Arc A770', 16, 560],
	['NVIDIA RTX 6000 Ada Generation', 48, 960], ['AMD Radeon RX 6800 XT', 16, 512], ['NVIDIA Tesla P40', 24, 346], ['Apple M2', 24, 100],
	['NVIDIA GeForce RTX 3070', 8, 448], ['NVIDIA L40S', 48, 864], ['AMD Radeon Pro W7900', 48, 864], ['NVIDIA GeForce RTX 5080', 16, 960],
	['NVIDIA Tesla V100-SXM2-32GB', 32, 900], ['Apple M1', 16, 68], ['NVIDIA GeForce GTX 1080 Ti', 11, 484], ['AMD Radeon RX 7600', 8, 288],
	['NVIDIA T4', 16, 320], ['AMD Instinct MI210', 64, 1638], ['NVIDIA GeForce RTX 2080 Ti', 11, 616]];
const processors = [['AMD Ryzen 9 7950X 16-Core Processor', 64, 83], ['Intel(R) Core(TM) i9-14900K', 96, 90], ['AMD EPYC 9654 96-Core Processor', 768, 461],
	['AMD Ryzen 7 5800X 8-Core Processor', 32, 51], ['Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz', 256, 205], ['AMD RYZEN AI MAX+ 395', 128, 256]];
const people = ['Ada', 'Bela', 'Chidi', 'Dora', 'Emre', 'Farah', 'Goran', 'Hana', 'Ines', 'Jonas', 'Kofi', 'Lena', 'Mira', 'Noor', 'Olga', 'Pavel',
	'Quinn', 'Rosa', 'Sven', 'Tala', 'Uma', 'Vera', 'Wim', 'Xenia', 'Yuki', 'Zoltan'];

export const hostileNames = ['<script>alert(1)</script>', '\u202Eevil\u202Cname', 'x'.repeat(80), '👩🏽‍🔬🧪 lab', `Z${'\u0301\u0335\u0489'.repeat(12)}algo`];

// Small numbers come far more often: the k-th of n with a share of about 1 / k.
const skewed = (random, n) => Math.floor((n + 1) ** (random.below(1e6) / 1e6)) - 1;
const noise = (random, share) => Math.exp(share * (random.below(2001) + random.below(2001) + random.below(2001) - 3000) / 1000);
const digits = (value, n = 4) => Number(value.toPrecision(n));

// An Ed25519 key that is the same for the same text.
function keyOf(text) {
	const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), sha256(text)]);
	return new Key(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
}

function modelsOf(n) {
	return Array.from({ length: n }, (_, i) => {
		const [size, billions, active] = sizes[Math.floor(i / families.length) % sizes.length];
		const generation = Math.floor(i / (families.length * sizes.length));
		const family = families[i % families.length] + (generation > 0 ? `-${generation + 1}` : '');
		return { family, billions, active: active ?? billions, perplexity: 5.2 + 9 / (1 + billions / 4) + (i % 7) * 0.11,
			name: `${organisations[i % organisations.length]}/${family}-${size}-Instruct` };
	});
}

function machinesOf(n) {
	const all = [...accelerators.slice(0, Math.ceil(n * 0.85)).map(([name, gib, bandwidth]) => ({ name, gib, bandwidth, accelerator: true })),
		...processors.map(([name, gib, bandwidth]) => ({ name, gib, bandwidth, accelerator: false }))];
	return all.slice(0, n);
}

const backendOf = ({ name, accelerator }) => (!accelerator ? 'CPU' : name.startsWith('NVIDIA') ? 'CUDA' : name.startsWith('Apple') ? 'Metal'
	: name.startsWith('AMD') ? 'ROCm' : 'Vulkan');

const uses = ['coding', 'chat', 'summaries', 'translation'];

export class World {
	// { models, machines, submitters, submissions, seed }
	constructor({ models = 300, machines = 40, submitters = 120, submissions = 20000, seed = 7 } = {}) {
		this.random = seeded(seed);
		this.seed = seed;
		this.models = modelsOf(models);
		this.machines = machinesOf(machines);
		this.submissions = submissions;
		this.submitters = Array.from({ length: submitters }, (_, i) => ({ key: keyOf(`world ${seed} ${i}`), bias: noise(this.random, 0.015),
			name: i < submitters - hostileNames.length ? people[i % people.length] : hostileNames[submitters - 1 - i] }));
	}

	// A variant's members as a runner would send them; the weights' digest follows from the name.
	variant(model, [quantization, bits]) {
		const parameters = Math.round(model.billions * 1e9);
		return { name: model.name, revision: 'main', format: 'gguf', quantization, bits_per_weight: bits, parameters,
			...(model.active < model.billions ? { active_parameters: Math.round(model.active * 1e9) } : {}),
			size_bytes: Math.round(parameters * bits / 8), sha256: hex(sha256(`${model.name} ${quantization}`)),
			file: `${model.name.split('/')[1]}-${quantization}.gguf` };
	}

	// What its memory lets through, less what engines lose of it; with the submitter's ways and the run's noise.
	throughput(model, quantization, machine, submitter) {
		const { random } = this;
		const read = model.active * 1e9 * quantization[1] / 8;
		const decode = machine.bandwidth * 1e9 * (machine.accelerator ? 0.62 : 0.5) / (read + 3e8) * submitter.bias * noise(random, 0.012);
		const prefill = decode * (machine.accelerator ? 34 : 5) * noise(random, 0.012);
		const [off, spread] = [random.chance(0.004) ? 3 : 1, 0.004 + random.below(10) / 1000];
		const result = (metric, n_prompt, n_gen, value) => ({ metric, conditions: { n_prompt, n_gen, n_gpu_layers: machine.accelerator ? 99 : 0 },
			value: digits(value * off), n: 5, sd: digits(value * spread, 2) });
		const held = random.chance(0.001) ? 1e9 : 1;
		return { suite: 'throughput', results: [result('prefill', 512, 0, prefill * held), result('decode', 0, 128, decode)] };
	}

	quantization(model, [name, , loss], submitter) {
		const { random } = this;
		const worse = 1 + loss * (1 + 2 / model.billions) * noise(random, 0.02) * submitter.bias ** 0.2;
		const conditions = { text_sha256: hex(sha256('an invented text')), n_ctx: 512, chunks: 580 };
		const result = (metric, value, se) => ({ metric, conditions, value: digits(value, 6), n: 580, se: digits(se, 2) });
		const kl = loss * (0.9 + 1.4 / model.billions) * noise(random, 0.02) + 0.0001;
		return { suite: 'quantization', base: hex(sha256(`${model.name} F16`)), results: [
			result('perplexity', model.perplexity * worse, model.perplexity * 0.006), result('perplexity_ratio', worse, 0.0006 + loss * 0.02),
			result('kl_divergence_mean', kl, kl * 0.01), result('same_top_token', 100 - 100 * Math.sqrt(kl) * 0.23, 0.08),
		], quantization: name };
	}

	// The members of a run of a suite by the k-th submitter, on a machine.
	members(policy, name, person, model, quantization, machine, results) {
		const { name: suite, version, digest } = policy.suites.find((one) => one.name === name);
		const { key } = this.submitters[person];
		return [submissionBody(key, policy, { nonce: Buffer.from(Array.from({ length: 16 }, () => this.random.below(256))).toString('base64'),
			suite: { name: suite, version, digest }, model: this.variant(model, quantization),
			engine: { name: 'llama.cpp', version: 'b10200', backend: backendOf(machine) },
			hardware: { cpu: { name: 'AMD Ryzen 9 7950X 16-Core Processor' }, accelerators: [{ name: machine.name, memory_mib: machine.gib * 1024 }] },
			results, runner: { name: 'assay', version: '0.1.0' } }), key];
	}

	// Beside the crowd's: three submitters ask the first models' variants the same questions, and ask some of them behind an
	// endpoint, on the first machine with up to 16 streams at a time, on the second with 1 and 8 alone.
	*judged(policy) {
		const { random } = this;
		for (const model of this.models.slice(0, 8))
			for (const quantization of quantizations.slice(0, 3))
				for (const person of [0, 1, 2]) {
					const right = 0.92 - 0.5 / (1 + model.billions / 3) - quantization[2] * 2 + (person - 1) * 0.004 + random.below(20) / 1e4;
					yield this.members(policy, 'lm-eval-gsm8k', person, model, quantization, this.machines[0], [{ metric: 'exact_match', value: digits(right), n: 1319, se: 0.008,
						conditions: { task_version: '3', num_fewshot: 5, filter: 'strict-match' } }]);
				}
		for (const model of this.models.slice(0, 6))
			for (const [at, levels] of [[0, [1, 4, 16]], [1, [1, 8]]])
				for (const person of [0, 1, 2]) {
					const machine = this.machines[at];
					const one = machine.bandwidth * 0.6 / (model.active * quantizations[0][1] / 8 + 0.3) * this.submitters[person].bias;
					yield this.members(policy, 'serving', person, model, quantizations[0], machine, levels.map((concurrency) => ({ metric: 'total', n: 8,
						conditions: { concurrency }, value: digits(one * concurrency ** 0.7 * noise(random, 0.01)) })));
				}
	}

	body(policy) {
		const { random } = this;
		const person = skewed(random, this.submitters.length);
		const submitter = this.submitters[person];
		const model = this.models[skewed(random, this.models.length)];
		const quantization = quantizations[skewed(random, quantizations.length)];
		const machine = this.machines[skewed(random, this.machines.length)];
		const measured = random.chance(0.15) ? this.quantization(model, quantization, submitter) : this.throughput(model, quantization, machine, submitter);
		const suite = policy.suites.find((one) => one.name === measured.suite);
		const { key } = submitter;
		return [submissionBody(key, policy, { nonce: Buffer.from(Array.from({ length: 16 }, () => random.below(256))).toString('base64'),
			suite: { name: suite.name, version: suite.version, digest: suite.digest },
			model: { ...this.variant(model, quantization), ...(measured.base ? { base: measured.base } : {}) },
			engine: { name: 'llama.cpp', version: `b${10100 + 10 * random.below(40)}`, backend: backendOf(machine) },
			hardware: { cpu: { name: machine.accelerator ? 'AMD Ryzen 9 7950X 16-Core Processor' : machine.name },
				accelerators: machine.accelerator ? [{ name: machine.name, memory_mib: machine.gib * 1024 }] : [] },
			results: measured.results, ...(person % 3 ? { use_cases: [uses[person % uses.length]] } : {}), runner: { name: 'assay', version: '0.1.0' } }), key];
	}
}

async function sendAll(lab, statements) {
	for (let at = 0; at < statements.length;) {
		const lines = [];
		for (let size = 0; at < statements.length && lines.length < BATCH_N && size < BATCH_BYTES; at++) {
			lines.push(statements[at].text);
			size += statements[at].text.length + 1;
		}
		const answer = await lab.batch(`${lines.join('\n')}\n`);
		const refused = answer.lines.find((line) => line.status !== 201);
		if (answer.status !== 200 || refused)
			throw new Error(`the world was not taken: ${answer.status} ${JSON.stringify(refused ?? answer.text)}`);
	}
}

// Send a world to a lab: enrolments, a member of staff who trusts the first few, all submissions. Returns the key of
// staff and how many statements the log gained; await published(n) of it to wait for the documents.
export async function fillWorld(lab, world, say = () => {}) {
	const { policy } = lab;
	const statement = (kind, key, members) => statementOf(kind, { ...commonMembers(key, lab.origin), ...members }, key);
	const act = (key, name, target, more = {}) => statement('act', key, { act: name, target, reason_code: 'world', reason: 'known in person', ...more });
	const staff = keyOf(`world ${world.seed} staff`);
	const root = Key.fromPem(readFileSync(path.join(lab.keys, 'root.pem')));
	const before = (await lab.get('/v1/policy')).json().log_size;
	await sendAll(lab, [{ key: staff, name: 'Sam' }, ...world.submitters].map(({ key, name }) => statementOf('enrolment', enrolmentBody(key, policy, { name }), key)));
	const grant = act(root, 'grant', staff.submitter, { role: 'staff' });
	await lab.accepted(grant);
	await lab.settled(grant.id);
	await sendAll(lab, world.submitters.slice(0, Math.ceil(world.submitters.length / 12)).map(({ key }) => act(staff, 'trust', key.submitter)));
	for (let sent = 0; sent < world.submissions; sent += 1000) {
		const n = Math.min(1000, world.submissions - sent);
		await sendAll(lab, Array.from({ length: n }, () => {
			const [body, key] = world.body(policy);
			return statementOf('submission', body, key);
		}));
		say(sent + n);
	}
	const judged = [...world.judged(policy)].map(([body, key]) => statementOf('submission', body, key));
	await sendAll(lab, judged);
	const size = before + 1 + world.submitters.length + 1 + Math.ceil(world.submitters.length / 12) + world.submissions + judged.length;
	return { staff, size };
}
