// load.mjs — clients that never give up: writers that send each statement until it is taken, readers of boards, and
// one who collects every checkpoint that any host shows.
// SPDX-License-Identifier: Apache-2.0
import { setTimeout as pause } from 'node:timers/promises';
import { Key, enrolmentBody, statementOf, submissionBody } from '../lib/protocol.mjs';
import { ask, post } from './hosts.mjs';

const BOARDS = ['/data/v1/index.json', '/data/v1/suites/throughput.json', '/'];

export class Load {
	constructor(hosts, policy) {
		Object.assign(this, { hosts, policy, acknowledged: [], refusals: new Map(), reads: 0, misses: [], slowest_ms: 0,
			checkpoints: new Map(), splits: [], stopped: false });
	}

	submission(key, n) {
		const changes = { results: [{ metric: 'decode', conditions: { n_prompt: 0, n_gen: 128 + n % 50 }, value: 42 + n % 7, n: 5, sd: 0.25 }] };
		return statementOf('submission', submissionBody(key, this.policy, changes), key);
	}

	// As the runner does it: the same statement again, until somebody has it.
	async deliver(statement) {
		for (;;) {
			const answer = await post(this.hosts.edge, statement.text).catch((error) => ({ status: error.code ?? 'no answer' }));
			if (answer.status === 201 || answer.status === 200) {
				this.acknowledged.push({ id: statement.id, at: Date.now() });
				return;
			}
			if (answer.status >= 400 && answer.status < 500)
				throw new Error(`refused: ${answer.text}`);
			this.refusals.set(answer.status, (this.refusals.get(answer.status) ?? 0) + 1);
			await pause(100);
		}
	}

	async write(key) {
		for (let n = 0; !this.stopped; n++) {
			await this.deliver(this.submission(key, n));
			await pause(40);
		}
	}

	async read() {
		for (; !this.stopped; this.reads++) {
			const began = Date.now();
			const where = BOARDS[this.reads % BOARDS.length];
			const answer = await ask(this.hosts.edge + where).catch((error) => ({ status: error.message }));
			if (answer.status !== 200)
				this.misses.push(`${where}: ${answer.status}`);
			this.slowest_ms = Math.max(this.slowest_ms, Date.now() - began);
			await pause(50);
		}
	}

	async watch(n) {
		for (; !this.stopped; await pause(200)) {
			const answer = await ask(`${this.hosts.url(n)}/log/checkpoint`, { limitMs: 3000 }).catch(() => null);
			if (answer?.status !== 200)
				continue;
			const [, size, root] = answer.text.split('\n');
			const known = this.checkpoints.get(Number(size));
			if (known && known !== root)
				this.splits.push(`size ${size}: ${known} and ${root}`);
			this.checkpoints.set(Number(size), root);
		}
	}

	async start(writersN) {
		const keys = Array.from({ length: writersN }, () => new Key());
		for (const key of keys)
			await this.deliver(statementOf('enrolment', enrolmentBody(key, this.policy), key));
		this.keys = keys;
		this.going = Promise.all([...keys.map((key) => this.write(key)), this.read(), ...[1, 2, 3].map((n) => this.watch(n))]);
		this.going.catch(() => {});
	}

	async stop() {
		this.stopped = true;
		await this.going;
	}

	// Longest time without an acknowledgement since then, in ms.
	longestGap(since) {
		let last = since;
		let longest = 0;
		for (const { at } of this.acknowledged.filter((a) => a.at >= since)) {
			longest = Math.max(longest, at - last);
			last = at;
		}
		return Math.max(longest, Date.now() - last);
	}

	countSince(at) {
		return this.acknowledged.filter((a) => a.at >= at).length;
	}
}
