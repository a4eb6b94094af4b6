// crowd.mjs — clients that send statements without end to servers that come and go, and remember what they
// were told.
// SPDX-License-Identifier: Apache-2.0
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { RawConnection, request } from './http.mjs';
import { submissionBody, statementOf } from './protocol.mjs';

const TYPE = 'application/vnd.dsse.envelope.v1+json';
const BATCH_TYPE = 'application/x-ndjson';
const TOGETHER_N = { pipelined: 8, batched: 40 };

const postOf = (statement) => 'POST /v1/statements HTTP/1.1\r\nHost: localhost\r\n' +
	`Content-Type: ${TYPE}\r\nContent-Length: ${Buffer.byteLength(statement.text)}\r\n\r\n${statement.text}`;

// How a client speaks: each sends statements and returns their status, undefined where no answer came.
const manners = {
	async alone(port, [statement]) {
		const answer = await request(port, 'POST', '/v1/statements',
			{ body: statement.text, headers: { 'Content-Type': TYPE } });
		return [answer.status];
	},
	async kept(port, [statement], agent) {
		const answer = await request(port, 'POST', '/v1/statements',
			{ body: statement.text, headers: { 'Content-Type': TYPE }, agent });
		return [answer.status];
	},
	async batched(port, statements) {
		const answer = await request(port, 'POST', '/v1/statements',
			{ body: statements.map((s) => `${s.text}\n`).join(''), headers: { 'Content-Type': BATCH_TYPE } });
		if (answer.status !== 200)
			return statements.map(() => answer.status);
		return answer.text.trim().split('\n').map((line) => JSON.parse(line).status);
	},
	async pipelined(port, statements) {
		const connection = new RawConnection(port);
		try {
			await connection.write(statements.map(postOf).join(''));
			return (await connection.answers(statements.length)).map((answer) => answer.status);
		} finally {
			connection.close();
		}
	},
};

export class Client {
	// Settings: name (of its model), key, policy, ports() of the servers, some of which may be down, random,
	// manner (above), pauseMs (the longest between two turns).
	constructor(settings) {
		Object.assign(this, settings);
		this.agent = new http.Agent({ keepAlive: true });
		this.acknowledged = [];
		this.unknown = [];
		this.surprises = [];
		this.again = 0;
	}

	fresh() {
		return statementOf('submission', submissionBody(this.key, this.policy, {
			model: { name: this.name, revision: 'main', quantization: 'Q4_K_M', parameters: 7000000000 },
			results: [{ metric: 'decode', conditions: { n_prompt: 0, n_gen: this.random.between(1, 17) },
				value: 42.5, n: 1 }],
		}), this.key);
	}

	// Statements whose fate is unknown come back again and again; now and then one that is known.
	next() {
		if (this.unknown.length && this.random.chance(0.6))
			return this.unknown.splice(this.random.below(this.unknown.length), 1)[0];
		if (this.acknowledged.length && this.random.chance(0.1))
			return this.random.pick(this.acknowledged);
		return this.fresh();
	}

	async turn(statements) {
		const port = this.random.pick(this.ports());
		const statuses = await manners[this.manner](port, statements, this.agent).catch(() => []);
		for (const [n, statement] of statements.entries())
			this.hear(statement, statuses[n]);
	}

	hear(statement, status) {
		const known = statement.acknowledged;
		if (status === 200 || (status === 201 && !known)) {
			this.again += known ? 1 : 0;
			if (!known)
				this.acknowledged.push(statement);
			statement.acknowledged = true;
			return;
		}
		if (status !== undefined && status !== 503)
			this.surprises.push(`${statement.id}: ${status}${known ? ' after it was acknowledged' : ''}`);
		if (!known)
			this.unknown.push(statement);
	}

	// What was acknowledged can be read at once and ever after, whenever the database can be asked.
	async look() {
		const { id } = this.random.pick(this.acknowledged);
		const answer = await request(this.random.pick(this.ports()), 'GET', `/v1/statements/${id}`)
			.catch(() => undefined);
		if (answer && ![200, 503].includes(answer.status))
			this.surprises.push(`GET of ${id}: ${answer.status}`);
	}

	async run(goesOn) {
		while (goesOn()) {
			const n = this.random.between(1, (TOGETHER_N[this.manner] ?? 1) + 1);
			const chosen = new Map(Array.from({ length: n }, () => this.next()).map((s) => [s.id, s]));
			await this.turn([...chosen.values()]);
			if (this.acknowledged.length && this.random.chance(0.1))
				await this.look();
			await pause(this.random.below(this.pauseMs));
		}
	}

	// Send what is unknown until nothing is.
	async finish() {
		while (this.unknown.length && !this.surprises.length) {
			await this.turn(this.unknown.splice(0, 1));
			await pause(1);
		}
		this.agent.destroy();
	}
}
