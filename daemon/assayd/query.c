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
	"conditions, submitter, state, model_name, engine_version)"
	" SELECT decode(r.raw_cell, 'hex'), r.index, r.position, r.metric, r.value, r.n, r.sd, "
	"r.se,"
	" r.conditions, s.submitter, l.state, s.model_name, s.engine_version"
	" FROM json_to_recordset($1::json) AS r(raw_cell text, index bigint, position bigint,"
	" metric text, value float8, n bigint, sd float8, se float8, conditions json)"
	" JOIN assay.submission s USING (index) JOIN assay.leaf l USING (index)",
	1},
    /* $1 first, $2 behind the last index of the batch */
    [QUERY_ADD_DIRTY] = {"add_dirty",
	"INSERT INTO assay.dirty_cell (index, cell) SELECT DISTINCT m.index, c.cell"
	" FROM assay.measurement m JOIN assay.cell_of c USING (raw_cell)"
	" WHERE m.index >= $1::bigint AND m.index < $2::bigint",
	2},
    /* The same, behind the rows of the batch. */
    [QUERY_ADD_TALLY] = {"add_tally",
	"INSERT INTO assay.tally AS t (suite, suite_version, model_name, submitter, submissions, "
	"counted, held, results, last_accepted_at_ms)"
	" SELECT s.suite, s.suite_version, s.model_name, s.submitter, count(*),"
	" count(*) FILTER (WHERE l.state = 'counted'), count(*) FILTER (WHERE l.state = 'held'),"
	" sum((SELECT count(*) FROM assay.measurement m WHERE m.index = s.index)),"
	" max(l.accepted_at_ms) FROM assay.submission s JOIN assay.leaf l USING (index)"
	" WHERE s.index >= $1::bigint AND s.index < $2::bigint GROUP BY 1, 2, 3, 4"
	" ON CONFLICT (suite, suite_version, model_name, submitter) DO UPDATE SET"
	" submissions = t.submissions + excluded.submissions, counted = t.counted + "
	"excluded.counted,"
	" held = t.held + excluded.held, results = t.results + excluded.results,"
	" last_accepted_at_ms = greatest(t.last_accepted_at_ms, excluded.last_accepted_at_ms)",
	2},
    [QUERY_DROP_PENDING] = {"drop_pending",
	"DELETE FROM assay.pending WHERE arrival = ANY ($1::bigint[])", 1},
    /* $1 old size, $2 new size, $3 as_of_ms, $4 new submitters, $5 void leaves → one row if nobody
     * else moved it */
    [QUERY_MOVE_HEAD] = {"move_head",
	"UPDATE assay.log_head SET size = $2::bigint, as_of_ms = $3::bigint,"
	" submitters_n = submitters_n + $4::bigint, void_n = void_n + $5::bigint"
	" WHERE size = $1::bigint RETURNING size",
	5},

    /* $1 from, $2 before → cell and the last leaf below $2 that touched it */
    [QUERY_DIRTY_CELLS] = {"dirty_cells",
	"SELECT cell, max(index) FROM assay.dirty_cell WHERE index >= $1::bigint AND index < "
	"$2::bigint"
	" GROUP BY cell ORDER BY cell",
	2},
    /* $1 cells → of each: suite, fields, model and engine as the cell goes by, its newest engine
     * versions, held submissions. A cell goes by the model name that most submitters of counted
     * runs give, ties to the name that came first; nobody's single run renames it. */
    [QUERY_CELLS] = {"cells",
	"WITH hit AS (SELECT c.cell, m.index, m.submitter, m.model_name, m.engine_version,"
	"  m.state = 'counted' AS counts, m.state = 'held' AS held FROM assay.cell_of c"
	"  JOIN assay.measurement m USING (raw_cell) WHERE c.cell = ANY ($1::bytea[])),"
	" name AS (SELECT cell, count(DISTINCT submitter) FILTER (WHERE counts) AS votes,"
	"  coalesce(min(index) FILTER (WHERE counts), min(index)) AS first"
	"  FROM hit GROUP BY cell, model_name),"
	" head AS (SELECT DISTINCT ON (cell) cell, first FROM name ORDER BY cell, votes DESC, "
	"first),"
	" version AS (SELECT cell, (array_agg(DISTINCT engine_version COLLATE \"C\""
	"  ORDER BY engine_version COLLATE \"C\" DESC))[1:16] AS newest FROM hit"
	"  WHERE counts AND engine_version <> '' GROUP BY cell),"
	" held AS (SELECT cell, count(DISTINCT index) AS n FROM hit WHERE held GROUP BY cell)"
	" SELECT h.cell, r.suite, r.suite_version, r.fields, s.model, s.engine_name,"
	" array_to_json(v.newest), coalesce(held.n, 0) FROM head h"
	" JOIN assay.raw_cell r ON r.raw_cell = h.cell JOIN assay.submission s ON s.index = h.first"
	" LEFT JOIN version v ON v.cell = h.cell LEFT JOIN held ON held.cell = h.cell ORDER BY "
	"h.cell",
	1},
    /* $1 cells → counted runs, of each submitter the latest five a metric, which are its vote */
    [QUERY_CELL_RUNS] = {"cell_runs",
	"SELECT cell, metric, submitter, index, value, runs_n FROM (SELECT c.cell, m.metric,"
	"  m.submitter, m.index, m.value, count(*) OVER (PARTITION BY c.cell, m.metric) AS runs_n,"
	"  row_number() OVER (PARTITION BY c.cell, m.metric, m.submitter"
	"   ORDER BY m.index DESC, m.position DESC) AS nth FROM assay.cell_of c"
	"  JOIN assay.measurement m USING (raw_cell)"
	"  WHERE c.cell = ANY ($1::bytea[]) AND m.state = 'counted') AS run WHERE nth <= 5"
	" ORDER BY cell, metric COLLATE \"C\", submitter, index DESC",
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
    [QUERY_MODEL_RESULTS_N] = {"model_results_n",
	"SELECT coalesce(sum(results), 0) FROM assay.tally WHERE model_name = $1", 1},
    [QUERY_TOTALS] = {"totals",
	"SELECT h.size, t.submissions, t.counted, t.held, h.void_n, h.submitters_n, t.models"
	" FROM assay.log_head h, (SELECT coalesce(sum(submissions), 0) AS submissions,"
	"  coalesce(sum(counted), 0) AS counted, coalesce(sum(held), 0) AS held,"
	"  count(DISTINCT model_name) AS models FROM assay.tally) AS t",
	0},
    [QUERY_SUITE_TOTALS] = {"suite_totals",
	"SELECT suite, suite_version, count(DISTINCT model_name), count(DISTINCT submitter),"
	" sum(counted), sum(held) FROM assay.tally GROUP BY 1, 2",
	0},
    [QUERY_MODEL_TOTALS] = {"model_totals",
	"SELECT model_name, json_agg(DISTINCT suite COLLATE \"C\"), count(DISTINCT submitter),"
	" sum(counted), sum(held), max(last_accepted_at_ms) FROM assay.tally GROUP BY 1"
	" ORDER BY model_name COLLATE \"C\"",
	0},
};

const struct query_row *
query_row(enum query q)
{
	return &rows[q];
}
