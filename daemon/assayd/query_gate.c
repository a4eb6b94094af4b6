/* query_gate.c — the table of SQL statements, its part of gates: evidence, watches.
 * SPDX-License-Identifier: Apache-2.0 */
#include "query.h"

#define AT(q) [(q)-QUERY_GATES_FIRST]

static const struct query_row rows[QUERY_NAMES_FIRST - QUERY_GATES_FIRST] = {
    /* $1 cells → each with its fields, and the model of the first statement that stands in it */
    AT(QUERY_GATE_CELLS) = {"gate_cells",
	"SELECT DISTINCT ON (c.cell) c.cell, r.suite, r.suite_version, r.fields, s.model, f.index"
	" FROM assay.cell_of c JOIN assay.raw_cell r ON r.raw_cell = c.cell JOIN LATERAL"
	" (SELECT m.index FROM assay.measurement m WHERE m.raw_cell = c.raw_cell"
	"  AND m.state <> 'withheld' ORDER BY m.index LIMIT 1) f ON true"
	" JOIN assay.submission s ON s.index = f.index WHERE c.cell = ANY ($1::bytea[])"
	" ORDER BY c.cell, f.index",
	1},
    /* $1 cells, $2 size of the log → all that counted there then, in its order, with the
     * submitters as QUERY_PERSON says them */
    AT(QUERY_GATE_RUNS) = {"gate_runs",
	"SELECT c.cell, m.metric, m.index, m.value, m.n, m.sd, m.se, l.id, l.accepted_at_ms, u.id,"
	" u.roles, u.trusted, u.suspended, u.keys_n, u.established, u.agreeing_n"
	" FROM assay.cell_of c JOIN assay.measurement m USING (raw_cell)"
	" JOIN assay.leaf l USING (index) JOIN assay.submitter u ON u.id = m.submitter"
	" WHERE c.cell = ANY ($1::bytea[]) AND m.index < $2::bigint AND coalesce((SELECT v.was"
	"  FROM assay.move v WHERE v.index = m.index AND v.by >= $2::bigint ORDER BY v.by LIMIT 1),"
	" m.state) = 'counted' ORDER BY m.index, m.position",
	2},
    /* $1 cells → scores of items of each submitter's newest counted runs there: three more than
     * make a vote, since the log's order is not quite that of time */
    AT(QUERY_GATE_ITEMS) = {"gate_items",
	"SELECT r.index, convert_from(s.payload, 'UTF8')::json->'items' FROM"
	" (SELECT DISTINCT index FROM (SELECT m.index, dense_rank() OVER"
	"   (PARTITION BY c.cell, m.submitter ORDER BY m.index DESC) AS nth FROM assay.cell_of c"
	"   JOIN assay.measurement m USING (raw_cell)"
	"   WHERE c.cell = ANY ($1::bytea[]) AND m.state = 'counted') AS ranked WHERE nth <= 8) AS "
	"r"
	" JOIN assay.leaf l USING (index) JOIN assay.statement s USING (id)"
	" WHERE s.payload IS NOT NULL",
	1},
    /* $1 names, $2 digests of weights → cells that statements about such a model stand in, by
     * whatever name */
    AT(QUERY_GATE_NAMED) = {"gate_named",
	"SELECT DISTINCT c.cell FROM assay.submission s JOIN assay.measurement m USING (index)"
	" JOIN assay.cell_of c USING (raw_cell)"
	" WHERE s.model_name IN (SELECT assay.model_names(assay.called('model', said))"
	"  FROM unnest($1::text[]) AS said) OR s.subject = ANY ($2::text[])",
	2},
    /* $1 leaf → the cells it stands in */
    AT(QUERY_GATE_LEAF_CELLS) = {"gate_leaf_cells",
	"SELECT DISTINCT c.cell FROM assay.measurement m JOIN assay.cell_of c USING (raw_cell)"
	" WHERE m.index = $1::bigint",
	1},
    /* $1 size of the log → the prices that stood there then, in its order */
    AT(QUERY_GATE_PRICES) = {"gate_prices",
	"SELECT p.index, p.id, l.accepted_at_ms, json_build_object('of', p.of, 'name', p.name,"
	" 'amount', p.amount, 'currency', p.currency, 'unit', p.unit, 'valid_from', p.valid_from,"
	" 'source', p.source) FROM assay.price p JOIN assay.leaf l USING (index)"
	" WHERE p.index < $1::bigint AND (p.retracted_index IS NULL OR p.retracted_index >= "
	"$1::bigint)"
	" ORDER BY p.index",
	1},
    AT(QUERY_WATCHES_STANDING) = {"watches_standing",
	"SELECT w.index, w.id, w.submitter, convert_from(s.payload, 'UTF8'), w.told, w.told_index,"
	" w.now, w.turned_index, w.turned_at_ms, w.stale_at_ms, w.judged_index, w.told_rules,"
	" w.turned_rules, w.rules FROM assay.watch w JOIN assay.statement s USING (id)"
	" WHERE w.ended_index IS NULL ORDER BY w.index",
	0},
    /* $1 submitter → how many watches it has that were not taken back */
    AT(QUERY_WATCHES_OF) = {"watches_of",
	"SELECT count(*) FROM assay.watch w JOIN assay.leaf l USING (index)"
	" WHERE w.submitter = $1::bytea AND l.state = 'counted'",
	1},
    AT(QUERY_PUT_WATCHES) = {"put_watches",
	"INSERT INTO assay.watch (index, id, submitter, told, told_index, now, turned_index,"
	" turned_at_ms, stale_at_ms, judged_index, told_rules, turned_rules, rules, changed_index)"
	" SELECT index, decode(id, 'hex'), decode(submitter, 'hex'), told, told_index, now,"
	" turned_index, turned_at_ms, stale_at_ms, judged_index, told_rules, turned_rules, rules,"
	" judged_index FROM json_to_recordset($1::json) AS r(index bigint, id text,"
	" submitter text, told text, told_index bigint, now text, turned_index bigint,"
	" turned_at_ms bigint, stale_at_ms bigint, judged_index bigint, told_rules json,"
	" turned_rules json, rules json)"
	" ON CONFLICT (index) DO UPDATE SET told = excluded.told, told_index = excluded.told_index,"
	" now = excluded.now, turned_index = excluded.turned_index,"
	" turned_at_ms = excluded.turned_at_ms, stale_at_ms = excluded.stale_at_ms,"
	" judged_index = excluded.judged_index, told_rules = excluded.told_rules,"
	" turned_rules = excluded.turned_rules, rules = excluded.rules,"
	" changed_index = excluded.changed_index",
	1},
    AT(QUERY_END_WATCHES) = {"end_watches",
	"UPDATE assay.watch w SET ended_index = r.ended, changed_index = r.ended"
	" FROM json_to_recordset($1::json) AS r(index bigint, ended bigint)"
	" WHERE w.index = r.index",
	1},
    AT(QUERY_ADD_WATCH_TURNS) = {"add_watch_turns",
	"INSERT INTO assay.watch_turn (index, watch, from_result, to_result, turned_index, turn)"
	" SELECT (turn->>'index')::bigint, watch, turn->>'from', turn->>'to',"
	" (turn->>'turned_index')::bigint, turn FROM json_to_recordset($1::json)"
	" AS r(watch bigint, turn json)",
	1},
    AT(QUERY_DECISION_INPUTS) = {"decision_inputs",
	"UPDATE assay.decision d SET inputs = r.inputs FROM json_to_recordset($1::json)"
	" AS r(index bigint, inputs json) WHERE d.index = r.index",
	1},
};

const struct query_row *
query_gate_row(enum query q)
{
	return &rows[q - QUERY_GATES_FIRST];
}
