// standing.test.mjs — what several submitters make of a value: standing, intervals, ranks, and that
// neither batching nor a restart changes any of it.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { labFile } from './lib/lab.mjs';
import { peopleOf } from './lib/people.mjs';
import { waitFor } from './lib/process.mjs';
import { sameInOneBatch } from './lib/rebatch.mjs';

const { lab, test } = labFile();
const people = peopleOf(lab);
const { act, counted, retraction, staff, run, shows } = people;
const standing = (word, runs) => (row) => row.estimates[0]?.standing === word && (!runs || row.estimates[0].runs === runs);
const rows = (sql) => lab.pg.sql(sql);

// Two vouched for by staff, and one whom three agreeing cells established.
async function established() {
	const [sam, tom] = [await staff('Sam'), await staff('Tom')];
	const [ada, eve, ben] = [await lab.enrolled('Ada'), await lab.enrolled('Eve'), await lab.enrolled('Ben')];
	await counted(act(sam, 'trust', ada.submitter));
	await counted(act(tom, 'trust', eve.submitter));
	for (let i = 0; i < 3; i++) {
		await counted(run(ada, 100, people.nextPoint()));
		await counted(run(ben, 103, people.point));
	}
	return { sam, tom, ada, eve, ben };
}

test('single, corroborated, reproduced, contested: as the votes come in', async () => {
	const { ada, eve, ben } = await established();
	const first = await counted(run(ben, 100, people.nextPoint()));
	assert.equal((await shows(first, standing('single'))).estimates[0].interval, 'none');
	await counted(run(ada, 104, people.point));
	const [two] = (await shows(first, standing('corroborated'))).estimates;
	assert.deepEqual([two.interval, two.voters, two.agreeing, two.established], ['student', 2, 2, 2]);
	assert.ok(two.low < 100 && two.high > 104, 'two voters are far from sure');
	await counted(run(eve, 98, people.point));
	const [three] = (await shows(first, standing('reproduced'))).estimates;
	assert.ok(three.high / three.low < two.high / two.low);
	assert.equal(three.point, 100);
	for (const [who, value] of [[eve, 140], [eve, 141], [ben, 71], [ben, 70]])
		await counted(run(who, value, people.point));
	await shows(first, standing('contested', 7));
	assert.equal(await rows(`SELECT string_agg(from_standing || '>' || to_standing, ' ' ORDER BY index) FROM
		assay.transition WHERE cell = '\\x${people.cellOf(first)}'`),
	'none>single single>corroborated corroborated>reproduced reproduced>corroborated corroborated>contested');
});

test('nobody established: a crowd of strangers agrees and stays single', async () => {
	let last;
	people.nextPoint();
	for (let i = 0; i < 7; i++)
		last = await counted(run(await lab.enrolled(`Stranger ${i}`), 50 + i / 10, people.point));
	const [estimate] = (await shows(last, (row) => row.estimates[0]?.voters === 7)).estimates;
	assert.equal(estimate.standing, 'single');
	assert.equal(estimate.interval, 'hettmansperger_sheather');
	assert.equal(estimate.agreeing, 7);
	assert.ok(estimate.low >= 50 && estimate.high <= 50.6);
});

test('a suspension changes what stands in cells it did not touch', async () => {
	const { sam, ada, eve } = await established();
	const first = await counted(run(ada, 100, people.nextPoint()));
	await counted(run(eve, 101, people.point));
	await shows(first, standing('corroborated'));
	await counted(act(sam, 'suspend', ada.submitter));
	await counted(act(sam, 'suspend', eve.submitter));
	assert.equal((await shows(first, standing('single'))).estimates[0].established, 0);
});

test('an act on a reproduced cell waits for a second staff member', async () => {
	const { sam, tom, ada, eve, ben } = await established();
	const first = await counted(run(ada, 100, people.nextPoint()));
	await counted(run(eve, 101, people.point));
	await counted(run(ben, 102, people.point));
	await shows(first, standing('reproduced'));
	const quarantine = await counted(act(sam, 'quarantine', first.id));
	assert.equal((await lab.settled(first.id)).state, 'counted');
	await counted(act(tom, 'confirm', quarantine.id));
	assert.equal((await lab.settled(first.id)).state, 'quarantined');
	await shows(first, standing('corroborated', 2));
	await counted(act(tom, 'release', first.id)); // it touches no reproduced cell now
	await shows(first, standing('reproduced', 3));
});

// Cells of one board compete; what the intervals cannot separate shares its ranks.
test('ranks are intervals', async () => {
	const crowd = [];
	for (let i = 0; i < 6; i++)
		crowd.push(await lab.enrolled(`Ranker ${i}`));
	people.nextPoint();
	const of = (name) => ({ model: { name: `rank/${name}`, quantization: 'Q8_0' } });
	const last = {};
	for (const [name, value] of [['fast', 1000], ['close', 100], ['near', 101]])
		for (const [i, who] of crowd.entries())
			last[name] = await counted(run(who, value + i, people.point, of(name)));
	last.lone = await counted(run(crowd[0], 500, people.point, of('lone')));
	await shows(last.lone);
	const board = await lab.board();
	const rank = (name) => board.rows.find((row) => row.cell === people.cellOf(last[name])).ranks[0];
	assert.deepEqual(rank('fast'), { metric: 'prefill', best: 1, worst: 2, of: 4 });
	assert.deepEqual(rank('close'), { metric: 'prefill', best: 2, worst: 4, of: 4 });
	assert.deepEqual(rank('near'), { metric: 'prefill', best: 2, worst: 4, of: 4 });
	assert.deepEqual(rank('lone'), { metric: 'prefill', best: 1, worst: 4, of: 4 });
});

test('a leader reads the runs of a cell once, until an act or a retraction makes it look anew', async () => {
	const key = await lab.enrolled();
	const first = await counted(run(key, 100, people.nextPoint()));
	await lab.pg.sql('ALTER SYSTEM SET log_statement = \'all\'', { dbname: 'postgres' });
	await lab.pg.sql('SELECT pg_reload_conf()');
	await lab.pg.sql('SELECT 1');
	await waitFor('what PostgreSQL runs to be told', () => /execute head/.test(readFileSync(lab.pg.log, 'utf8')));
	const reads = async (statement) => {
		const before = readFileSync(lab.pg.log, 'utf8').length;
		await counted(statement);
		const told = readFileSync(lab.pg.log, 'utf8').slice(before);
		assert.match(told, /execute add_leaves/, 'it was settled in there');
		return told.match(/execute meeting_runs/g)?.length ?? 0;
	};
	try {
		assert.equal(await reads(run(key, 101, people.point)), 0);
		assert.equal(await reads(run(key, 102, people.point)), 0);
		await reads(retraction(key, first.id));
		assert.equal(await reads(run(key, 103, people.point)), 1);
		assert.equal(await reads(run(key, 104, people.point)), 0);
	} finally {
		await lab.pg.sql('ALTER SYSTEM RESET log_statement', { dbname: 'postgres' });
		await lab.pg.sql('SELECT pg_reload_conf()');
	}
});

test('another batching of the same log derives the same rows and documents', async () => {
	for (const key of [await lab.enrolled('Wren'), await lab.enrolled('Jay')])
		await counted(run(key, 0, 0, { results: [101.25, 203.5].map((value, i) =>
			({ metric: 'prefill', conditions: { n_prompt: 7000 + i }, value, n: 5, sd: value / 128 })) }));
	assert.equal(await rows('SELECT count(*) FROM assay.twin'), '1');
	await sameInOneBatch(lab);
});
