/* query_documents.c — the table of SQL statements, its second part: what documents are read from.
 * SPDX-License-Identifier: Apache-2.0 */
#include "query.h"

#define AT(q) [(q)-QUERY_DOCUMENTS_FIRST]

static const struct query_row rows[QUERY__MAX - QUERY_DOCUMENTS_FIRST] = {
    /* $1 from, $2 before → cell and the last leaf below $2 that touched it */
    AT(QUERY_DIRTY_CELLS) = {"dirty_cells",
	"SELECT cell, max(index) FROM assay.dirty_cell WHERE index >= $1::bigint AND index < "
	"$2::bigint"
	" GROUP BY cell ORDER BY cell",
	2},
    /* $1 from, $2 before → kind and name of documents that leaves in there touched, and the last
     * one: of a model's runs with their pages, with those whose state changed and those of
     * submitters whose name went, those that stand in another cell, and all pages of models that
     * were renamed; of submitters, and the pages of their list; of
     * prices and decisions. A page of a model with several raw names has them in log order. */
    AT(QUERY_TOUCHED) = {"touched",
	"WITH moved AS (SELECT m.by, m.index, m.withheld, l.kind, l.submitter FROM assay.move m"
	"  JOIN assay.leaf l USING (index) WHERE m.by >= $1::bigint AND m.by < $2::bigint),"
	" run AS (SELECT index AS by, index, model_name, model_nth FROM assay.submission"
	"   WHERE index >= $1::bigint AND index < $2::bigint"
	"  UNION ALL SELECT m.by, s.index, s.model_name, s.model_nth FROM moved m"
	"   JOIN assay.submission s USING (index) WHERE m.kind = 'submission'"
	"  UNION ALL SELECT m.by, s.index, s.model_name, s.model_nth FROM moved m"
	"   JOIN assay.submission s USING (submitter) WHERE m.withheld AND m.kind = 'enrolment'"
	"  UNION ALL SELECT DISTINCT c.index, s.index, s.model_name, s.model_nth FROM "
	"assay.cell_move c"
	"   JOIN assay.measurement m USING (raw_cell) JOIN assay.submission s ON s.index = m.index"
	"   WHERE c.index >= $1::bigint AND c.index < $2::bigint),"
	" shown AS (SELECT r.by, coalesce(a.canonical, r.model_name) AS model, r.model_nth + CASE"
	"   WHEN EXISTS (SELECT FROM assay.name WHERE of = 'model') THEN coalesce((SELECT"
	"    sum(assay.said_before(n, r.index)) FROM"
	"    assay.model_names(coalesce(a.canonical, r.model_name)) AS n WHERE n <> r.model_name), "
	"0)"
	"   ELSE 0 END AS nth FROM run r"
	"  LEFT JOIN assay.name a ON a.of = 'model' AND a.raw = r.model_name),"
	" renamed AS (SELECT v.model, max(c.index) AS by FROM assay.name_change c,"
	"  LATERAL (VALUES (c.raw), (c.was), (c.now)) AS v(model) WHERE c.of = 'model'"
	"  AND c.index >= $1::bigint AND c.index < $2::bigint AND v.model IS NOT NULL GROUP BY 1),"
	" most AS (SELECT sum(assay.said_before(model, 9007199254740992)) AS runs FROM"
	"  (SELECT model FROM renamed UNION SELECT assay.model_names(model) FROM renamed) AS m),"
	" listed AS (SELECT submitter, index FROM assay.leaf"
	"   WHERE index >= $1::bigint AND index < $2::bigint AND submitter IS NOT NULL"
	"  UNION ALL SELECT submitter, index FROM assay.dirty_submitter"
	"   WHERE index >= $1::bigint AND index < $2::bigint"
	"  UNION ALL SELECT u.id, a.index FROM assay.act a"
	"   JOIN assay.submitter u ON u.id IN (a.target, a.other)"
	"   WHERE a.index >= $1::bigint AND a.index < $2::bigint),"
	" person AS (SELECT submitter, index FROM listed"
	"  UNION ALL SELECT s.submitter, c.index FROM assay.name_change c"
	"   JOIN assay.submission s ON s.model_name = c.raw"
	"   WHERE c.of = 'model' AND c.index >= $1::bigint AND c.index < $2::bigint"
	"  UNION ALL SELECT i.submitter, c.index FROM assay.name_change c"
	"   JOIN assay.intent i ON i.model_name = c.raw"
	"   WHERE c.of = 'model' AND c.index >= $1::bigint AND c.index < $2::bigint)"
	" SELECT 'model', model, max(by) FROM shown GROUP BY 2"
	" UNION ALL SELECT 'model', model, by FROM renamed"
	" UNION ALL SELECT 'runs', trunc(nth / 500) || ' ' || model, max(by) FROM shown GROUP BY 2"
	" UNION ALL SELECT 'runs', page || ' ' || model, by FROM renamed, most,"
	"  LATERAL generate_series(0, (runs / 500)::bigint) AS page"
	" UNION ALL SELECT 'names', '', max(index) FROM assay.name_change"
	"  WHERE index >= $1::bigint AND index < $2::bigint HAVING count(*) > 0"
	" UNION ALL SELECT 'submitter', encode(submitter, 'hex'), max(index) FROM person GROUP BY 2"
	" UNION ALL SELECT 'submitters', (u.enrolled_nth / 500)::text, max(p.index) FROM listed p"
	"  JOIN assay.submitter u ON u.id = p.submitter GROUP BY 2"
	" UNION ALL SELECT 'config', '', max(index) FROM assay.leaf WHERE kind = 'config' AND"
	"  state = 'counted' AND index >= $1::bigint AND index < $2::bigint HAVING count(*) > 0"
	" UNION ALL SELECT 'prices', '', max(changed_index) FROM assay.price"
	"  WHERE changed_index >= $1::bigint AND changed_index < $2::bigint HAVING count(*) > 0"
	" UNION ALL SELECT 'use_cases', '', max(k.at) FROM"
	"  (SELECT changed_index AS at FROM assay.use_case UNION ALL"
	"   SELECT index FROM assay.name_change WHERE of = 'model') AS k"
	"  WHERE k.at >= $1::bigint AND k.at < $2::bigint HAVING count(*) > 0"
	" UNION ALL SELECT 'decision', encode(id, 'hex'), changed_index FROM assay.decision"
	"  WHERE changed_index >= $1::bigint AND changed_index < $2::bigint"
	" UNION ALL SELECT 'decisions', '', max(changed_index) FROM assay.decision"
	"  WHERE changed_index >= $1::bigint AND changed_index < $2::bigint HAVING count(*) > 0"
	" UNION ALL SELECT k.kind, encode(w.id, 'hex'), w.changed_index FROM assay.watch w,"
	"  (VALUES ('badge'), ('watch')) AS k(kind)"
	"  WHERE w.changed_index >= $1::bigint AND w.changed_index < $2::bigint"
	" UNION ALL SELECT 'watches', '', max(changed_index) FROM assay.watch"
	"  WHERE changed_index >= $1::bigint AND changed_index < $2::bigint HAVING count(*) > 0",
	2},
    /* $1 submitter → what is known of it; submissions by state; runs without an intent; runs that
     * say they took longer than since their intent; who stands for those linked with it */
    AT(QUERY_SUBMITTER) = {"submitter",
	"SELECT u.id, u.name, u.links, u.index, u.roles, u.trusted, u.established, u.suspended,"
	" u.agreeing_n, u.voter, coalesce((SELECT json_object_agg(state, n ORDER BY state) FROM"
	"  (SELECT state, n FROM assay.submitter_state WHERE submitter = u.id AND n > 0)"
	"  AS by_state), '{}'::json), coalesce(r.without_intent, 0),"
	" coalesce(r.longer_than_intent, 0) FROM assay.submitter u"
	" LEFT JOIN assay.record r ON r.submitter = u.id WHERE u.id = $1",
	1},
    /* $1 submitter → its newest submissions; $1 again → its intents, each with how many submissions
     * that are not void name it */
    AT(QUERY_SUBMITTER_RUNS) = {"submitter_runs",
	"SELECT l.index, l.id, l.state, l.reason, l.accepted_at_ms, s.suite, s.suite_version,"
	" assay.called('model', s.model_name)"
	" FROM assay.leaf l LEFT JOIN assay.submission s USING (index)"
	" WHERE l.submitter = $1 AND l.kind = 'submission' AND NOT l.withheld"
	" ORDER BY l.index DESC LIMIT 200",
	1},
    AT(QUERY_SUBMITTER_INTENTS) = {"submitter_intents",
	"SELECT i.index, i.suite, i.suite_version, assay.called('model', i.model_name), i.count, "
	"i.expires_at, l.state, i.done FROM assay.intent i"
	" JOIN assay.leaf l USING (index) WHERE i.submitter = $1 AND NOT l.withheld"
	" ORDER BY i.index DESC LIMIT 200",
	1},
    /* $1 page of 500 in the order of enrolment → as QUERY_SUBMITTER has each; of its newest 200
     * intents that lack a run, how many, and until when the last of those may come; its last
     * statement */
    AT(QUERY_SUBMITTER_PAGE) = {"submitter_page",
	"SELECT u.id, u.name, u.index, u.roles, u.trusted, u.established, u.suspended,"
	" coalesce((SELECT json_object_agg(state, n ORDER BY state) FROM"
	"  (SELECT state, n FROM assay.submitter_state WHERE submitter = u.id AND n > 0)"
	"  AS by_state), '{}'::json), coalesce(r.without_intent, 0),"
	" coalesce(r.longer_than_intent, 0), i.n, i.until, l.index, l.accepted_at_ms"
	" FROM assay.submitter u LEFT JOIN assay.record r ON r.submitter = u.id,"
	" LATERAL (SELECT count(*) AS n, max(expires_at) AS until FROM"
	"  (SELECT i.expires_at FROM assay.intent i JOIN assay.leaf l USING (index)"
	"   WHERE i.submitter = u.id AND i.done < i.count AND NOT l.withheld"
	"   ORDER BY i.index DESC LIMIT 200) AS newest) AS i,"
	" LATERAL (SELECT l.index, l.accepted_at_ms FROM assay.leaf l WHERE l.submitter = u.id"
	"  ORDER BY l.index DESC LIMIT 1) AS l"
	" WHERE u.enrolled_nth >= 500 * $1::bigint AND u.enrolled_nth < 500 * ($1::bigint + 1) "
	"ORDER BY u.enrolled_nth",
	1},
    /* What waits for staff: submissions that are held; acts that wait for a second one. */
    AT(QUERY_HELD) = {"held",
	"SELECT l.index, l.id, l.reason, l.pointer, l.accepted_at_ms, s.suite, s.suite_version,"
	" assay.called('model', s.model_name), l.submitter, u.name, l.verdict FROM assay.leaf l"
	" JOIN assay.submission s USING (index)"
	" JOIN assay.submitter u ON u.id = l.submitter WHERE l.state = 'held' AND NOT l.withheld"
	" ORDER BY l.index DESC LIMIT 500",
	0},
    /* Pairs whose timings are the same, of voters that are two, both still in or before the count;
     * of the newest 2000. */
    AT(QUERY_TWINS) = {"twins",
	"SELECT w.index, l.id, l.state, s.suite, s.suite_version,"
	" assay.called('model', s.model_name), u.id, u.name, w.first_index, f.id, f.state,"
	" assay.called('model', fs.model_name), fu.id, fu.name FROM"
	" (SELECT * FROM assay.twin ORDER BY index DESC LIMIT 2000) w"
	" JOIN assay.leaf l ON l.index = w.index JOIN assay.leaf f ON f.index = w.first_index"
	" JOIN assay.submission s ON s.index = w.index"
	" JOIN assay.submission fs ON fs.index = w.first_index"
	" JOIN assay.submitter u ON u.id = l.submitter JOIN assay.submitter fu ON fu.id = "
	"f.submitter"
	" WHERE l.state IN ('counted', 'held') AND f.state IN ('counted', 'held')"
	" AND NOT l.withheld AND NOT f.withheld AND u.voter <> fu.voter"
	" ORDER BY w.index DESC LIMIT 200",
	0},
    AT(QUERY_ACTS) = {"acts",
	"SELECT a.index, a.id, a.act, a.target, a.other, a.role, a.submitter, u.name,"
	" a.reason_code, a.reason, a.accepted_at_ms, a.waits, t.index, t.kind, p.name"
	" FROM assay.act a LEFT JOIN assay.submitter u ON u.id = a.submitter"
	" LEFT JOIN assay.leaf t ON t.id = a.target LEFT JOIN assay.submitter p ON p.id = a.target"
	" ORDER BY a.index DESC LIMIT 500",
	0},
    /* The 200 use cases that most submissions say, with the 50 models that most submitters say
     * them of. */
    AT(QUERY_USE_CASES) = {"use_cases",
	"WITH pair AS (SELECT u.name, coalesce(n.canonical, u.model_name) AS model_name,"
	"   count(DISTINCT u.submitter) AS submitters, sum(u.counted) AS n FROM assay.use_case u"
	"   LEFT JOIN assay.name n ON n.of = 'model' AND n.raw = u.model_name"
	"   WHERE u.counted > 0 GROUP BY 1, 2),"
	" ranked AS (SELECT *, sum(n) OVER w AS said, count(*) OVER w AS models_n, row_number() "
	"OVER"
	"   (PARTITION BY name ORDER BY submitters DESC, n DESC, model_name COLLATE \"C\") AS nth"
	"  FROM pair WINDOW w AS (PARTITION BY name))"
	" SELECT name, said, models_n, model_name, submitters, n FROM"
	"  (SELECT *, dense_rank() OVER (ORDER BY said DESC, name) AS place FROM ranked) AS r"
	" WHERE place <= 200 AND nth <= 50 ORDER BY place, nth",
	0},
    AT(QUERY_PRICES) = {"prices",
	"SELECT p.index, p.id, p.submitter, u.name, p.of, p.name, p.amount, p.currency, p.unit,"
	" p.valid_from, p.source, p.retracted_index, p.changed_index,"
	" assay.called(p.of, p.name) FROM assay.price p"
	" JOIN assay.submitter u ON u.id = p.submitter"
	" ORDER BY p.index DESC LIMIT 2000",
	0},
    /* $1 id */
    AT(QUERY_DECISION) = {"decision",
	"SELECT d.index, d.id, d.submitter, u.name, d.release_manager, l.state, d.changed_index,"
	" convert_from(s.payload, 'UTF8'), d.inputs FROM assay.decision d"
	" JOIN assay.leaf l USING (index) JOIN assay.statement s ON s.id = d.id"
	" JOIN assay.submitter u ON u.id = d.submitter WHERE d.id = $1::bytea",
	1},
    AT(QUERY_DECISIONS) = {"decisions",
	"SELECT d.index, d.id, d.submitter, u.name, d.release_manager, l.state, d.changed_index,"
	" convert_from(s.payload, 'UTF8'), d.inputs FROM assay.decision d"
	" JOIN assay.leaf l USING (index) JOIN assay.statement s ON s.id = d.id"
	" JOIN assay.submitter u ON u.id = d.submitter"
	" ORDER BY d.release_manager DESC, d.index DESC LIMIT 500",
	0},
    /* $1 id */
    AT(QUERY_WATCH) = {"watch",
	"SELECT w.index, w.id, w.submitter, u.name, w.told, w.told_index, w.now, w.turned_index,"
	" w.turned_at_ms, w.judged_index, w.ended_index, w.changed_index,"
	" convert_from(s.payload, 'UTF8'), w.rules, NULL FROM assay.watch w"
	" JOIN assay.statement s USING (id) JOIN assay.submitter u ON u.id = w.submitter"
	" WHERE w.id = $1::bytea",
	1},
    AT(QUERY_WATCHES) = {"watches",
	"SELECT w.index, w.id, w.submitter, u.name, w.told, w.told_index, w.now, w.turned_index,"
	" w.turned_at_ms, w.judged_index, w.ended_index, w.changed_index,"
	" convert_from(s.payload, 'UTF8'), NULL, t.turn FROM assay.watch w"
	" JOIN assay.statement s USING (id) JOIN assay.submitter u ON u.id = w.submitter"
	" LEFT JOIN LATERAL (SELECT t.turn FROM assay.watch_turn t WHERE t.watch = w.index"
	"  ORDER BY t.index DESC LIMIT 1) t ON true"
	" ORDER BY w.ended_index IS NOT NULL, w.index DESC LIMIT 500",
	0},
    /* $1 index of a watch */
    AT(QUERY_WATCH_TURNS) = {"watch_turns",
	"SELECT turn FROM assay.watch_turn WHERE watch = $1::bigint ORDER BY index DESC LIMIT 200",
	1},
    /* $1 cells → of each: suite, fields, model and engine as the cell goes by, its newest engine
     * versions, held submissions; the model's name and quantization by canonical names. A cell goes
     * by the model name that most submitters of counted runs give, ties to the name that came
     * first; nobody's single run renames it. */
    AT(QUERY_CELLS) = {"cells",
	"WITH voice AS (SELECT c.cell, v.* FROM assay.cell_of c JOIN assay.voice v USING (raw_cell)"
	"  WHERE c.cell = ANY ($1::bytea[]) AND v.first_index IS NOT NULL),"
	" name AS (SELECT cell, coalesce(a.canonical, v.model_name) AS called,"
	"  count(DISTINCT submitter) FILTER (WHERE counted > 0) AS votes,"
	"  coalesce(min(first_counted), min(first_index)) AS first"
	"  FROM voice v LEFT JOIN assay.name a ON a.of = 'model' AND a.raw = v.model_name"
	"  GROUP BY 1, 2),"
	" head AS (SELECT DISTINCT ON (cell) cell, called, first FROM name"
	"  ORDER BY cell, votes DESC, first),"
	" version AS (SELECT c.cell, (array_agg(DISTINCT e.engine_version"
	"  ORDER BY e.engine_version DESC))[1:16] AS newest FROM assay.cell_of c"
	"  JOIN assay.engine_seen e USING (raw_cell) WHERE c.cell = ANY ($1::bytea[])"
	"  AND e.counted > 0 AND e.engine_version <> '' GROUP BY 1),"
	" held AS (SELECT c.cell, count(DISTINCT m.index) AS n FROM assay.cell_of c"
	"  JOIN assay.measurement m USING (raw_cell) WHERE c.cell = ANY ($1::bytea[])"
	"  AND m.state = 'held' GROUP BY 1)"
	" SELECT h.cell, r.suite, r.suite_version, r.fields, s.model,"
	" assay.called('engine', s.engine_name), array_to_json(v.newest), coalesce(held.n, 0),"
	" h.called, assay.called('quantization', s.model->>'quantization') FROM head h"
	" JOIN assay.raw_cell r ON r.raw_cell = h.cell JOIN assay.submission s ON s.index = h.first"
	" LEFT JOIN version v ON v.cell = h.cell LEFT JOIN held ON held.cell = h.cell ORDER BY "
	"h.cell",
	1},
    /* $1 cells → counted runs, of each submitter the latest five a metric, which are its vote */
    AT(QUERY_CELL_RUNS) = {"cell_runs",
	"WITH voice AS (SELECT c.cell, v.raw_cell, v.metric, v.submitter, sum(v.counted) AS n"
	"  FROM assay.cell_of c JOIN assay.voice v USING (raw_cell)"
	"  WHERE c.cell = ANY ($1::bytea[]) AND v.counted > 0 GROUP BY 1, 2, 3, 4)"
	" SELECT r.cell, r.metric, r.submitter, r.index, r.value, a.n, u.voter,"
	" (u.trusted OR u.established) AND NOT u.suspended, r.n, r.sd, r.se, i.scores FROM"
	" (SELECT v.cell, v.metric, v.submitter, m.*, row_number() OVER (PARTITION BY v.cell,"
	"   v.metric, v.submitter ORDER BY m.index DESC, m.position DESC) AS nth FROM voice v"
	"  JOIN LATERAL (SELECT m.index, m.position, m.value, m.n, m.sd, m.se"
	"   FROM assay.measurement m WHERE m.raw_cell = v.raw_cell AND m.metric = v.metric"
	"   AND m.submitter = v.submitter AND m.state = 'counted'"
	"   ORDER BY m.index DESC, m.position DESC LIMIT 5) m ON true) AS r"
	" JOIN (SELECT cell, metric, sum(n) AS n FROM voice GROUP BY 1, 2) a USING (cell, metric)"
	" JOIN assay.submitter u ON u.id = r.submitter"
	" LEFT JOIN assay.item_scores i ON i.index = r.index AND i.metric = r.metric WHERE nth <= 5"
	" ORDER BY r.cell, r.metric COLLATE \"C\", r.submitter, r.index DESC",
	1},
    /* $1 model name, $2 limit → its newest results, by whatever raw name */
    AT(QUERY_MODEL_RUNS) = {"model_runs",
	"SELECT m.id, m.index, m.submitter, u.name, l.accepted_at_ms, l.state, l.reason, m.suite,"
	" m.suite_version, c.cell, m.metric, m.conditions, m.value, m.n, m.sd, m.se,"
	" l.verdict"
	" FROM assay.model_names($1) AS raw(name), LATERAL (SELECT m.*, s.id, s.suite, "
	"s.suite_version"
	"  FROM assay.submission s JOIN assay.leaf l USING (index)"
	"  JOIN assay.measurement m USING (index) WHERE s.model_name = raw.name AND NOT l.withheld"
	"  ORDER BY s.model_nth DESC, m.position LIMIT $2::bigint) AS m"
	" JOIN assay.leaf l USING (index) JOIN assay.submitter u ON u.id = m.submitter"
	" JOIN assay.cell_of c USING (raw_cell)"
	" ORDER BY m.index DESC, m.position LIMIT $2::bigint",
	2},
    /* $1 model name, $2 page of 500 submissions → a row for each of their results, with what the
     * submission names as evidence: its JSON is read only where such a member, or one with escapes
     * in its name, may be; and the raw name that it gives where that is another. A model of one
     * raw name has its pages numbered. */
    AT(QUERY_MODEL_PAGE) = {"model_page",
	"WITH n AS MATERIALIZED (SELECT array_agg(name) AS names FROM assay.model_names($1) AS "
	"name),"
	" page AS (SELECT s.index FROM n JOIN assay.submission s ON s.model_name = n.names[1]"
	"   WHERE cardinality(n.names) = 1 AND s.model_nth >= 500 * $2::bigint"
	"   AND s.model_nth < 500 * ($2::bigint + 1)"
	"  UNION ALL (SELECT a.index FROM (SELECT s.index FROM assay.submission s"
	"    WHERE (SELECT cardinality(names) FROM n) > 1"
	"    AND s.model_name = ANY ((SELECT names FROM n)::text[]) OFFSET 0) AS a"
	"   ORDER BY a.index OFFSET 500 * $2::bigint LIMIT 500))"
	" SELECT s.index, s.id, s.submitter, u.name, l.accepted_at_ms, l.state, l.reason, "
	"l.pointer,"
	" s.suite, s.suite_version, s.engine_name, s.engine_version, s.model->>'quantization',"
	" CASE WHEN position('\"evidence\"'::bytea IN t.payload) > 0"
	"  OR position('\\x5c75'::bytea IN t.payload) > 0"
	"  THEN convert_from(t.payload, 'UTF8')::json->'evidence' END,"
	" l.verdict, m.metric, c.cell, m.conditions, m.value, m.n, m.sd,"
	" m.se, nullif(s.model_name, $1)"
	" FROM page JOIN assay.submission s USING (index) JOIN assay.leaf l USING (index)"
	" JOIN assay.submitter u ON u.id = s.submitter JOIN assay.statement t ON t.id = s.id"
	" LEFT JOIN assay.measurement m ON m.index = s.index"
	" LEFT JOIN assay.cell_of c ON c.raw_cell = m.raw_cell"
	" WHERE NOT l.withheld ORDER BY s.index, m.position",
	2},
    AT(QUERY_MODEL_COUNTS) = {"model_counts",
	"SELECT coalesce(sum(submissions), 0), coalesce(sum(counted), 0), coalesce(sum(held), 0),"
	" coalesce(sum(results), 0), (SELECT nullif(sum(assay.said_before(n, 9007199254740992)), "
	"0) - 1"
	"  FROM assay.model_names($1) AS n)"
	" FROM assay.model_total WHERE model_name IN (SELECT assay.model_names($1))",
	1},
    /* $1 cells → their newest transitions */
    AT(QUERY_MODEL_HISTORY) = {"model_history",
	"SELECT t.index, l.accepted_at_ms, t.cell, r.suite, r.suite_version, t.metric,"
	" t.from_standing, t.to_standing FROM assay.transition t JOIN assay.leaf l USING (index)"
	" JOIN assay.raw_cell r ON r.raw_cell = t.cell WHERE t.cell = ANY ($1::bytea[])"
	" ORDER BY t.index DESC, t.cell, t.metric COLLATE \"C\" LIMIT 200",
	1},
    /* The newest transitions but that of a first run, and at the end the log's first leaf. */
    AT(QUERY_FEED) = {"feed",
	"SELECT * FROM ((SELECT * FROM ((SELECT t.index, l.accepted_at_ms, t.cell, t.metric,"
	"  t.from_standing, t.to_standing, NULL::text AS policy, NULL::bigint AS turned"
	"  FROM assay.transition t JOIN assay.leaf l USING (index)"
	"  WHERE t.from_standing <> 'none' OR t.to_standing <> 'single'"
	"  ORDER BY t.index DESC, t.cell, t.metric COLLATE \"C\" LIMIT 200)"
	" UNION ALL (SELECT t.index, l.accepted_at_ms, NULL, encode(w.id, 'hex'), t.from_result,"
	"  t.to_result, convert_from(s.payload, 'UTF8'), t.turned_index FROM assay.watch_turn t"
	"  JOIN assay.leaf l USING (index) JOIN assay.watch w ON w.index = t.watch"
	"  JOIN assay.statement s ON s.id = w.id"
	"  ORDER BY t.index DESC, t.watch LIMIT 200)) AS both_kinds"
	"  ORDER BY index DESC, cell, metric COLLATE \"C\" LIMIT 200)"
	" UNION ALL SELECT index, accepted_at_ms, NULL, NULL, NULL, NULL, NULL, NULL FROM "
	"assay.leaf"
	"  WHERE index = 0) AS news ORDER BY index DESC, cell, metric COLLATE \"C\"",
	0},
    /* $1 from, $2 before → days since 1970 of leaves in there, each with its last leaf */
    AT(QUERY_DAYS) = {"days",
	"SELECT accepted_at_ms / 86400000, max(index) FROM assay.leaf"
	" WHERE index >= $1::bigint AND index < $2::bigint GROUP BY 1",
	2},
    /* $1 first, $2 behind the last leaf, $3 log size at the day's end → each as it stood then, with
     * what it changed; what it says as it may be shown now */
    AT(QUERY_DUMP) = {"dump",
	"SELECT l.index, l.id, l.kind, l.accepted_at_ms, l.submitter,"
	" coalesce((SELECT m.was FROM assay.move m WHERE m.index = l.index AND m.by >= $3::bigint"
	"  ORDER BY m.by LIMIT 1), l.state), CASE WHEN l.state = 'void' THEN l.reason END,"
	" l.withheld, convert_from(s.payload, 'UTF8'),"
	" (SELECT json_agg(json_build_object('index', m.index, 'from', m.was, 'to', m.now,"
	"  'withheld', m.withheld) ORDER BY m.index) FROM assay.move m WHERE m.by = l.index),"
	" (SELECT json_agg(json_build_object('cell', encode(t.cell, 'hex'), 'metric', t.metric,"
	"  'from', t.from_standing, 'to', t.to_standing) ORDER BY t.cell, t.metric COLLATE \"C\")"
	"  FROM assay.transition t WHERE t.index = l.index)"
	" FROM assay.leaf l JOIN assay.statement s USING (id)"
	" WHERE l.index >= $1::bigint AND l.index < $2::bigint ORDER BY l.index",
	3},
    AT(QUERY_TOTALS) = {"totals",
	"SELECT h.size, t.submissions, t.counted, t.held, h.void_n, h.submitters_n, t.models"
	" FROM assay.log_head h, (SELECT coalesce(sum(submissions), 0) AS submissions,"
	"  coalesce(sum(counted), 0) AS counted, coalesce(sum(held), 0) AS held,"
	"  count(DISTINCT coalesce(a.canonical, model_name)) AS models FROM assay.model_total"
	"  LEFT JOIN assay.name a ON a.of = 'model' AND a.raw = model_name"
	"  WHERE submissions > 0) AS t",
	0},
    AT(QUERY_SUITE_TOTALS) = {"suite_totals",
	"SELECT t.suite, t.suite_version, count(DISTINCT coalesce(a.canonical, t.model_name)),"
	" r.submitters, sum(t.counted), sum(t.held)"
	" FROM assay.model_total t JOIN assay.reach r ON r.of = 'suite' AND r.name = t.suite"
	" AND r.version = t.suite_version"
	" LEFT JOIN assay.name a ON a.of = 'model' AND a.raw = t.model_name"
	" WHERE t.submissions > 0 GROUP BY 1, 2, 4",
	0},
    /* Submitters of a model of several names are counted one by one. */
    AT(QUERY_MODEL_TOTALS) = {"model_totals",
	"SELECT t.model, json_agg(DISTINCT t.suite COLLATE \"C\"), CASE WHEN bool_or(t.other)"
	" THEN (SELECT count(DISTINCT y.submitter) FROM assay.tally y WHERE y.submissions > 0"
	"  AND y.model_name IN (SELECT assay.model_names(t.model))) ELSE max(r.submitters) END,"
	" sum(t.counted), sum(t.held), max(r.last_accepted_at_ms) FROM (SELECT m.*,"
	"  coalesce(a.canonical, m.model_name) AS model, a.canonical IS NOT NULL AS other"
	"  FROM assay.model_total m"
	"  LEFT JOIN assay.name a ON a.of = 'model' AND a.raw = m.model_name"
	"  WHERE m.submissions > 0) AS t"
	" JOIN assay.reach r ON r.of = 'model' AND r.name = t.model_name AND r.version = 0"
	" GROUP BY 1 ORDER BY t.model COLLATE \"C\"",
	0},
    /* ---- the tree ---- */
    AT(QUERY_TREE_HEAD) = {"tree_head",
	"SELECT size, root, note_size, coalesce(note, '') FROM assay.log_head", 0},
    /* $1 first, $2 behind the last → hashes in order */
    AT(QUERY_LEAF_HASHES) = {"leaf_hashes",
	"SELECT hash FROM assay.leaf WHERE index >= $1::bigint AND index < $2::bigint ORDER BY "
	"index",
	2},
    /* the same of a level, $3 */
    AT(QUERY_NODE_HASHES) = {"node_hashes",
	"SELECT hash FROM assay.tree_node WHERE index >= $1::bigint AND index < $2::bigint"
	" AND level = $3::bigint ORDER BY index",
	3},
    /* What leaves are made of: the second path to a root. */
    AT(QUERY_LEAF_FACTS) = {"leaf_facts",
	"SELECT s.kind, s.id, s.payload_sha256, s.key, s.signature, s.accepted_at_ms"
	" FROM assay.leaf l JOIN assay.statement s USING (id)"
	" WHERE l.index >= $1::bigint AND l.index < $2::bigint ORDER BY l.index",
	2},
    AT(QUERY_BUNDLE) = {"bundle",
	"SELECT s.kind, s.id, s.payload_sha256, s.key, s.signature, s.accepted_at_ms, s.payload,"
	" l.index, l.state, l.hash FROM assay.leaf l JOIN assay.statement s USING (id)"
	" WHERE l.index >= $1::bigint AND l.index < $2::bigint ORDER BY l.index",
	2},
    /* $1 from, $2 before → leaves whose bytes went in that time */
    AT(QUERY_WITHHELD) = {"withheld",
	"SELECT DISTINCT l.index FROM assay.act c JOIN assay.act a ON a.id = c.target"
	" JOIN assay.leaf l ON l.id = a.target WHERE c.act = 'confirm' AND a.act = 'withhold'"
	" AND c.index >= $1::bigint AND c.index < $2::bigint",
	2},
    /* $1 note, $2 its size */
    AT(QUERY_SIGNED) = {"signed",
	"UPDATE assay.log_head SET note = $1::text, note_size = $2::bigint"
	" WHERE note_size < $2::bigint",
	2},
};

const struct query_row *
query_document_row(enum query q)
{
	return &rows[q - QUERY_DOCUMENTS_FIRST];
}
