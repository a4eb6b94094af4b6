// relay.mjs — carries bytes between hosts that are addresses of one machine, and cuts off whom it is told to.
// SPDX-License-Identifier: Apache-2.0
//
// usage: node relay.mjs TABLE CUT DONE [GIVE_UP_MS]
//
// TABLE has a line for each way (see relays.sh), CUT the numbers of hosts that are cut off. Once it listens, and at
// each SIGHUP, it reads CUT and writes what it read to DONE as soon as it is so.
//
// What leads from or to a host that is cut off stands still, both ways: connections are taken and get no answer, bytes and
// ends of connections wait. After GIVE_UP_MS both ends are reset: between two machines each end's TCP would give up
// (tcp_user_timeout, keepalives), but here each is in touch with the relay for ever.
import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';

const [tableFile, cutFile, doneFile, giveUp = '5000'] = process.argv.slice(2);
const GIVE_UP_MS = Number(giveUp);
const carried = new Set(); // { way, near, far, timer }: far: not yet; timer: only while it stands still
let cut = new Set();

const standsStill = (way) => cut.has(way.from) || cut.has(way.to);

function pour(from, to, pair) {
	from.on('data', (bytes) => {
		if (!to.write(bytes))
			from.pause();
	});
	to.on('drain', () => {
		if (!pair.timer)
			from.resume();
	});
	from.on('end', () => to.end());
	from.on('error', () => to.resetAndDestroy());
	from.on('close', () => {
		if (pair.near.destroyed && pair.far.destroyed)
			forget(pair);
	});
}

function forget(pair) {
	clearTimeout(pair.timer);
	carried.delete(pair);
}

function hold(pair) {
	pair.near.pause();
	pair.far?.pause();
	pair.timer ??= setTimeout(() => {
		pair.near.resetAndDestroy();
		pair.far?.resetAndDestroy();
		forget(pair);
	}, GIVE_UP_MS);
}

function go(pair) {
	clearTimeout(pair.timer);
	pair.timer = undefined;
	if (!pair.far) {
		const { target, port, source } = pair.way;
		pair.far = net.connect({ host: target, port, localAddress: source, noDelay: true, allowHalfOpen: true });
		pour(pair.near, pair.far, pair);
		pour(pair.far, pair.near, pair);
	}
	pair.near.resume();
	pair.far.resume();
}

function take(way, near) {
	const pair = { way, near: near.on('error', () => {}) };
	carried.add(pair);
	(standsStill(way) ? hold : go)(pair);
}

function readCut() {
	const text = readFileSync(cutFile, 'utf8');
	cut = new Set(text.split('\n').filter(Boolean));
	for (const pair of carried)
		if (standsStill(pair.way))
			hold(pair);
		else if (pair.timer)
			go(pair);
	writeFileSync(doneFile, text);
}

function listen(line) {
	const [from, to, host, target, source, port] = line.split(' ');
	const way = { from, to, target, source, port: Number(port) };
	const server = net.createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: true }, (near) => take(way, near));
	return new Promise((resolve) => {
		server.listen(way.port, host, resolve);
	});
}

await Promise.all(readFileSync(tableFile, 'utf8').split('\n').filter(Boolean).map(listen));
process.on('SIGHUP', readCut);
readCut();
