// people.mjs — what submitters and staff say, against one lab: signed, sent and settled.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { commonMembers, Key, rawCell, statementOf } from './protocol.mjs';

// The SQL that stores and queues a statement as taken at a time.
export function storeSql(statement, ms) {
	const bytes = (buffer) => `'\\x${Buffer.from(buffer).toString('hex')}'`;
	const { keyid, sig } = statement.envelope.signatures[0];
	return `INSERT INTO assay.statement (id, kind, payload, payload_sha256, key, signature, accepted_at_ms)
		VALUES ('\\x${statement.id}', '${statement.kind}', ${bytes(statement.payload)}, sha256(${bytes(statement.payload)}),
		${bytes(Buffer.from(keyid, 'base64'))}, ${bytes(Buffer.from(sig, 'base64'))}, ${ms});
		INSERT INTO assay.pending (id) VALUES ('\\x${statement.id}');`;
}

export function peopleOf(lab) {
	const say = (kind, key, members) => statementOf(kind, { ...commonMembers(key, lab.origin), ...members }, key);
	const act = (key, name, target, more = {}) =>
		say('act', key, { act: name, target, reason_code: 'test', reason: 'because of a test', ...more });
	const retraction = (key, target) => say('retraction', key, { target, reason: 'a wrong build' });
	const rootKey = () => Key.fromPem(readFileSync(path.join(lab.keys, 'root.pem')));
	const cellOf = (statement) => rawCell(lab.suiteFile(), statement.body, statement.body.results[0]);

	// Send a statement and return what the log settled of it.
	async function settle(statement) {
		await lab.accepted(statement);
		return lab.settled(statement.id);
	}

	async function counted(statement) {
		const settled = await settle(statement);
		assert.equal(settled.state, 'counted', settled.reason);
		return statement;
	}

	async function isVoid(statement, pointer) {
		const settled = await settle(statement);
		assert.equal(settled.state, 'void');
		assert.equal(settled.pointer, pointer);
		assert.ok(settled.reason);
	}

	async function staff(name) {
		const key = await lab.enrolled(name);
		await counted(act(rootKey(), 'grant', key.submitter, { role: 'staff' }));
		return key;
	}

	// Store a statement as if it had been taken at another time, and queue it: the door has only the present.
	async function storeAt(statement, ms) {
		await lab.pg.sql(`BEGIN; ${storeSql(statement, ms)} COMMIT;`);
		return lab.settled(statement.id);
	}

	// A run in a cell of its own, or of the given test point.
	let point = 0;
	const run = (key, value, n_prompt = ++point, changes = {}) => lab.submission(key,
		{ results: [{ metric: 'prefill', conditions: { n_prompt: 1000 + n_prompt }, value, n: 1 }], ...changes });
	const shows = (statement, probe) => lab.rowOf(cellOf(statement), probe);

	return { say, storeAt, act, retraction, rootKey, cellOf, settle, counted, isVoid, staff, run, shows,
		nextPoint: () => ++point, get point() { return point; } };
}
