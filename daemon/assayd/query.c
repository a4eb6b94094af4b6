/* query.c — the table of SQL statements.
 * SPDX-License-Identifier: Apache-2.0 */
#include "query.h"

static const struct query_row rows[QUERY_COUNTS_FIRST] = {
    /* What stands in this database may be more than its standbys have: a commit that waited for
     * them and was torn off is there too. This one's end comes only once they have all before it.
     */
    [QUERY_REPLICATED] = {"replicated", "SELECT pg_logical_emit_message(true, 'assayd', '')", 0},

    [QUERY_PING] = {"ping", "SELECT 1 FROM assay.log_head", 0},

    /* $1 id, $2 key, of an invited enrolment also $3 the inviter's key, $4 the invitation's id →
     * accepted_at_ms (null: not seen); submitter (null: not derived), whether the key is revoked,
     * the submitter's roles and suspension; whether an enrolment of this key, other than $1, waits
     * to be derived; whether $3 is a current key of staff, whether $4 was used; how many watches
     * the submitter has. */
    [QUERY_DOOR] = {"door",
	"SELECT (SELECT accepted_at_ms FROM assay.statement WHERE id = $1), w.*,"
	" EXISTS (SELECT FROM assay.statement e WHERE e.key = $2 AND e.kind = 'enrolment' AND e.id "
	"<> $1"
	"  AND NOT EXISTS (SELECT FROM assay.leaf l WHERE l.id = e.id)),"
	" EXISTS (SELECT FROM assay.submitter_key k JOIN assay.submitter u ON u.id = k.submitter"
	"  WHERE k.key = $3 AND k.revoked_index IS NULL AND u.roles & 1 = 1 AND NOT u.suspended),"
	" EXISTS (SELECT FROM assay.invitation WHERE id = $4),"
	" (SELECT count(*) FROM assay.watch x JOIN assay.leaf l USING (index)"
	"  WHERE x.submitter = w.submitter AND l.state = 'counted')"
	" FROM (VALUES (1)) AS one LEFT JOIN (SELECT k.submitter, k.revoked_index IS NOT NULL,"
	"  u.roles, u.suspended FROM assay.submitter_key k JOIN assay.submitter u"
	"  ON u.id = k.submitter WHERE k.key = $2) AS w ON true",
	4},

    /* Arrays of equal length: ids, kinds, payloads, their digests, keys, signatures → id and
     * accepted_at_ms of those that were not there. In id order, so that batches cannot deadlock.
     * $7: what evidence they name. */
    [QUERY_STORE] = {"store",
	"WITH stored AS (INSERT INTO assay.statement (id, kind, payload, payload_sha256, key, "
	"signature)"
	" SELECT * FROM unnest($1::bytea[], $2::text[], $3::bytea[], $4::bytea[], $5::bytea[],"
	" $6::bytea[]) AS r(id, kind, payload, payload_sha256, key, signature) ORDER BY r.id"
	" ON CONFLICT (id) DO NOTHING RETURNING id, accepted_at_ms),"
	" queued AS (INSERT INTO assay.pending (id) SELECT id FROM stored),"
	" named AS (INSERT INTO assay.evidence_name (sha256, bytes, id)"
	"  SELECT decode(r.sha256, 'hex'), r.bytes, s.id FROM json_to_recordset($7::json)"
	"  AS r(id text, sha256 text, bytes bigint) JOIN stored s ON s.id = decode(r.id, 'hex')"
	"  ON CONFLICT DO NOTHING)"
	" SELECT id, accepted_at_ms FROM stored",
	7},

    /* One row of the same, for set-up verbs. */
    [QUERY_STORE_ONE] = {"store_one",
	"WITH stored AS (INSERT INTO assay.statement (id, kind, payload, payload_sha256, key, "
	"signature)"
	" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING RETURNING id, "
	"accepted_at_ms),"
	" queued AS (INSERT INTO assay.pending (id) SELECT id FROM stored)"
	" SELECT accepted_at_ms FROM stored",
	6},

    /* $1 digest → its bytes' number, the bytes in gzip (null: not here), whether a statement names
     * them, whether one does that is not withheld */
    [QUERY_EVIDENCE] = {"evidence",
	"SELECT e.bytes, e.gzip, n.id IS NOT NULL, coalesce(n.live, false)"
	" FROM (SELECT $1::bytea AS sha256) d LEFT JOIN assay.evidence e USING (sha256)"
	" LEFT JOIN LATERAL (SELECT s.id, s.payload IS NOT NULL AS live FROM assay.evidence_name n"
	"  JOIN assay.statement s USING (id) WHERE n.sha256 = d.sha256 ORDER BY 2 DESC LIMIT 1) n"
	" ON true",
	1},
    /* $1 digest, $2 bytes → whether a statement that is not withheld names them, whether any does,
     * whether they are here */
    [QUERY_EVIDENCE_NAMED] = {"evidence_named",
	"SELECT count(s.payload) > 0, count(*) > 0,"
	" EXISTS (SELECT FROM assay.evidence e WHERE e.sha256 = $1)"
	" FROM assay.evidence_name n JOIN assay.statement s USING (id)"
	" WHERE n.sha256 = $1 AND n.bytes = $2::bigint",
	2},
    /* $1 digest, $2 bytes, $3 in gzip, $4 most bytes of a submitter a day, $5 of all gzip → a word
     */
    [QUERY_EVIDENCE_PUT] = {"evidence_put",
	"SELECT assay.evidence_put($1, $2::bigint, $3, $4::bigint, $5::bigint, $6::bigint)", 6},

    /* How much waits to be sequenced, counted up to a bound, and the age of its oldest in ms. */
    [QUERY_LAG] = {"lag",
	"SELECT (SELECT count(*) FROM (SELECT FROM assay.pending LIMIT 100000) p),"
	" (SELECT greatest(0, (extract(epoch FROM clock_timestamp()) * 1000)::bigint - "
	"s.accepted_at_ms)"
	" FROM assay.pending p JOIN assay.statement s ON s.id = p.id ORDER BY p.arrival LIMIT 1)",
	0},

    [QUERY_STATEMENT] = {"statement",
	"SELECT s.kind, s.payload, s.key, s.signature, s.accepted_at_ms, l.index, l.state, "
	"l.reason,"
	" l.pointer, l.submitter, u.name, l.verdict FROM assay.statement s LEFT JOIN assay.leaf l "
	"ON l.id = "
	"s.id"
	" LEFT JOIN assay.submitter u ON u.id = l.submitter WHERE s.id = $1",
	1},

    /* The number is "assay" in ASCII: one lock a database. */
    [QUERY_LEAD] = {"lead", "SELECT pg_try_advisory_lock(418430738809)", 0},

    /* A process that is frozen, or on a host that is, cannot say that it has stopped leading: its
     * connection, and the lock with it, ends once nothing was asked for so many ms. */
    [QUERY_LEAD_SILENCE] = {"lead_silence",
	"SELECT set_config('idle_session_timeout', $1, false),"
	" set_config('idle_in_transaction_session_timeout', $1, false)",
	1},

    [QUERY_HEAD] = {"head", "SELECT size, as_of_ms FROM assay.log_head", 0},
    /* For a batch: also whether no migration is under way (the number is migrate.c's lock; it waits
     * for the batch's end), and the number of the newest one. */
    [QUERY_HEAD_LOCKED] = {"head_locked",
	"SELECT size, as_of_ms, pg_try_advisory_xact_lock_shared(418430738810),"
	" (SELECT max(number) FROM assay.migration) FROM assay.log_head FOR UPDATE",
	0},

    /* In arrival order: causes before effects. */
    [QUERY_PENDING] = {"pending",
	"SELECT s.kind, s.id, s.payload_sha256, s.key, s.signature, s.accepted_at_ms, s.payload,"
	" p.arrival FROM assay.pending p"
	" JOIN assay.statement s ON s.id = p.id ORDER BY p.arrival LIMIT $1::bigint",
	1},

    /* $1 keys as bytea[] → key, revoked; their submitters as QUERY_PERSON says them */
    [QUERY_SIGNERS] = {"signers",
	"SELECT k.key, k.revoked_index IS NOT NULL, u.id, u.roles, u.trusted, u.suspended, "
	"u.keys_n,"
	" u.established, u.agreeing_n FROM assay.submitter_key k JOIN assay.submitter u ON u.id = "
	"k.submitter"
	" WHERE k.key = ANY ($1::bytea[])",
	1},
    [QUERY_PERSON] = {"person",
	"SELECT id, roles, trusted, suspended, keys_n, established, agreeing_n FROM assay.submitter"
	" WHERE id = $1",
	1},
    /* $1 id → the leaf, and what is known of a submission, an act or an alias there */
    [QUERY_LOGGED] = {"logged",
	"SELECT l.kind, l.index, l.accepted_at_ms, l.submitter, l.state, l.withheld, s.suite,"
	" s.suite_version, s.subject, a.act, a.target, a.other, a.role,"
	" coalesce(a.waits, x.waits, false), a.reason, x.of, x.raw, x.canonical"
	" FROM assay.leaf l LEFT JOIN assay.submission s ON s.index = l.index"
	" LEFT JOIN assay.act a ON a.index = l.index"
	" LEFT JOIN assay.alias x ON x.index = l.index WHERE l.id = $1",
	1},
    [QUERY_INVITATION] = {"invitation", "SELECT index FROM assay.invitation WHERE id = $1", 1},
    /* $1 index of a submission → its results and where they stand */
    [QUERY_RESULTS] = {"results",
	"SELECT m.raw_cell, m.metric, m.value, s.suite, s.suite_version, m.position, m.beyond,"
	" m.anchor FROM assay.measurement m JOIN assay.submission s USING (index) WHERE m.index = "
	"$1::bigint ORDER BY m.position",
	1},
    /* $1 raw cells → those that anybody measured, and the cells they count in */
    [QUERY_MEETINGS] = {"meetings",
	"SELECT raw_cell, cell FROM assay.cell_of WHERE raw_cell = ANY ($1::bytea[])", 1},
    /* $1 cells, $2 how many of the newest counted runs of each submitter, metric and raw cell →
     * those, and the submitters as QUERY_PERSON says them */
    [QUERY_MEETING_RUNS] = {"meeting_runs",
	"SELECT v.cell, v.metric, m.index, m.value, u.id, u.roles, u.trusted, u.suspended,"
	" u.keys_n, u.established, u.agreeing_n, m.anchor, v.raw_cell FROM"
	" (SELECT DISTINCT c.cell, v.raw_cell, v.metric, v.submitter FROM assay.cell_of c"
	"  JOIN assay.voice v USING (raw_cell)"
	"  WHERE c.cell = ANY ($1::bytea[]) AND v.counted > 0) AS v"
	" JOIN LATERAL (SELECT m.index, m.value, m.anchor FROM assay.measurement m"
	"  WHERE m.raw_cell = v.raw_cell AND m.metric = v.metric AND m.submitter = v.submitter"
	"  AND m.state = 'counted' ORDER BY m.index DESC, m.position DESC LIMIT $2::bigint) m"
	" ON true JOIN assay.submitter u ON u.id = v.submitter",
	2},
    /* $1 cells → the submissions that wait there for others who measure the same: of each submitter
     * those among its newest five of a raw cell that ever did; in log order */
    [QUERY_WAITING] = {"waiting",
	"SELECT r.cell, l.id FROM (SELECT DISTINCT ON (c.cell, m.index) c.cell, m.index, m.state,"
	"  dense_rank() OVER (PARTITION BY raw_cell, m.submitter ORDER BY m.index DESC) AS nth"
	"  FROM assay.cell_of c JOIN assay.measurement m USING (raw_cell)"
	"  WHERE c.cell = ANY ($1::bytea[]) AND m.beyond IS NOT NULL) AS r"
	" JOIN assay.leaf l USING (index) WHERE nth <= 5 ORDER BY r.cell, r.index",
	1},
    /* $1 cells → who agrees there */
    [QUERY_AGREEMENTS] = {"agreements",
	"SELECT a.cell, u.id, u.roles, u.trusted, u.suspended, u.keys_n, u.established,"
	" u.agreeing_n FROM assay.agreement a JOIN assay.submitter u ON u.id = a.submitter"
	" WHERE a.cell = ANY ($1::bytea[])",
	1},
    [QUERY_STANDINGS] = {"standings",
	"SELECT cell, metric, standing FROM assay.standing WHERE cell = ANY ($1::bytea[])", 1},
    [QUERY_LINKS] = {"links", "SELECT a, b FROM assay.link", 0},

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
	"pointer,"
	" hash, verdict) SELECT index, decode(id, 'hex'), kind, accepted_at_ms,"
	" decode(submitter, 'hex'), state, reason, pointer, decode(hash, 'hex'), verdict"
	" FROM json_to_recordset($1::json) AS r(index bigint,"
	" id text, kind text, accepted_at_ms bigint, submitter text, state text, reason text,"
	" pointer text, hash text, verdict json)",
	1},
    [QUERY_ADD_NODES] = {"add_nodes",
	"INSERT INTO assay.tree_node (level, index, hash) SELECT level, index, decode(hash, 'hex')"
	" FROM json_to_recordset($1::json) AS r(level bigint, index bigint, hash text)",
	1},
    [QUERY_ADD_SUBMITTERS] = {"add_submitters",
	"WITH r AS (SELECT * FROM json_to_recordset($1::json) AS r(id text, key text, name text,"
	" links jsonb, index bigint)),"
	" s AS (INSERT INTO assay.submitter (id, name, links, index, voter, enrolled_nth)"
	"  SELECT decode(id, 'hex'), name, links, index, decode(id, 'hex'),"
	"  coalesce((SELECT max(enrolled_nth) FROM assay.submitter), -1) + row_number() OVER "
	"(ORDER BY "
	"index) FROM r)"
	" INSERT INTO assay.submitter_key (key, submitter, added_index)"
	" SELECT decode(key, 'hex'), decode(id, 'hex'), index FROM r",
	1},
    [QUERY_ADD_SUBMISSIONS] = {"add_submissions",
	"INSERT INTO assay.submission (index, id, submitter, suite, suite_version, model_name,"
	" model, engine_name, engine_version, subject, intent, duration_s, model_nth)"
	" SELECT index, decode(id, 'hex'), decode(submitter, 'hex'), suite, suite_version,"
	" model_name, model, engine_name, engine_version, subject, decode(intent, 'hex'), "
	"duration_s,"
	" coalesce((SELECT o.model_nth + 1 FROM assay.submission o WHERE o.model_name = "
	"r.model_name"
	"  ORDER BY o.model_nth DESC LIMIT 1), 0)"
	"  + row_number() OVER (PARTITION BY model_name ORDER BY index) - 1"
	" FROM json_to_recordset($1::json) AS r(index bigint, id text, submitter text, suite text,"
	" suite_version bigint, model_name text, model json, engine_name text, engine_version text,"
	" subject text, intent text, duration_s float8)",
	1},
    [QUERY_ADD_RAW_CELLS] = {"add_raw_cells",
	"WITH r AS (SELECT * FROM json_to_recordset($1::json) AS r(raw_cell text, suite text,"
	" cell text, suite_version bigint, fields json)),"
	" c AS (INSERT INTO assay.cell_of (raw_cell, cell) SELECT decode(raw_cell, 'hex'),"
	"  decode(cell, 'hex') FROM r ON CONFLICT (raw_cell) DO NOTHING)"
	" INSERT INTO assay.raw_cell (raw_cell, suite, suite_version, fields)"
	" SELECT decode(raw_cell, 'hex'), suite, suite_version, fields FROM r"
	" ON CONFLICT (raw_cell) DO NOTHING",
	1},
    [QUERY_ADD_MEASUREMENTS] = {"add_measurements",
	"INSERT INTO assay.measurement (raw_cell, index, position, metric, value, n, sd, se, "
	"conditions, submitter, state, model_name, engine_version, beyond, anchor)"
	" SELECT decode(r.raw_cell, 'hex'), r.index, r.position, r.metric, r.value, r.n, r.sd, "
	"r.se,"
	" r.conditions, s.submitter, l.state, s.model_name, s.engine_version, r.beyond, r.anchor"
	" FROM json_to_recordset($1::json) AS r(raw_cell text, index bigint, position bigint,"
	" metric text, value float8, n bigint, sd float8, se float8, conditions json,"
	" beyond boolean, anchor float8)"
	" JOIN assay.submission s USING (index) JOIN assay.leaf l USING (index)",
	1},
    [QUERY_ADD_ITEM_SCORES] = {"add_item_scores",
	"INSERT INTO assay.item_scores (index, metric, scores) SELECT index, metric, scores"
	" FROM json_to_recordset($1::json) AS r(index bigint, metric text, scores json)",
	1},
    [QUERY_ADD_ACTS] = {"add_acts",
	"INSERT INTO assay.act (index, id, act, target, other, role, submitter, reason_code, "
	"reason,"
	" accepted_at_ms, waits) SELECT index, decode(id, 'hex'), act, decode(target, 'hex'),"
	" decode(other, 'hex'), role, decode(submitter, 'hex'), reason_code, reason, "
	"accepted_at_ms,"
	" waits FROM json_to_recordset($1::json) AS r(index bigint, id text, act text, target text,"
	" other text, role text, submitter text, reason_code text, reason text,"
	" accepted_at_ms bigint, waits boolean)",
	1},
    [QUERY_ADD_INTENTS] = {"add_intents",
	"INSERT INTO assay.intent (index, id, submitter, suite, suite_version, model_name, count,"
	" expires_at) SELECT index, decode(id, 'hex'), decode(submitter, 'hex'), suite,"
	" suite_version, model_name, count, expires_at FROM json_to_recordset($1::json)"
	" AS r(index bigint, id text, submitter text, suite text, suite_version bigint,"
	" model_name text, count bigint, expires_at text)",
	1},
    [QUERY_ADD_PRICES] = {"add_prices",
	"INSERT INTO assay.price (index, id, submitter, of, name, amount, currency, unit,"
	" valid_from, source, changed_index)"
	" SELECT index, decode(id, 'hex'), decode(submitter, 'hex'), of, name,"
	" amount, currency, unit, valid_from, source, index FROM json_to_recordset($1::json)"
	" AS r(index bigint, id text, submitter text, of text, name text, amount text,"
	" currency text, unit text, valid_from text, source text)",
	1},
    [QUERY_ADD_DECISIONS] = {"add_decisions",
	"INSERT INTO assay.decision (index, id, submitter, release_manager, changed_index)"
	" SELECT index, decode(id, 'hex'), decode(submitter, 'hex'), release_manager, index"
	" FROM json_to_recordset($1::json)"
	" AS r(index bigint, id text, submitter text, release_manager boolean)",
	1},
    [QUERY_CHANGE_SUBMITTERS] = {"change_submitters",
	"UPDATE assay.submitter u SET roles = r.roles, trusted = r.trusted,"
	" suspended = r.suspended, keys_n = r.keys_n, established = r.established,"
	" agreeing_n = r.agreeing_n FROM json_to_recordset($1::json) AS r(id text, roles bigint,"
	" trusted boolean, suspended boolean, keys_n bigint, established boolean,"
	" agreeing_n bigint) WHERE u.id = decode(r.id, 'hex')",
	1},
    /* $1 submitters to be shown anew, or all their cells too, each with the leaf that wants it */
    [QUERY_STIR] = {"stir",
	"WITH r AS (SELECT decode(submitter, 'hex') AS submitter, index, cells"
	"  FROM json_to_recordset($1::json) AS r(submitter text, index bigint, cells boolean)),"
	" own AS (INSERT INTO assay.dirty_submitter (index, submitter)"
	"  SELECT index, submitter FROM r ON CONFLICT DO NOTHING)"
	" INSERT INTO assay.dirty_cell (index, cell) SELECT DISTINCT r.index, c.cell FROM r"
	" JOIN assay.measurement m USING (submitter) JOIN assay.cell_of c USING (raw_cell)"
	" WHERE r.cells ON CONFLICT DO NOTHING",
	1},
    /* Results that wait no more, of submissions that wait for others still. */
    [QUERY_CHANGE_WAITS] = {"change_waits",
	"UPDATE assay.measurement m SET beyond = false FROM json_to_recordset($1::json)"
	" AS r(index bigint, position bigint)"
	" WHERE m.index = r.index AND m.position = r.position",
	1},
    [QUERY_ADD_INVITATIONS] = {"add_invitations",
	"INSERT INTO assay.invitation (id, index) SELECT decode(id, 'hex'), index"
	" FROM json_to_recordset($1::json) AS r(id text, index bigint)",
	1},
    [QUERY_CHANGE_AGREEMENTS] = {"change_agreements",
	"WITH r AS (SELECT decode(cell, 'hex') AS cell, decode(submitter, 'hex') AS submitter, "
	"agrees"
	"  FROM json_to_recordset($1::json) AS r(cell text, submitter text, agrees boolean)),"
	" gone AS (DELETE FROM assay.agreement a USING r WHERE NOT r.agrees AND a.cell = r.cell"
	"  AND a.submitter = r.submitter)"
	" INSERT INTO assay.agreement (cell, submitter) SELECT cell, submitter FROM r WHERE agrees"
	" ON CONFLICT DO NOTHING",
	1},
    /* In log order: the last one of a cell and metric stands. */
    [QUERY_ADD_TRANSITIONS] = {"add_transitions",
	"WITH r AS (SELECT index, decode(cell, 'hex') AS cell, metric, was, now"
	"  FROM json_to_recordset($1::json)"
	"  AS r(index bigint, cell text, metric text, was text, now text)),"
	" last AS (INSERT INTO assay.standing AS s (cell, metric, standing)"
	"  SELECT DISTINCT ON (cell, metric) cell, metric, now FROM r ORDER BY cell, metric, index "
	"DESC"
	"  ON CONFLICT (cell, metric) DO UPDATE SET standing = excluded.standing)"
	" INSERT INTO assay.transition (index, cell, metric, from_standing, to_standing)"
	" SELECT index, cell, metric, was, now FROM r",
	1},
    [QUERY_CHANGE_KEYS] = {"change_keys",
	"INSERT INTO assay.submitter_key (key, submitter, added_index, revoked_index)"
	" SELECT decode(key, 'hex'), decode(submitter, 'hex'), index,"
	" CASE WHEN revoked THEN index END FROM json_to_recordset($1::json)"
	" AS r(key text, submitter text, index bigint, revoked boolean)"
	" ON CONFLICT (key) DO UPDATE SET revoked_index = excluded.revoked_index",
	1},
    [QUERY_CHANGE_LINKS] = {"change_links",
	"WITH r AS (SELECT decode(a, 'hex') AS a, decode(b, 'hex') AS b, cut"
	"  FROM json_to_recordset($1::json) AS r(a text, b text, cut boolean)),"
	" gone AS (DELETE FROM assay.link l USING r WHERE r.cut AND l.a = r.a AND l.b = r.b)"
	" INSERT INTO assay.link (a, b) SELECT a, b FROM r WHERE NOT cut ON CONFLICT DO NOTHING",
	1},
    /* $1 who stands for whom now */
    [QUERY_CHANGE_VOTERS] = {"change_voters",
	"UPDATE assay.submitter u SET voter = decode(r.voter, 'hex')"
	" FROM json_to_recordset($1::json) AS r(id text, voter text)"
	" WHERE u.id = decode(r.id, 'hex') AND u.voter <> decode(r.voter, 'hex')",
	1},
    /* $1 statements with their new state and the leaf that did it. What is withheld is shown
     * nowhere any more; with an enrolment the name goes from what its submitter said. */
    [QUERY_CHANGE_STATES] = {"change_states",
	"WITH r AS (SELECT * FROM json_to_recordset($1::json)"
	"  AS r(index bigint, state text, reason text, withheld boolean, by bigint)),"
	" old AS (SELECT l.index, l.state, l.withheld FROM assay.leaf l JOIN r USING (index)),"
	" leaf AS (UPDATE assay.leaf l SET state = r.state, reason = r.reason, pointer = NULL,"
	"  withheld = r.withheld FROM r"
	"  WHERE l.index = r.index),"
	" hit AS (UPDATE assay.measurement m SET"
	"  state = CASE WHEN r.withheld THEN 'withheld' ELSE r.state END,"
	"  beyond = CASE WHEN m.beyond IS NOT NULL THEN false END FROM r"
	"  WHERE m.index = r.index RETURNING m.raw_cell, m.index, m.engine_version, r.by),"
	" seen AS (UPDATE assay.engine_seen e SET counted = e.counted + d.n"
	"  FROM (SELECT h.raw_cell, h.engine_version,"
	"    sum((r.state = 'counted' AND NOT r.withheld)::int"
	"     - (old.state = 'counted' AND NOT old.withheld)::int) AS n"
	"   FROM hit h JOIN r USING (index) JOIN old USING (index) GROUP BY 1, 2) d"
	"  WHERE (e.raw_cell, e.engine_version) = (d.raw_cell, d.engine_version)),"
	" cell AS (INSERT INTO assay.dirty_cell (index, cell) SELECT DISTINCT hit.by, c.cell"
	"  FROM hit JOIN assay.cell_of c USING (raw_cell) ON CONFLICT DO NOTHING),"
	" used AS (UPDATE assay.use_case u SET counted = u.counted + d.n, changed_index = d.by"
	"  FROM (SELECT a.name, s.model_name, s.submitter, max(r.by) AS by,"
	"    sum((r.state = 'counted' AND NOT r.withheld)::int"
	"     - (old.state = 'counted' AND NOT old.withheld)::int) AS n"
	"   FROM r JOIN old USING (index) JOIN assay.use_said a USING (index)"
	"   JOIN assay.submission s USING (index) GROUP BY 1, 2, 3) d"
	"  WHERE (u.name, u.model_name, u.submitter) = (d.name, d.model_name, d.submitter)),"
	" owner AS (INSERT INTO assay.dirty_submitter (index, submitter)"
	"  SELECT DISTINCT r.by, l.submitter FROM r JOIN assay.leaf l USING (index)"
	"  WHERE l.submitter IS NOT NULL ON CONFLICT DO NOTHING),"
	" said AS (SELECT r.*, l.kind, l.submitter FROM r JOIN assay.leaf l USING (index)),"
	" own AS (INSERT INTO assay.submitter_state AS t (submitter, state, n)"
	"  SELECT s.submitter, c.state, sum(c.n) FROM said s JOIN old USING (index),"
	"   LATERAL (VALUES (old.state, -1), (s.state, 1)) AS c(state, n)"
	"  WHERE s.kind = 'submission' AND s.submitter IS NOT NULL GROUP BY 1, 2"
	"  ON CONFLICT (submitter, state) DO UPDATE SET n = t.n + excluded.n),"
	" price AS (UPDATE assay.price p SET changed_index = h.by,"
	"  retracted_index = coalesce(h.retracted, p.retracted_index)"
	"  FROM (SELECT p.index, max(s.by) AS by,"
	"   max(s.by) FILTER (WHERE s.index = p.index AND s.state = 'retracted') AS retracted"
	"   FROM said s JOIN assay.price p ON p.index = s.index"
	"    OR (s.withheld AND s.kind = 'enrolment' AND p.submitter = s.submitter)"
	"   GROUP BY p.index) h WHERE p.index = h.index),"
	" decision AS (UPDATE assay.decision d SET changed_index = h.by"
	"  FROM (SELECT d.index, max(s.by) AS by FROM said s JOIN assay.decision d"
	"   ON d.index = s.index"
	"    OR (s.withheld AND s.kind = 'enrolment' AND d.submitter = s.submitter)"
	"   GROUP BY d.index) h WHERE d.index = h.index),"
	" watch AS (UPDATE assay.watch w SET changed_index = s.by FROM said s"
	"  WHERE s.withheld AND s.kind = 'enrolment' AND w.submitter = s.submitter),"
	" delta AS (SELECT s.suite, s.suite_version, s.model_name, s.submitter,"
	"  sum((r.state = 'counted')::int - (old.state = 'counted')::int) AS counted,"
	"  sum((r.state = 'held')::int - (old.state = 'held')::int) AS held,"
	"  sum((r.withheld AND NOT old.withheld)::int) AS submissions,"
	"  sum(CASE WHEN r.withheld AND NOT old.withheld THEN"
	"   (SELECT count(*) FROM hit WHERE hit.index = r.index) ELSE 0 END) AS results"
	"  FROM r JOIN old USING (index) JOIN assay.submission s USING (index) GROUP BY 1, 2, 3, "
	"4),"
	" total AS (UPDATE assay.model_total t SET counted = t.counted + d.counted,"
	"  held = t.held + d.held, submissions = t.submissions - d.submissions,"
	"  results = t.results - d.results FROM (SELECT model_name, suite, suite_version,"
	"   sum(counted) AS counted, sum(held) AS held, sum(submissions) AS submissions,"
	"   sum(results) AS results FROM delta GROUP BY 1, 2, 3) d"
	"  WHERE (t.model_name, t.suite, t.suite_version)"
	"   = (d.model_name, d.suite, d.suite_version))"
	" UPDATE assay.tally t SET counted = t.counted + d.counted, held = t.held + d.held,"
	" submissions = t.submissions - d.submissions, results = t.results - d.results FROM delta d"
	" WHERE (t.suite, t.suite_version, t.model_name, t.submitter)"
	"  = (d.suite, d.suite_version, d.model_name, d.submitter)",
	1},
    /* Every change of a state, in log order; those of what is written anew in this batch too. */
    [QUERY_ADD_MOVES] = {"add_moves",
	"INSERT INTO assay.move (by, index, was, now, withheld) SELECT by, index, was, now, "
	"withheld"
	" FROM json_to_recordset($1::json)"
	" AS r(by bigint, index bigint, was text, now text, withheld boolean)",
	1},
    [QUERY_CHANGE_ACTS] = {"change_acts",
	"WITH x AS (UPDATE assay.alias SET waits = false WHERE index = ANY ($1::bigint[]))"
	" UPDATE assay.act SET waits = false WHERE index = ANY ($1::bigint[])",
	1},
    /* $1 ids: their bytes go, and the name an enrolment gave */
    [QUERY_WITHHOLD] = {"withhold",
	"WITH s AS (UPDATE assay.statement SET payload = NULL WHERE id = ANY ($1::bytea[])"
	"  RETURNING id, kind)"
	" UPDATE assay.submitter u SET name = '(withheld)', links = '[]'::jsonb FROM s"
	" JOIN assay.leaf l USING (id) WHERE s.kind = 'enrolment' AND u.id = l.submitter",
	1},
    /* $1 ids that have lost their bytes: so does evidence that nobody else names */
    [QUERY_EVIDENCE_DROP] = {"evidence_drop", "SELECT assay.evidence_drop($1::bytea[])", 1},
    /* $1 digest, $2 bytes */
    [QUERY_ADD_CATALOGUE] = {"add_catalogue",
	"INSERT INTO assay.catalogue (digest, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING", 2},
    [QUERY_CATALOGUE] = {"catalogue", "SELECT bytes FROM assay.catalogue WHERE digest = $1", 1},
    [QUERY_CATALOGUES] = {"catalogues", "SELECT digest FROM assay.catalogue ORDER BY digest", 0},
    /* All that waits, in order, taken out of the queue. */
    [QUERY_RECOVER_EMPTY] = {"recover_empty",
	"WITH gone AS (DELETE FROM assay.pending RETURNING id, arrival)"
	" SELECT id FROM gone ORDER BY arrival",
	0},
    /* As store_one, at a time of its own ($7), and queued in any case: it may have been stored, but
     * not logged, when the database was saved. */
    [QUERY_RECOVER_STATEMENT] = {"recover_statement",
	"WITH stored AS (INSERT INTO assay.statement (id, kind, payload, payload_sha256, key,"
	"  signature, accepted_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7::bigint)"
	"  ON CONFLICT (id) DO NOTHING),"
	" named AS (INSERT INTO assay.evidence_name (sha256, bytes, id)"
	"  SELECT decode(e->>'sha256', 'hex'), (e->>'bytes')::bigint, $1 FROM json_array_elements("
	"   CASE WHEN $2 = 'submission' THEN convert_from($3, 'UTF8')::json->'evidence' END) AS e"
	"  ON CONFLICT DO NOTHING)"
	" INSERT INTO assay.pending (id) VALUES ($1)",
	7},
    [QUERY_RECOVER_PENDING] = {"recover_pending", "INSERT INTO assay.pending (id) VALUES ($1)", 1},
    [QUERY_DROP_PENDING] = {"drop_pending",
	"DELETE FROM assay.pending WHERE arrival = ANY ($1::bigint[])", 1},
    /* $1 old size, $2 new size, $3 as_of_ms, $4 new submitters, $5 void leaves, $6 root → one row
     * if nobody else moved it */
    [QUERY_MOVE_HEAD] = {"move_head",
	"UPDATE assay.log_head SET size = $2::bigint, as_of_ms = $3::bigint,"
	" submitters_n = submitters_n + $4::bigint, void_n = void_n + $5::bigint, root = $6"
	" WHERE size = $1::bigint RETURNING size",
	6},
};

const struct query_row *
query_row(enum query q)
{
	if (q < QUERY_COUNTS_FIRST)
		return &rows[q];
	if (q < QUERY_GATES_FIRST)
		return query_counts_row(q);
	if (q < QUERY_NAMES_FIRST)
		return query_gate_row(q);
	return q < QUERY_DOCUMENTS_FIRST ? query_names_row(q) : query_document_row(q);
}
