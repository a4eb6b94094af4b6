// rebatch.mjs — a whole log derived anew, in one batch and by another daemon, is what it was.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { assertSameFolder, plainContents } from './folder.mjs';
import { waitFor } from './process.mjs';

// What is counted as it happens, and what counting it from the rows says; rows that count nothing are no difference.
const counts = {
	voice: [`SELECT raw_cell, metric, model_name, submitter, counted, first_counted, first_index FROM assay.voice`,
		`SELECT raw_cell, metric, model_name, submitter, count(*) FILTER (WHERE state = 'counted'), min(index) FILTER (WHERE state = 'counted'),
			min(index) FILTER (WHERE state <> 'withheld') FROM assay.measurement GROUP BY 1, 2, 3, 4`],
	engine_seen: [`SELECT raw_cell, engine_version, counted FROM assay.engine_seen WHERE counted <> 0`,
		`SELECT raw_cell, engine_version, count(*) FROM assay.measurement WHERE state = 'counted' GROUP BY 1, 2`],
	tally: [`SELECT suite, suite_version, model_name, submitter, submissions, counted, held FROM assay.tally`,
		`SELECT s.suite, s.suite_version, s.model_name, s.submitter, count(*) FILTER (WHERE NOT l.withheld), count(*) FILTER (WHERE l.state = 'counted'),
			count(*) FILTER (WHERE l.state = 'held') FROM assay.submission s JOIN assay.leaf l USING (index) GROUP BY 1, 2, 3, 4`],
	model_total: [`SELECT model_name, suite, suite_version, submissions, counted, held, results FROM assay.model_total`,
		`SELECT model_name, suite, suite_version, sum(submissions), sum(counted), sum(held), sum(results) FROM assay.tally GROUP BY 1, 2, 3`],
	reach: [`SELECT of, name, version, submitters FROM assay.reach WHERE submitters <> 0`,
		`SELECT 'model', model_name, 0, count(DISTINCT submitter) FROM assay.tally WHERE submissions > 0 GROUP BY 2
			UNION ALL SELECT 'suite', suite, suite_version, count(DISTINCT submitter) FROM assay.tally WHERE submissions > 0 GROUP BY 2, 3`],
	submitter_state: [`SELECT submitter, state, n FROM assay.submitter_state WHERE n <> 0`,
		`SELECT submitter, state, count(*) FROM assay.leaf WHERE kind = 'submission' AND submitter IS NOT NULL GROUP BY 1, 2`],
	use_case: [`SELECT name, model_name, submitter, counted FROM assay.use_case`,
		`SELECT u.name, s.model_name, s.submitter, count(*) FILTER (WHERE l.state = 'counted' AND NOT l.withheld)
			FROM assay.use_said u JOIN assay.submission s USING (index) JOIN assay.leaf l USING (index) GROUP BY 1, 2, 3`],
	intent: ['SELECT index, done FROM assay.intent', `SELECT i.index, (SELECT count(*) FROM assay.submission s WHERE s.intent = i.id AND s.submitter = i.submitter) FROM assay.intent i`],
	nth: ['SELECT id, enrolled_nth FROM assay.submitter', 'SELECT id, row_number() OVER (ORDER BY index) - 1 FROM assay.submitter'],
	record: [`SELECT submitter, without_intent, longer_than_intent FROM assay.record`,
		`SELECT s.submitter, count(*) FILTER (WHERE s.intent IS NULL), count(*) FILTER (WHERE s.duration_s * 1000 > l.accepted_at_ms - i.accepted_at_ms)
			FROM assay.submission s JOIN assay.leaf l USING (index) LEFT JOIN assay.leaf i ON i.id = s.intent GROUP BY 1`],
};

export async function assertCounts(lab) {
	for (const [table, [kept, counted]] of Object.entries(counts))
		assert.equal(await lab.pg.sql(`((${kept}) EXCEPT (${counted})) UNION ALL ((${counted}) EXCEPT (${kept}))`), '', table);
}

// Everything derived, made anew from the statements, must be what was made leaf by leaf. Ends with the lab's
// own daemon stopped and another one running. except: published data that is not compared.
export async function sameInOneBatch(lab, { except = /^$/ } = {}) {
	const derived = () => lab.pg.sql(`SELECT md5(string_agg(r, E'\\n' ORDER BY r)) FROM (
		SELECT 'transition' || t::text FROM assay.transition t UNION ALL
		SELECT 'standing' || s::text FROM assay.standing s UNION ALL
		SELECT 'agreement' || a::text FROM assay.agreement a UNION ALL
		SELECT 'submitter' || u::text FROM assay.submitter u UNION ALL
		SELECT 'timing' || t::text FROM assay.timing t UNION ALL
		SELECT 'twin' || t::text FROM assay.twin t UNION ALL
		SELECT 'move' || m::text FROM assay.move m UNION ALL
		SELECT 'submission' || s::text FROM assay.submission s UNION ALL
		SELECT 'measurement' || m::text FROM assay.measurement m UNION ALL
		SELECT 'voice' || v::text FROM assay.voice v UNION ALL
		SELECT 'engine' || e::text FROM assay.engine_seen e UNION ALL
		SELECT 'tally' || t::text FROM assay.tally t UNION ALL
		SELECT 'total' || t::text FROM assay.model_total t UNION ALL
		SELECT 'reach' || r::text FROM assay.reach r UNION ALL
		SELECT 'state' || s::text FROM assay.submitter_state s WHERE s.n <> 0 UNION ALL
		SELECT 'record' || r::text FROM assay.record r UNION ALL
		SELECT 'intent' || i::text FROM assay.intent i UNION ALL
		SELECT 'said' || u::text FROM assay.use_said u UNION ALL
		SELECT 'use' || u::text FROM assay.use_case u UNION ALL
		SELECT 'scores' || i::text FROM assay.item_scores i UNION ALL
		SELECT 'watch' || w::text FROM assay.watch w UNION ALL
		SELECT 'alias' || a::text FROM assay.alias a UNION ALL
		SELECT 'name' || n::text FROM assay.name n UNION ALL
		SELECT 'renamed' || n::text FROM assay.name_change n UNION ALL
		SELECT 'cell move' || c::text FROM assay.cell_move c UNION ALL
		SELECT 'cell of' || c::text FROM assay.cell_of c UNION ALL
		SELECT 'raw cell' || c::text FROM assay.raw_cell c UNION ALL
		SELECT 'price' || p::text FROM assay.price p UNION ALL
		SELECT 'decision' || d::text FROM assay.decision d UNION ALL
		SELECT 'turn' || t::text FROM assay.watch_turn t UNION ALL
		SELECT 'leaf' || l::text FROM assay.leaf l) AS x(r)`);
	const size = await lab.pg.sql('SELECT size FROM assay.log_head');
	const wholeIn = (folder) => waitFor('the documents to be whole', () => {
		const index = path.join(folder, 'data/v1/index.json');
		return existsSync(index) && String(JSON.parse(readFileSync(index)).log_size) === size;
	});
	const data = (folder) => new Map([...plainContents(path.join(folder, 'data'))].filter(([name]) => !except.test(name)));
	await wholeIn(lab.published);
	await lab.daemon.stop();
	await assertCounts(lab);
	const before = await derived();
	await lab.pg.sql(`BEGIN;
		INSERT INTO assay.pending (id) SELECT id FROM assay.leaf ORDER BY index;
		TRUNCATE assay.leaf, assay.submitter, assay.submitter_key, assay.submission, assay.measurement,
			assay.raw_cell, assay.cell_of, assay.dirty_cell, assay.move, assay.tally, assay.act,
			assay.link, assay.intent, assay.tree_node, assay.agreement, assay.standing, assay.transition, assay.item_scores,
			assay.timing, assay.twin, assay.voice, assay.engine_seen, assay.model_total, assay.reach,
			assay.submitter_state, assay.record, assay.dirty_submitter, assay.watch, assay.watch_turn, assay.price, assay.decision,
			assay.alias, assay.name, assay.name_change, assay.cell_move, assay.use_said, assay.use_case;
		UPDATE assay.log_head SET size = 0, as_of_ms = 0, submitters_n = 0, void_n = 0, root = NULL,
			note_size = 0, note = NULL;
		COMMIT;`);
	const again = lab.anotherDaemon();
	await again.start();
	await wholeIn(again.settings.published);
	assert.equal(await derived(), before);
	assertSameFolder(data(lab.published), data(again.settings.published));
}
