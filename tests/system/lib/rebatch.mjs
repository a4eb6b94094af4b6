// rebatch.mjs — a whole log derived anew, in one batch and by another daemon, is what it was.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { assertSameFolder, folderContents } from './folder.mjs';
import { waitFor } from './process.mjs';

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
	const data = (folder) => new Map([...folderContents(path.join(folder, 'data'))].filter(([name]) => !except.test(name)));
	await wholeIn(lab.published);
	await lab.daemon.stop();
	const before = await derived();
	await lab.pg.sql(`BEGIN;
		INSERT INTO assay.pending (id) SELECT id FROM assay.leaf ORDER BY index;
		TRUNCATE assay.leaf, assay.submitter, assay.submitter_key, assay.submission, assay.measurement,
			assay.raw_cell, assay.cell_of, assay.dirty_cell, assay.move, assay.tally, assay.act,
			assay.link, assay.intent, assay.tree_node, assay.agreement, assay.standing, assay.transition, assay.item_scores,
			assay.timing, assay.twin, assay.dirty_submitter, assay.watch, assay.watch_turn, assay.price, assay.decision,
			assay.alias, assay.name,
			assay.name_change, assay.cell_move;
		UPDATE assay.log_head SET size = 0, as_of_ms = 0, submitters_n = 0, void_n = 0, root = NULL,
			note_size = 0, note = NULL;
		COMMIT;`);
	const again = lab.anotherDaemon();
	await again.start();
	await wholeIn(again.settings.published);
	assert.equal(await derived(), before);
	assertSameFolder(data(lab.published), data(again.settings.published));
}
