/* query_counts.c — the table of SQL statements, its part of what is counted as it happens.
 * SPDX-License-Identifier: Apache-2.0 */
#include "query.h"

#define AT(q) [(q)-QUERY_COUNTS_FIRST]

static const struct query_row rows[QUERY_GATES_FIRST - QUERY_COUNTS_FIRST] = {
    /* Behind that, the same statements: whose results count where, and under which name. */
    AT(QUERY_CHANGE_VOICES) = {"change_voices",
	"WITH r AS (SELECT index, withheld FROM json_to_recordset($1::json)"
	"  AS r(index bigint, withheld boolean)),"
	" g AS (SELECT m.raw_cell, m.metric, m.submitter, m.model_name, bool_or(r.withheld) AS gone"
	"  FROM assay.measurement m JOIN r USING (index) GROUP BY 1, 2, 3, 4)"
	" UPDATE assay.voice v SET counted = n.counted, first_counted = n.first,"
	" first_index = CASE WHEN g.gone THEN (SELECT min(m.index) FROM assay.measurement m"
	"  WHERE m.raw_cell = g.raw_cell AND m.metric = g.metric AND m.submitter = g.submitter"
	"  AND m.model_name = g.model_name AND m.state <> 'withheld') ELSE v.first_index END"
	" FROM g, LATERAL (SELECT count(*) AS counted, min(m.index) AS first"
	"  FROM assay.measurement m WHERE m.raw_cell = g.raw_cell AND m.metric = g.metric"
	"  AND m.submitter = g.submitter AND m.model_name = g.model_name"
	"  AND m.state = 'counted') AS n"
	" WHERE (v.raw_cell, v.metric, v.submitter, v.model_name)"
	"  = (g.raw_cell, g.metric, g.submitter, g.model_name)",
	1},
    /* $1 ids of what is withheld now: how many submitters its models and suites still have */
    AT(QUERY_CHANGE_REACH) = {"change_reach",
	"WITH w AS (SELECT DISTINCT k.of, k.name, k.version FROM assay.leaf l"
	"  JOIN assay.submission s USING (index), LATERAL (VALUES ('model', s.model_name, "
	"0::bigint),"
	"   ('suite', s.suite, s.suite_version)) AS k(of, name, version)"
	"  WHERE l.id = ANY ($1::bytea[]))"
	" UPDATE assay.reach t SET submitters = n.submitters,"
	" last_accepted_at_ms = coalesce(n.last, t.last_accepted_at_ms) FROM w,"
	" LATERAL (SELECT count(DISTINCT y.submitter) AS submitters, max(y.last_accepted_at_ms) AS "
	"last"
	"  FROM assay.tally y WHERE y.submissions > 0 AND CASE w.of WHEN 'model'"
	"   THEN y.model_name = w.name ELSE (y.suite, y.suite_version) = (w.name, w.version) END) n"
	" WHERE (t.of, t.name, t.version) = (w.of, w.name, w.version)",
	1},
    /* $1 first, $2 behind the last index of the batch */
    AT(QUERY_ADD_DIRTY) = {"add_dirty",
	"INSERT INTO assay.dirty_cell (index, cell) SELECT DISTINCT m.index, c.cell"
	" FROM assay.measurement m JOIN assay.cell_of c USING (raw_cell)"
	" WHERE m.index >= $1::bigint AND m.index < $2::bigint ON CONFLICT DO NOTHING",
	2},
    /* The same, behind the rows of the batch. */
    AT(QUERY_ADD_TALLY) = {"add_tally",
	"WITH fresh AS (SELECT s.suite, s.suite_version, s.model_name, s.submitter,"
	"  count(*) AS submissions, count(*) FILTER (WHERE l.state = 'counted') AS counted,"
	"  count(*) FILTER (WHERE l.state = 'held') AS held,"
	"  sum(coalesce(m.n, 0)) AS results, max(l.accepted_at_ms) AS last"
	"  FROM assay.submission s JOIN assay.leaf l USING (index)"
	"  LEFT JOIN (SELECT index, count(*) AS n FROM assay.measurement"
	"   WHERE index >= $1::bigint AND index < $2::bigint GROUP BY index) m USING (index)"
	"  WHERE s.index >= $1::bigint AND s.index < $2::bigint GROUP BY 1, 2, 3, 4),"
	" total AS (INSERT INTO assay.model_total AS t (model_name, suite, suite_version,"
	"   submissions, counted, held, results) SELECT model_name, suite, suite_version,"
	"   sum(submissions), sum(counted), sum(held), sum(results) FROM fresh GROUP BY 1, 2, 3"
	"  ON CONFLICT (model_name, suite, suite_version) DO UPDATE SET"
	"  submissions = t.submissions + excluded.submissions,"
	"  counted = t.counted + excluded.counted, held = t.held + excluded.held,"
	"  results = t.results + excluded.results),"
	" reach AS (INSERT INTO assay.reach AS t (of, name, version, submitters,"
	"   last_accepted_at_ms) SELECT k.of, k.name, k.version,"
	"   count(DISTINCT k.submitter) FILTER (WHERE NOT k.known), max(k.last) FROM"
	"   (SELECT 'model' AS of, model_name AS name, 0::bigint AS version, submitter, last,"
	"     EXISTS (SELECT FROM assay.tally o WHERE o.model_name = f.model_name"
	"      AND o.submitter = f.submitter AND o.submissions > 0) AS known FROM fresh f"
	"    UNION ALL SELECT 'suite', suite, suite_version, submitter, last,"
	"     EXISTS (SELECT FROM assay.tally o WHERE o.suite = f.suite"
	"      AND o.suite_version = f.suite_version AND o.submitter = f.submitter"
	"      AND o.submissions > 0) FROM fresh f) AS k GROUP BY 1, 2, 3"
	"  ON CONFLICT (of, name, version) DO UPDATE SET"
	"  submitters = t.submitters + excluded.submitters,"
	"  last_accepted_at_ms = greatest(t.last_accepted_at_ms, excluded.last_accepted_at_ms))"
	" INSERT INTO assay.tally AS t (suite, suite_version, model_name, submitter, submissions, "
	"counted, held, results, last_accepted_at_ms) SELECT * FROM fresh"
	" ON CONFLICT (suite, suite_version, model_name, submitter) DO UPDATE SET"
	" submissions = t.submissions + excluded.submissions, counted = t.counted + "
	"excluded.counted,"
	" held = t.held + excluded.held, results = t.results + excluded.results,"
	" last_accepted_at_ms = greatest(t.last_accepted_at_ms, excluded.last_accepted_at_ms)",
	2},
    /* $1 what submissions say they use the model for, behind their rows */
    AT(QUERY_ADD_USES) = {"add_uses",
	"WITH r AS (SELECT DISTINCT index, name FROM json_to_recordset($1::json)"
	"  AS r(index bigint, name text)),"
	" said AS (INSERT INTO assay.use_said (index, name) SELECT index, name FROM r)"
	" INSERT INTO assay.use_case AS u (name, model_name, submitter, counted, changed_index)"
	" SELECT r.name, s.model_name, s.submitter, count(*) FILTER (WHERE l.state = 'counted'),"
	"  max(r.index) FROM r JOIN assay.submission s USING (index)"
	"  JOIN assay.leaf l USING (index) GROUP BY 1, 2, 3"
	" ON CONFLICT (name, model_name, submitter) DO UPDATE SET"
	"  counted = u.counted + excluded.counted, changed_index = excluded.changed_index",
	1},
    /* The same: who measured what where. */
    AT(QUERY_ADD_VOICES) = {"add_voices",
	"WITH fresh AS (SELECT raw_cell, metric, model_name, submitter, engine_version, index,"
	"  state = 'counted' AS counts FROM assay.measurement"
	"  WHERE index >= $1::bigint AND index < $2::bigint),"
	" seen AS (INSERT INTO assay.engine_seen AS e (raw_cell, engine_version, counted)"
	"  SELECT raw_cell, engine_version, count(*) FILTER (WHERE counts) FROM fresh GROUP BY 1, 2"
	"  ON CONFLICT (raw_cell, engine_version) DO UPDATE SET"
	"  counted = e.counted + excluded.counted)"
	" INSERT INTO assay.voice AS v (raw_cell, metric, model_name, submitter, counted,"
	"  first_counted, first_index) SELECT raw_cell, metric, model_name, submitter,"
	"  count(*) FILTER (WHERE counts), min(index) FILTER (WHERE counts), min(index)"
	"  FROM fresh GROUP BY 1, 2, 3, 4"
	" ON CONFLICT (raw_cell, metric, submitter, model_name) DO UPDATE SET"
	" counted = v.counted + excluded.counted,"
	" first_counted = least(v.first_counted, excluded.first_counted),"
	" first_index = least(v.first_index, excluded.first_index)",
	2},
    /* The same: submitters' records, and how many submissions name an intent, which may come behind
     * them. */
    AT(QUERY_ADD_RECORDS) = {"add_records",
	"WITH state AS (INSERT INTO assay.submitter_state AS t (submitter, state, n)"
	"  SELECT submitter, state, count(*) FROM assay.leaf WHERE kind = 'submission'"
	"  AND submitter IS NOT NULL AND index >= $1::bigint AND index < $2::bigint GROUP BY 1, 2"
	"  ON CONFLICT (submitter, state) DO UPDATE SET n = t.n + excluded.n),"
	" named AS (SELECT i.index, count(*) AS n FROM assay.submission s"
	"   JOIN assay.leaf l ON l.id = s.intent JOIN assay.intent i ON i.index = l.index"
	"   WHERE s.index >= $1::bigint AND s.index < $2::bigint AND i.submitter = s.submitter "
	"GROUP "
	"BY 1"
	"  UNION ALL SELECT i.index, count(*) FROM assay.intent i JOIN assay.submission s"
	"   ON s.intent = i.id WHERE i.index >= $1::bigint AND i.index < $2::bigint"
	"   AND s.index < $1::bigint AND i.submitter = s.submitter GROUP BY 1),"
	" done AS (UPDATE assay.intent i SET done = i.done + k.n FROM"
	"  (SELECT index, sum(n) AS n FROM named GROUP BY 1) AS k WHERE i.index = k.index),"
	" run AS (SELECT s.submitter, s.intent, s.duration_s, l.accepted_at_ms"
	"  FROM assay.submission s JOIN assay.leaf l USING (index)"
	"  WHERE s.index >= $1::bigint AND s.index < $2::bigint)"
	" INSERT INTO assay.record AS t (submitter, without_intent, longer_than_intent)"
	" SELECT submitter, sum(without), sum(longer) FROM"
	"  (SELECT submitter, (intent IS NULL)::int AS without, 0 AS longer FROM run"
	"   UNION ALL SELECT r.submitter, 0, 1 FROM run r JOIN assay.leaf i ON i.id = r.intent"
	"    WHERE r.duration_s * 1000 > r.accepted_at_ms - i.accepted_at_ms"
	"   UNION ALL SELECT s.submitter, 0, 1 FROM assay.leaf i JOIN assay.submission s"
	"    ON s.intent = i.id JOIN assay.leaf l ON l.index = s.index"
	"    WHERE i.index >= $1::bigint AND i.index < $2::bigint AND s.index < $1::bigint"
	"    AND s.duration_s * 1000 > l.accepted_at_ms - i.accepted_at_ms) AS k GROUP BY 1"
	" ON CONFLICT (submitter) DO UPDATE SET"
	" without_intent = t.without_intent + excluded.without_intent,"
	" longer_than_intent = t.longer_than_intent + excluded.longer_than_intent",
	2},
    /* The same. Numbers that a clock gave: those of cells that name hardware, and are no whole
     * numbers. */
    AT(QUERY_ADD_TIMINGS) = {"add_timings",
	"INSERT INTO assay.timing (index, vector) SELECT m.index, sha256(convert_to(string_agg("
	" concat_ws(' ', m.metric, m.value, m.sd, m.se), E'\\n'"
	" ORDER BY m.metric COLLATE \"C\", m.value, m.sd, m.se), 'UTF8'))"
	" FROM assay.measurement m JOIN assay.raw_cell r USING (raw_cell)"
	" WHERE m.index >= $1::bigint AND m.index < $2::bigint"
	" AND r.fields->'hardware' IS NOT NULL AND m.value <> trunc(m.value)"
	" GROUP BY m.index HAVING count(*) + count(m.sd) + count(m.se) >= 2",
	2},
    /* The same, behind that: of each new one the first of all, unless it is the same submitter's.
     */
    AT(QUERY_ADD_TWINS) = {"add_twins",
	"INSERT INTO assay.twin (index, first_index) SELECT t.index, o.first"
	" FROM assay.timing t JOIN assay.leaf l USING (index)"
	" JOIN LATERAL (SELECT min(index) AS first FROM assay.timing WHERE vector = t.vector) o"
	" ON true JOIN assay.leaf lo ON lo.index = o.first AND lo.submitter <> l.submitter"
	" WHERE t.index >= $1::bigint AND t.index < $2::bigint",
	2},
};

const struct query_row *
query_counts_row(enum query q)
{
	return &rows[q - QUERY_COUNTS_FIRST];
}
