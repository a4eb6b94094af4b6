// pgfaults.mjs — stands between clients and PostgreSQL on a Unix socket and spoils the n-th answer.
// SPDX-License-Identifier: Apache-2.0
//
// A client's messages up to Query or Sync are one request; what the server says up to ReadyForQuery is
// its answer (PostgreSQL documentation, "Message Flow").
import { rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { makeFolder } from './process.mjs';

export const FAULTS = ['refused', 'failed but done', 'cut before', 'cut after'];

function message(type, text) {
	const bytes = Buffer.from(text, 'utf8');
	const head = Buffer.alloc(5);
	head.write(type);
	head.writeInt32BE(bytes.length + 4, 1);
	return Buffer.concat([head, bytes]);
}

const refusal = message('Q', 'DO $$BEGIN RAISE EXCEPTION \'spoiled by the test\'; END$$\0');
const failure = message('E', 'SERROR\0VERROR\0CP0001\0Mspoiled by the test\0\0');

// Gathers messages until one of those types ends a group. The first of a client has no type.
class Groups {
	constructor(ends, { typeless = false } = {}) {
		Object.assign(this, { ends, typeless, rest: Buffer.alloc(0), group: [] });
	}

	// Returns the groups that are now whole, each as its messages.
	read(part) {
		this.rest = Buffer.concat([this.rest, part]);
		const whole = [];
		for (;;) {
			const at = this.typeless ? 0 : 1;
			if (this.rest.length < at + 4 || this.rest.length < at + this.rest.readInt32BE(at))
				return whole;
			const one = this.rest.subarray(0, at + this.rest.readInt32BE(at));
			this.rest = this.rest.subarray(one.length);
			this.group.push(one);
			if (this.typeless || this.ends.includes(String.fromCharCode(one[0])))
				whole.push(this.group.splice(0));
			this.typeless = false;
		}
	}
}

export class PgFaults {
	constructor(targetSocketDir) {
		this.target = path.join(targetSocketDir, '.s.PGSQL.5432');
		this.socketDir = makeFolder('faults-');
		this.pairs = new Set();
		this.left = 0;
		this.server = net.createServer((client) => this.accept(client));
	}

	static async start(targetSocketDir) {
		const proxy = new PgFaults(targetSocketDir);
		await new Promise((resolve) => {
			proxy.server.listen(path.join(proxy.socketDir, '.s.PGSQL.5432'), resolve);
		});
		return proxy;
	}

	// Spoil the n-th request from now on, on whichever connection.
	arm(n, fault) {
		this.left = n;
		this.fault = fault;
	}

	// Let the rest pass. Returns whether the fault came to happen.
	disarm() {
		const happened = this.left === 0;
		this.left = 0;
		return happened;
	}

	accept(client) {
		const server = net.connect(this.target);
		const pair = { client, server, asked: new Groups('QSX', { typeless: true }), told: new Groups('Z'),
			expected: [] };
		this.pairs.add(pair);
		client.on('data', (part) => pair.asked.read(part).forEach((group) => this.ask(pair, group)));
		server.on('data', (part) => pair.told.read(part).forEach((group) => this.tell(pair, group)));
		for (const socket of [client, server]) {
			socket.on('error', () => this.cut(pair));
			socket.on('close', () => this.cut(pair));
		}
	}

	ask(pair, group) {
		const fault = this.left > 0 && --this.left === 0 ? this.fault : undefined;
		pair.expected.push(fault);
		if (fault === 'cut before')
			this.cut(pair);
		else
			pair.server.write(fault === 'refused' ? refusal : Buffer.concat(group));
	}

	tell(pair, group) {
		const fault = pair.expected.shift();
		if (fault === 'cut after')
			this.cut(pair);
		else if (fault === 'failed but done')
			pair.client.write(Buffer.concat([failure, group.at(-1)]));
		else
			pair.client.write(Buffer.concat(group));
	}

	cut(pair) {
		if (!this.pairs.delete(pair))
			return;
		pair.client.destroy();
		pair.server.destroy();
	}

	async stop() {
		this.pairs.forEach((pair) => this.cut(pair));
		await new Promise((resolve) => {
			this.server.close(resolve);
		});
		rmSync(this.socketDir, { recursive: true, force: true });
	}
}
