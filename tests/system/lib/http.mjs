// http.mjs — requests to a server under test: ordinary ones, and raw bytes on a socket.
// SPDX-License-Identifier: Apache-2.0
import http from 'node:http';
import net from 'node:net';

const ANSWER_LIMIT_MS = 60000;

// Send one ordinary request, on a connection of its own unless there is an agent. The answer has status,
// headers, body (Buffer), text, json().
export function request(port, method, path, { headers = {}, body, agent = false } = {}) {
	return new Promise((resolve, reject) => {
		const options = { host: '127.0.0.1', port, method, path, headers, agent,
			timeout: ANSWER_LIMIT_MS };
		const req = http.request(options, (res) => {
			const parts = [];
			res.on('data', (part) => parts.push(part));
			res.on('error', reject);
			res.on('end', () => resolve(answerOf(res.statusCode, res.headers, Buffer.concat(parts))));
		});
		req.on('timeout', () => req.destroy(new Error(`no answer to ${method} ${path}`)));
		req.on('error', reject);
		req.end(body);
	});
}

function answerOf(status, headers, body) {
	return { status, headers, body, text: body.toString(), json: () => JSON.parse(body.toString()) };
}

// Split what came on a connection into answers. `heads` says which of them have no body (HEAD).
export function splitAnswers(bytes, heads = []) {
	const answers = [];
	let rest = bytes;
	while (rest.length) {
		const end = rest.indexOf('\r\n\r\n');
		if (end < 0)
			break;
		const [line, ...fields] = rest.subarray(0, end).toString('latin1').split('\r\n');
		const headers = {};
		for (const field of fields) {
			const colon = field.indexOf(':');
			headers[field.slice(0, colon).toLowerCase()] = field.slice(colon + 1).trim();
		}
		const status = Number(line.split(' ')[1]);
		const bodyless = heads[answers.length] || status < 200 || status === 304;
		const length = bodyless ? 0 : Number(headers['content-length'] ?? 0);
		const start = end + 4;
		if (rest.length < start + length)
			break;
		answers.push({ line, ...answerOf(status, headers, rest.subarray(start, start + length)) });
		rest = rest.subarray(start + length);
	}
	return answers;
}

// A connection of raw bytes: write(), then answers(n) waits until n answers or the end came.
export class RawConnection {
	constructor(port) {
		this.received = Buffer.alloc(0);
		this.ended = false;
		this.waiters = [];
		this.socket = net.connect({ host: '127.0.0.1', port, allowHalfOpen: true });
		this.socket.on('data', (part) => {
			this.received = Buffer.concat([this.received, part]);
			this.wake();
		});
		const end = () => {
			this.ended = true;
			this.wake();
		};
		this.socket.on('end', end);
		this.socket.on('close', end);
		this.socket.on('error', end);
	}

	wake() {
		for (const waiter of this.waiters.splice(0))
			waiter();
	}

	write(bytes) {
		return new Promise((resolve) => {
			this.socket.write(bytes, () => resolve());
		});
	}

	async answers(n, heads = []) {
		const deadline = Date.now() + ANSWER_LIMIT_MS;
		for (;;) {
			const found = splitAnswers(this.received, heads);
			if (found.length >= n || this.ended)
				return found;
			if (Date.now() > deadline)
				throw new Error(`only ${found.length} of ${n} answers came`);
			await this.change();
		}
	}

	// Wait until the server closed the connection.
	async closed() {
		const deadline = Date.now() + ANSWER_LIMIT_MS;
		while (!this.ended) {
			if (Date.now() > deadline)
				throw new Error('the server kept the connection open');
			await this.change();
		}
	}

	change() {
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, 1000);
			this.waiters.push(() => {
				clearTimeout(timer);
				resolve();
			});
		});
	}

	close() {
		this.socket.destroy();
	}
}

// Send bytes on a fresh connection and return the first answer.
export async function rawRequest(port, bytes, heads = []) {
	const connection = new RawConnection(port);
	try {
		await connection.write(bytes);
		const [answer] = await connection.answers(1, heads);
		if (!answer)
			throw new Error('the connection ended without an answer');
		return answer;
	} finally {
		connection.close();
	}
}
