/* query_names.c — the table of SQL statements, its part of aliases.
 * SPDX-License-Identifier: Apache-2.0 */
#include "query.h"

#define AT(q) [(q)-QUERY_NAMES_FIRST]

static const struct query_row rows[QUERY_DOCUMENTS_FIRST - QUERY_NAMES_FIRST] = {
    /* The aliases in force. */
    AT(QUERY_NAMES) = {"names",
	"SELECT of, raw, canonical, index FROM assay.name WHERE canonical IS NOT NULL", 0},
    /* $1 and $2 fields of cells, $3 a name → the raw cells that have it in one of them, at least as
     * a part, and where they stand. A staff act is rare: all are looked at. */
    AT(QUERY_NAMED_CELLS) = {"named_cells",
	"SELECT c.raw_cell, c.cell, r.suite, r.suite_version, r.fields FROM assay.raw_cell r"
	" JOIN assay.cell_of c USING (raw_cell) WHERE strpos(r.fields->>$1::text, $3::text) > 0"
	" OR strpos(r.fields->>$2::text, $3::text) > 0",
	3},
    AT(QUERY_ADD_ALIASES) = {"add_aliases",
	"INSERT INTO assay.alias (index, id, submitter, of, raw, canonical, reason, accepted_at_ms,"
	" waits) SELECT index, decode(id, 'hex'), decode(submitter, 'hex'), of, raw, canonical,"
	" reason, accepted_at_ms, waits FROM json_to_recordset($1::json) AS r(index bigint,"
	" id text, submitter text, of text, raw text, canonical text, reason text,"
	" accepted_at_ms bigint, waits boolean)",
	1},
    /* Cells by canonical names, which documents look their fields up by. */
    AT(QUERY_ADD_CELLS) = {"add_cells",
	"INSERT INTO assay.raw_cell (raw_cell, suite, suite_version, fields)"
	" SELECT decode(cell, 'hex'), suite, suite_version, fields FROM"
	" json_to_recordset($1::json) AS r(cell text, suite text, suite_version bigint,"
	" fields json) ON CONFLICT (raw_cell) DO NOTHING",
	1},
    /* Both cells are to be shown anew. */
    AT(QUERY_MOVE_CELLS) = {"move_cells",
	"WITH r AS (SELECT decode(raw_cell, 'hex') AS raw_cell, decode(was, 'hex') AS was,"
	"  decode(now, 'hex') AS now, index FROM json_to_recordset($1::json)"
	"  AS r(raw_cell text, was text, now text, index bigint)),"
	" moved AS (UPDATE assay.cell_of c SET cell = r.now FROM r WHERE c.raw_cell = r.raw_cell),"
	" noted AS (INSERT INTO assay.cell_move (index, raw_cell, was, now)"
	"  SELECT index, raw_cell, was, now FROM r)"
	" INSERT INTO assay.dirty_cell (index, cell) SELECT DISTINCT r.index, v.cell FROM r,"
	" LATERAL (VALUES (r.was), (r.now)) AS v(cell) ON CONFLICT DO NOTHING",
	1},
    /* What names stand for now. What is shown by them follows: QUERY_RENAMED_CELLS, QUERY_TOUCHED.
     */
    AT(QUERY_CHANGE_NAMES) = {"change_names",
	"WITH r AS (SELECT * FROM json_to_recordset($1::json)"
	"  AS r(of text, raw text, canonical text, index bigint)),"
	" changed AS (INSERT INTO assay.name_change (index, of, raw, was, now)"
	"  SELECT r.index, r.of, r.raw, n.canonical, r.canonical FROM r"
	"  LEFT JOIN assay.name n ON n.of = r.of AND n.raw = r.raw)"
	" INSERT INTO assay.name (of, raw, canonical, index)"
	"  SELECT of, raw, canonical, index FROM r ON CONFLICT (of, raw) DO UPDATE"
	"  SET canonical = excluded.canonical, index = excluded.index",
	1},
    /* The newest statements. */
    AT(QUERY_ALIASES) = {"aliases",
	"SELECT a.index, a.id, a.of, a.raw, a.canonical, a.submitter, u.name, a.reason,"
	" a.accepted_at_ms, a.waits FROM assay.alias a JOIN assay.submitter u ON u.id = a.submitter"
	" ORDER BY a.index DESC LIMIT 500",
	0},
    /* As QUERY_NAMES has them: the newest. */
    AT(QUERY_NAMES_SHOWN) = {"names_shown",
	"SELECT of, raw, canonical, index FROM assay.name WHERE canonical IS NOT NULL"
	" ORDER BY index DESC LIMIT 2000",
	0},
    /* $1 from, $2 before → cells with a run that names a model, an engine or a quantization of
     * which a leaf in there said what it stands for, and the last leaf below $2 that did, or
     * touched it */
    AT(QUERY_RENAMED_CELLS) = {"renamed_cells",
	"WITH said AS (SELECT * FROM assay.name_change"
	"   WHERE index >= $1::bigint AND index < $2::bigint),"
	" run AS (SELECT n.index AS by, s.index FROM said n"
	"   JOIN assay.submission s ON s.model_name = n.raw WHERE n.of = 'model'"
	"  UNION ALL SELECT n.index, s.index FROM said n"
	"   JOIN assay.submission s ON s.engine_name = n.raw WHERE n.of = 'engine'"
	"  UNION ALL SELECT n.index, s.index FROM said n"
	"   JOIN assay.submission s ON s.model->>'quantization' = n.raw WHERE n.of = "
	"'quantization')"
	" SELECT c.cell, greatest(max(run.by), (SELECT max(d.index) FROM assay.dirty_cell d"
	"  WHERE d.cell = c.cell AND d.index < $2::bigint)) FROM run"
	" JOIN assay.measurement m USING (index) JOIN assay.cell_of c USING (raw_cell)"
	" GROUP BY c.cell ORDER BY c.cell",
	2},
};

const struct query_row *
query_names_row(enum query q)
{
	return &rows[q - QUERY_NAMES_FIRST];
}
