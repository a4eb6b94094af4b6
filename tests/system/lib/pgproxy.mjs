// pgproxy.mjs — stands between a client and PostgreSQL on a Unix socket, to fail at chosen moments.
// SPDX-License-Identifier: Apache-2.0
//
// It reads the wire protocol far enough to know which SQL each message runs (PostgreSQL
// documentation, "Message Formats"), so that "the answer to this INSERT never arrived" can be made to
// happen every time, instead of now and then.
import { rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { makeFolder } from './process.mjs';

const cString = (bytes, at) => {
	const end = bytes.indexOf(0, at);
	return [bytes.toString('utf8', at, end), end + 1];
};

// Cuts a client's stream into messages and names the SQL of those that run something.
class FrontendReader {
	constructor() {
		this.rest = Buffer.alloc(0);
		this.started = false;
		this.prepared = new Map();
	}

	// Returns [{ bytes, sql }], sql undefined where the message runs none.
	read(part) {
		this.rest = Buffer.concat([this.rest, part]);
		const found = [];
		for (;;) {
			const lengthAt = this.started ? 1 : 0;
			if (this.rest.length < lengthAt + 4)
				return found;
			const size = lengthAt + this.rest.readInt32BE(lengthAt);
			if (this.rest.length < size)
				return found;
			const bytes = this.rest.subarray(0, size);
			this.rest = this.rest.subarray(size);
			found.push({ bytes, sql: this.started ? this.sqlOf(bytes) : undefined });
			this.started = true;
		}
	}

	sqlOf(message) {
		const type = String.fromCharCode(message[0]);
		if (type === 'Q')
			return cString(message, 5)[0];
		if (type === 'P') {
			const [name, next] = cString(message, 5);
			this.prepared.set(name, cString(message, next)[0]);
		}
		if (type === 'B') {
			const [, next] = cString(message, 5);
			return this.prepared.get(cString(message, next)[0]);
		}
		return undefined;
	}
}

export class PgProxy {
	constructor(targetSocketDir) {
		this.target = path.join(targetSocketDir, '.s.PGSQL.5432');
		this.dir = makeFolder('proxy-');
		this.pairs = new Set();
		this.trap = null;
		this.refusing = false;
		this.server = net.createServer((client) => this.accept(client));
	}

	static async start(targetSocketDir) {
		const proxy = new PgProxy(targetSocketDir);
		await new Promise((resolve) => {
			proxy.server.listen(path.join(proxy.dir, '.s.PGSQL.5432'), resolve);
		});
		return proxy;
	}

	get socketDir() {
		return this.dir;
	}

	accept(client) {
		if (this.refusing) {
			client.destroy();
			return;
		}
		const server = net.connect(this.target);
		const pair = { client, server, reader: new FrontendReader(), holding: false };
		this.pairs.add(pair);
		const close = () => {
			client.destroy();
			server.destroy();
			this.pairs.delete(pair);
		};
		client.on('data', (part) => this.fromClient(pair, part));
		server.on('data', (part) => {
			if (!pair.holding)
				client.write(part);
		});
		for (const socket of [client, server]) {
			socket.on('error', close);
			socket.on('close', close);
		}
	}

	fromClient(pair, part) {
		for (const { bytes, sql } of pair.reader.read(part)) {
			if (this.trap && sql !== undefined && this.trap.pattern.test(sql))
				this.spring(pair);
			if (!pair.deaf)
				pair.server.write(bytes);
		}
	}

	spring(pair) {
		const { trap } = this;
		this.trap = null;
		pair.holding = true;
		pair.deaf = trap.deaf;
		trap.sprung({ cut: () => {
			pair.client.destroy();
			pair.server.destroy();
		} });
	}

	// From the next message on that runs SQL matching pattern, withhold everything the server sends
	// on that connection. The server gets the messages and acts on them. Resolves when that
	// message passes, to { cut() } which drops the connection.
	holdAnswersTo(pattern) {
		return new Promise((sprung) => {
			this.trap = { pattern, sprung, deaf: false };
		});
	}

	// The same, but the message and what follows never reach the server either.
	swallow(pattern) {
		return new Promise((sprung) => {
			this.trap = { pattern, sprung, deaf: true };
		});
	}

	// Drop every connection and, until accepting(), each new one.
	refuse() {
		this.refusing = true;
		for (const { client, server } of this.pairs) {
			client.destroy();
			server.destroy();
		}
	}

	accepting() {
		this.refusing = false;
	}

	async stop() {
		this.refuse();
		await new Promise((resolve) => {
			this.server.close(resolve);
		});
		rmSync(this.dir, { recursive: true, force: true });
	}
}
