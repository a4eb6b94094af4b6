/* query.c — the table of SQL statements.
 * SPDX-License-Identifier: Apache-2.0 */
#include "query.h"

static const struct query_row rows[QUERY__MAX] = {
    [QUERY_PING] = {"ping", "SELECT 1 FROM assay.log_head", 0},

    /* $1 id, $2 key → accepted_at_ms (null: not seen), submitter (null: not derived), whether an
     * enrolment of this key, other than $1, waits to be derived. */
    [QUERY_DOOR] = {"door",
	"SELECT (SELECT accepted_at_ms FROM assay.statement WHERE id = $1),"
	" (SELECT submitter FROM assay.submitter_key WHERE key = $2),"
	" EXISTS (SELECT FROM assay.statement e WHERE e.key = $2 AND e.kind = 'enrolment' AND e.id "
	"<> $1"
	"  AND NOT EXISTS (SELECT FROM assay.leaf l WHERE l.id = e.id))",
	2},

    /* Arrays of equal length: ids, kinds, payloads, their digests, keys, signatures → id and
     * accepted_at_ms of those that were not there. In id order, so that batches cannot deadlock. */
    [QUERY_STORE] = {"store",
	"WITH stored AS (INSERT INTO assay.statement (id, kind, payload, payload_sha256, key, "
	"signature)"
	" SELECT * FROM unnest($1::bytea[], $2::text[], $3::bytea[], $4::bytea[], $5::bytea[],"
	" $6::bytea[]) AS r(id, kind, payload, payload_sha256, key, signature) ORDER BY r.id"
	" ON CONFLICT (id) DO NOTHING RETURNING id, accepted_at_ms),"
	" queued AS (INSERT INTO assay.pending (id) SELECT id FROM stored)"
	" SELECT id, accepted_at_ms FROM stored",
	6},

    /* One row of the same, for set-up verbs. */
    [QUERY_STORE_ONE] = {"store_one",
	"WITH stored AS (INSERT INTO assay.statement (id, kind, payload, payload_sha256, key, "
	"signature)"
	" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING RETURNING id, "
	"accepted_at_ms),"
	" queued AS (INSERT INTO assay.pending (id) SELECT id FROM stored)"
	" SELECT accepted_at_ms FROM stored",
	6},

    [QUERY_STATEMENT] = {"statement",
	"SELECT s.kind, s.payload, s.key, s.signature, s.accepted_at_ms, l.index, l.state, "
	"l.reason,"
	" l.pointer, l.submitter, u.name FROM assay.statement s LEFT JOIN assay.leaf l ON l.id = "
	"s.id"
	" LEFT JOIN assay.submitter u ON u.id = l.submitter WHERE s.id = $1",
	1},

    /* The number is "assay" in ASCII: one lock a database. */
    [QUERY_LEAD] = {"lead", "SELECT pg_try_advisory_lock(418430738809)", 0},

    [QUERY_HEAD] = {"head", "SELECT size, as_of_ms FROM assay.log_head", 0},
    [QUERY_HEAD_LOCKED] = {"head_locked", "SELECT size, as_of_ms FROM assay.log_head FOR UPDATE",
	0},

    /* In arrival order: causes before effects. */
    [QUERY_PENDING] = {"pending",
	"SELECT p.arrival, s.id, s.kind, s.payload, s.key, s.accepted_at_ms FROM assay.pending p"
	" JOIN assay.statement s ON s.id = p.id ORDER BY p.arrival LIMIT $1::bigint",
	1},

    /* $1 keys as bytea[] → key, submitter */
    [QUERY_SIGNERS] = {"signers",
	"SELECT key, submitter FROM assay.submitter_key WHERE key = ANY ($1::bytea[])", 1},

    [QUERY_FIRST_CONFIG] = {"first_config",
	"SELECT id FROM assay.leaf WHERE index = 0 AND kind = 'config' AND state = 'counted'", 0},
    [QUERY_NEWEST_CONFIG] = {"newest_config",
	"SELECT s.payload, l.index FROM assay.leaf l JOIN assay.statement s ON s.id = l.id"
	" WHERE l.kind = 'config' AND l.state = 'counted' ORDER BY l.index DESC LIMIT 1",
	0},

    [QUERY_LAST_CONFIG] = {"last_config",
	"SELECT payload FROM assay.statement WHERE kind = 'config' ORDER BY accepted_at_ms DESC "
	"LIMIT 1",
	0},

    /* Derived rows come as one JSON array each. */
    [QUERY_ADD_LEAVES] = {"add_leaves",
	"INSERT INTO assay.leaf (index, id, kind, accepted_at_ms, submitter, state, reason, "
	"pointer)"
	" SELECT index, decode(id, 'hex'), kind, accepted_at_ms, decode(submitter, 'hex'), state, "
	"reason,"
	" pointer FROM json_to_recordset($1::json) AS r(index bigint, id text, kind text,"
	" accepted_at_ms bigint, submitter text, state text, reason text, pointer text)",
	1},
    [QUERY_ADD_SUBMITTERS] = {"add_submitters",
	"WITH r AS (SELECT * FROM json_to_recordset($1::json) AS r(id text, key text, name text,"
	" links jsonb, index bigint)),"
	" s AS (INSERT INTO assay.submitter (id, name, links, index)"
	"  SELECT decode(id, 'hex'), name, links, index FROM r)"
	" INSERT INTO assay.submitter_key (key, submitter, added_index)"
	" SELECT decode(key, 'hex'), decode(id, 'hex'), index FROM r",
	1},
    [QUERY_ADD_SUBMISSIONS] = {"add_submissions",
	"INSERT INTO assay.submission (index, id, submitter, suite, suite_version, model_name, "
	"model,"
	" engine_name, engine_version) SELECT index, decode(id, 'hex'), decode(submitter, 'hex'), "
	"suite,"
	" suite_version, model_name, model, engine_name, engine_version FROM"
	" json_to_recordset($1::json) AS r(index bigint, id text, submitter text, suite text,"
	" suite_version bigint, model_name text, model json, engine_name text, engine_version "
	"text)",
	1},
    [QUERY_ADD_RAW_CELLS] = {"add_raw_cells",
	"WITH r AS (SELECT * FROM json_to_recordset($1::json) AS r(raw_cell text, suite text,"
	" suite_version bigint, fields json)),"
	" c AS (INSERT INTO assay.cell_of (raw_cell, cell) SELECT decode(raw_cell, 'hex'),"
	"  decode(raw_cell, 'hex') FROM r ON CONFLICT (raw_cell) DO NOTHING)"
	" INSERT INTO assay.raw_cell (raw_cell, suite, suite_version, fields)"
	" SELECT decode(raw_cell, 'hex'), suite, suite_version, fields FROM r"
	" ON CONFLICT (raw_cell) DO NOTHING",
	1},
    [QUERY_ADD_MEASUREMENTS] = {"add_measurements",
	"INSERT INTO assay.measurement (raw_cell, index, position, metric, value, n, sd, se, "
	"conditions)"
	" SELECT decode(raw_cell, 'hex'), index, position, metric, value, n, sd, se, conditions"
	" FROM json_to_recordset($1::json) AS r(raw_cell text, index bigint, position bigint,"
	" metric text, value float8, n bigint, sd float8, se float8, conditions json)",
	1},
    /* $1 first, $2 behind the last index of the batch */
    [QUERY_ADD_DIRTY] = {"add_dirty",
	"INSERT INTO assay.dirty_cell (index, cell) SELECT DISTINCT m.index, c.cell"
	" FROM assay.measurement m JOIN assay.cell_of c USING (raw_cell)"
	" WHERE m.index >= $1::bigint AND m.index < $2::bigint",
	2},
    [QUERY_DROP_PENDING] = {"drop_pending",
	"DELETE FROM assay.pending WHERE arrival = ANY ($1::bigint[])", 1},
    /* $1 old size, $2 new size, $3 as_of_ms → one row if nobody else moved it */
    [QUERY_MOVE_HEAD] = {"move_head",
	"UPDATE assay.log_head SET size = $2::bigint, as_of_ms = $3::bigint WHERE size = $1::bigint"
	" RETURNING size",
	3},

    /* $1 from, $2 before → cell and the last leaf below $2 that touched it */
    [QUERY_DIRTY_CELLS] = {"dirty_cells",
	"SELECT cell, max(index) FROM assay.dirty_cell WHERE index >= $1::bigint AND index < "
	"$2::bigint"
	" GROUP BY cell ORDER BY cell",
	2},
    /* $1 cell → suite, fields; model and engine of the newest submission in it; engine versions */
    [QUERY_CELL] = {"cell",
	"WITH hits AS (SELECT DISTINCT m.index, l.state = 'counted' AS counts FROM assay.cell_of c"
	"  JOIN assay.measurement m USING (raw_cell) JOIN assay.leaf l ON l.index = m.index"
	"  WHERE c.cell = $1),"
	" newest AS (SELECT s.model, s.engine_name FROM hits h JOIN assay.submission s USING "
	"(index)"
	"  ORDER BY h.counts DESC, index DESC LIMIT 1)"
	" SELECT r.suite, r.suite_version, r.fields, n.model, n.engine_name,"
	" (SELECT json_agg(v ORDER BY v COLLATE \"C\") FROM (SELECT DISTINCT s.engine_version AS v"
	"  FROM hits h JOIN assay.submission s USING (index)"
	"  WHERE h.counts AND s.engine_version <> '') AS "
	"versions)"
	" FROM assay.raw_cell r, newest n WHERE r.raw_cell = $1",
	1},
    [QUERY_CELL_RUNS] = {"cell_runs",
	"SELECT s.submitter, m.index, l.state, m.metric, m.value FROM assay.cell_of c"
	" JOIN assay.measurement m USING (raw_cell) JOIN assay.submission s ON s.index = m.index"
	" JOIN assay.leaf l ON l.index = m.index WHERE c.cell = $1 ORDER BY m.index, m.position",
	1},
    /* $1 model name, $2 limit */
    [QUERY_MODEL_RUNS] = {"model_runs",
	"SELECT s.id, s.index, s.submitter, u.name, l.accepted_at_ms, l.state, l.reason, s.suite,"
	" s.suite_version, c.cell, m.metric, m.conditions, m.value, m.n, m.sd, m.se"
	" FROM assay.submission s JOIN assay.leaf l ON l.index = s.index"
	" JOIN assay.submitter u ON u.id = s.submitter JOIN assay.measurement m ON m.index = "
	"s.index"
	" JOIN assay.cell_of c USING (raw_cell) WHERE s.model_name = $1"
	" ORDER BY s.index DESC, m.position LIMIT $2::bigint",
	2},
    [QUERY_MODEL_RUNS_N] = {"model_runs_n",
	"SELECT count(*) FROM assay.submission s JOIN assay.measurement m ON m.index = s.index"
	" WHERE s.model_name = $1",
	1},
    [QUERY_TOTALS] = {"totals",
	"SELECT count(*), count(*) FILTER (WHERE kind = 'submission'),"
	" count(*) FILTER (WHERE kind = 'submission' AND state = 'counted'),"
	" count(*) FILTER (WHERE kind = 'submission' AND state = 'held'),"
	" count(*) FILTER (WHERE state = 'void'),"
	" (SELECT count(*) FROM assay.submitter),"
	" (SELECT count(DISTINCT model_name) FROM assay.submission) FROM assay.leaf",
	0},
    [QUERY_SUITE_TOTALS] = {"suite_totals",
	"SELECT s.suite, s.suite_version, count(DISTINCT s.model_name), count(DISTINCT "
	"s.submitter),"
	" count(*) FILTER (WHERE l.state = 'counted'), count(*) FILTER (WHERE l.state = 'held')"
	" FROM assay.submission s JOIN assay.leaf l ON l.index = s.index GROUP BY 1, 2",
	0},
    [QUERY_MODEL_TOTALS] = {"model_totals",
	"SELECT s.model_name, json_agg(DISTINCT s.suite COLLATE \"C\"), count(DISTINCT "
	"s.submitter),"
	" count(*) FILTER (WHERE l.state = 'counted'), count(*) FILTER (WHERE l.state = 'held'),"
	" max(l.accepted_at_ms), max(s.index) FROM assay.submission s"
	" JOIN assay.leaf l ON l.index = s.index GROUP BY 1 ORDER BY s.model_name COLLATE \"C\"",
	0},
};

const struct query_row *
query_row(enum query q)
{
	return &rows[q];
}
