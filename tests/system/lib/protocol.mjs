// protocol.mjs — an independent client of the protocol, written from its description alone.
// SPDX-License-Identifier: Apache-2.0
//
// Nothing here shares code with the server or the runner: where both agree with this file, the
// description was enough to build a client from.
import {
	createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign,
} from 'node:crypto';

export const sha256 = (...parts) => {
	const hash = createHash('sha256');
	for (const part of parts)
		hash.update(part);
	return hash.digest();
};

export const hex = (bytes) => Buffer.from(bytes).toString('hex');

// What a server takes over HTTP, in its order; a config comes from `assayd config --apply` alone.
export const kindsTaken = ['enrolment', 'submission', 'key', 'intent', 'retraction', 'act', 'price', 'decision', 'watch', 'alias'];

export const payloadType = (kind) => `application/vnd.assay.${kind}.v1+json`;

// DSSE v1.0.2, "Signature Definition".
export function pae(type, payload) {
	const body = Buffer.from(payload);
	const name = Buffer.from(type);
	return Buffer.concat([
		Buffer.from(`DSSEv1 ${name.length} `), name, Buffer.from(` ${body.length} `), body,
	]);
}

export const statementId = (type, payload) => hex(sha256(pae(type, payload)));

// An Ed25519 key pair; `base64` and `raw` are the public key, `submitter` the id it enrols as.
export class Key {
	constructor(privateKey = generateKeyPairSync('ed25519').privateKey) {
		this.private = privateKey;
		const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
		this.raw = spki.subarray(spki.length - 32);
		this.base64 = this.raw.toString('base64');
		this.submitter = hex(sha256(this.raw));
	}

	static fromPem(pem) {
		return new Key(createPrivateKey(pem));
	}

	sign(bytes) {
		return sign(null, bytes, this.private);
	}
}

const urlAlphabet = (text) => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

// Build an envelope over payload bytes. `signer` signs, `keyid` is only a hint, `url` uses the URL
// alphabet without padding.
export function envelopeOf(type, payload, { signer, keyid = signer.base64, sig, url = false }) {
	const bytes = Buffer.from(payload);
	const form = url ? urlAlphabet : (text) => text;
	const signature = sig ?? signer.sign(pae(type, bytes));
	return {
		payloadType: type,
		payload: form(bytes.toString('base64')),
		signatures: [{ keyid: form(keyid), sig: form(Buffer.from(signature).toString('base64')) }],
	};
}

// One statement: its body, its exact payload bytes, its envelope as text, its id.
export function statementOf(kind, body, signer, options = {}) {
	const type = options.type ?? payloadType(kind);
	const payload = options.payload ?? Buffer.from(JSON.stringify(body));
	const envelope = envelopeOf(type, payload, { signer, ...options });
	return { kind, body, payload, envelope, text: JSON.stringify(envelope),
		id: statementId(type, payload) };
}

export const timeOf = (ms = Date.now()) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

// The members every payload has.
export function commonMembers(key, origin) {
	return { audience: origin, key: key.base64, nonce: randomBytes(16).toString('base64'),
		created_at: timeOf() };
}

const leadingZeroBits = (digest) => {
	let bits = 0;
	for (const byte of digest) {
		if (byte !== 0)
			return bits + Math.clz32(byte) - 24;
		bits += 8;
	}
	return bits;
};

export function proofOfWork(origin, key, bits) {
	const counter = Buffer.alloc(8);
	for (let n = 0n; ; n++) {
		counter.writeBigUInt64BE(n);
		if (leadingZeroBits(sha256('assay-pow-v1', origin, key.raw, counter)) >= bits)
			return counter.toString('hex');
	}
}

// A counter that does not solve it; only for bits > 0.
export function wrongProofOfWork(origin, key, bits) {
	const counter = Buffer.alloc(8);
	for (let n = 0n; ; n++) {
		counter.writeBigUInt64BE(n);
		if (leadingZeroBits(sha256('assay-pow-v1', origin, key.raw, counter)) < bits)
			return counter.toString('hex');
	}
}

export function enrolmentBody(key, policy, changes = {}) {
	return { ...commonMembers(key, policy.origin), name: 'Ada', links: [],
		terms: policy.terms.sha256, pow: proofOfWork(policy.origin, key, policy.pow_bits),
		...changes };
}

export function submissionBody(key, policy, changes = {}) {
	const suite = policy.suites.find((s) => s.name === 'throughput');
	return { ...commonMembers(key, policy.origin),
		suite: { name: suite.name, version: suite.version, digest: suite.digest },
		model: { name: 'example-org/tiny-7b', revision: 'main', quantization: 'Q4_K_M',
			parameters: 7000000000, size_bytes: 4000000000 },
		engine: { name: 'llama.cpp', version: 'b10470', backend: 'CUDA' },
		hardware: { cpu: { name: 'Example CPU 9000' },
			accelerators: [{ name: 'Example GPU 80GB', memory_mib: 81920 }] },
		results: [{ metric: 'decode', conditions: { n_prompt: 0, n_gen: 128 }, value: 42.5, n: 5,
			sd: 0.25 }],
		runner: { name: 'system-test', version: '1' },
		...changes };
}

const netstring = (text) => {
	const bytes = Buffer.from(text);
	return Buffer.concat([Buffer.from(`${bytes.length}:`), bytes, Buffer.from(',')]);
};

function subjectOf(model) {
	if (model.sha256)
		return model.sha256;
	return `${model.name ?? ''}@${model.revision ?? ''}+${model.quantization ?? ''}`;
}

function offloadOf(body, conditions) {
	if (conditions.offload)
		return conditions.offload;
	if (!body.hardware.accelerators?.length || conditions.n_gpu_layers === 0)
		return 'none';
	const layers = conditions.n_gpu_layers;
	if (conditions.n_cpu_moe > 0 || (layers >= 1 && layers <= 98))
		return 'partial';
	return 'full';
}

function conditionOf(suite, conditions, name) {
	if (conditions[name] !== undefined)
		return String(conditions[name]);
	const declared = suite.conditions[name].split(' = ');
	return declared[1] ?? '';
}

// The value of one cell field, as it enters the raw cell.
export function cellField(suite, body, result, field) {
	const conditions = result.conditions ?? {};
	const devices = body.hardware.accelerators ?? [];
	const offload = offloadOf(body, conditions);
	switch (field) {
	case 'subject': return subjectOf(body.model);
	case 'base': return body.model.base ?? '';
	case 'offload': return offload;
	case 'accelerator_count': return offload === 'none' ? '0' : String(devices.length);
	case 'hardware':
		if (offload === 'none')
			return body.hardware.cpu.name;
		return [...new Set(devices.map((d) => d.name))].sort().join(' + ');
	case 'backend': return body.engine.backend ?? '';
	case 'engine': return body.engine.name;
	default: return conditionOf(suite, conditions, field.slice('conditions.'.length));
	}
}

export function rawCell(suite, body, result) {
	const parts = ['assay-cell-v1', suite.name, String(suite.version),
		...suite.cell.map((field) => `${field}=${cellField(suite, body, result, field)}`)];
	return hex(sha256(...parts.map(netstring)));
}

// C2SP signed-note, "Verifier keys": NAME+HASH+base64(0x01 key).
export function parseVkey(line) {
	const [name, hash, ...rest] = line.trim().split('+');
	const blob = Buffer.from(rest.join('+'), 'base64');
	return { name, hash, algorithm: blob[0], key: blob.subarray(1),
		expectedHash: hex(sha256(name, '\n', blob).subarray(0, 4)) };
}

// SHA-256 of "assay-suite-v1" LF hex(suite.json) LF hex(items.jsonl or nothing) LF.
export function suiteDigest(suiteJson, items = '') {
	return hex(sha256(`assay-suite-v1\n${hex(sha256(suiteJson))}\n${hex(sha256(items))}\n`));
}
