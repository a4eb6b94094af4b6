// endpoint.mjs — an OpenAI-compatible server that answers by script, and remembers what it was asked.
// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

// What a chat completion looks like.
export const completion = (text, more = {}) => JSON.stringify({ id: 'x', object: 'chat.completion', created: 1,
	model: 'scripted', choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: text } }],
	usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }, ...more });

// The same in pieces: one a word, then why it ended, then what the server counted unless tokens is null.
export const pieces = (words, tokens = words.length) => [
	JSON.stringify({ choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] }),
	...words.map((content) => JSON.stringify({ choices: [{ index: 0, delta: { content } }] })),
	JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'length' }] }),
	...(tokens === null ? [] : [JSON.stringify({ choices: [], usage: { completion_tokens: tokens } })]),
	'[DONE]'];

export class Endpoint {
	// script(question, n): what to do with the n-th question; it returns a text to answer with, or
	// { status, headers, body, cut, broken }, or { events } to be sent one by one, cut off behind the last
	// if they are `cut`. An event is what stands behind "data: ".
	static async start(script, { key } = {}) {
		const endpoint = new Endpoint();
		Object.assign(endpoint, { script, key, asked: [], answered: [], refused: 0, now: 0, most: 0 });
		endpoint.server = http.createServer((request, response) => endpoint.onRequest(request, response));
		endpoint.server.listen(0, '127.0.0.1');
		await once(endpoint.server, 'listening');
		endpoint.url = `http://127.0.0.1:${endpoint.server.address().port}/v1`;
		return endpoint;
	}

	async onRequest(request, response) {
		const parts = [];
		for await (const part of request)
			parts.push(part);
		if (this.key && request.headers.authorization !== `Bearer ${this.key}`) {
			this.refused++;
			response.writeHead(401, { 'Content-Type': 'application/json' });
			response.end(JSON.stringify({ error: { message: `no such key: ${request.headers.authorization}` } }));
			return;
		}
		const question = JSON.parse(Buffer.concat(parts).toString());
		const words = question.messages.at(-1).content;
		this.asked.push({ path: request.url, words, question });
		this.most = Math.max(this.most, ++this.now);
		let told = await this.script(words, this.asked.length, question);
		if (!told.events)
			this.now--;
		if (typeof told === 'string')
			told = { body: completion(told) };
		if (told.events) {
			await this.stream(response, told);
			return;
		}
		if (told.cut) {
			response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 1000 });
			response.write('{"choices":');
			response.destroy();
			return;
		}
		if ((told.status ?? 200) === 200 && !told.broken)
			this.answered.push(words);
		response.writeHead(told.status ?? 200, { 'Content-Type': 'application/json', ...told.headers });
		response.end(told.body ?? '{}');
	}

	async stream(response, { events, cut }) {
		response.writeHead(200, { 'Content-Type': 'text/event-stream' });
		for (const event of events) {
			const text = `data: ${event}\n\n`;
			// Pieces of the network are not those of the text.
			response.write(text.slice(0, 9));
			await pause(1);
			response.write(text.slice(9));
		}
		this.now--;
		if (cut)
			response.destroy();
		else
			response.end();
	}

	async stop() {
		this.server.closeAllConnections?.();
		this.server.close();
		await once(this.server, 'close');
	}
}
