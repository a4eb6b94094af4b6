-- schema.sql — what the migrations make, to be read; never run.

CREATE SCHEMA assay;

CREATE FUNCTION assay.called(the_of text, the_name text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
	SELECT coalesce((SELECT n.canonical FROM assay.name n WHERE n.of = the_of AND n.raw = the_name), the_name)
$$;

CREATE FUNCTION assay.evidence_drop(ids bytea[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	WITH gone AS (DELETE FROM assay.evidence e WHERE e.sha256 IN
			(SELECT n.sha256 FROM assay.evidence_name n WHERE n.id = ANY (ids))
		AND NOT EXISTS (SELECT FROM assay.evidence_name n JOIN assay.statement s USING (id)
			WHERE n.sha256 = e.sha256 AND n.bytes = e.bytes AND s.payload IS NOT NULL)
		RETURNING octet_length(e.gzip) AS n)
	UPDATE assay.evidence_total t SET bytes = t.bytes - gone.n
		FROM (SELECT sum(n) AS n FROM gone HAVING count(*) > 0) AS gone;
$$;

CREATE FUNCTION assay.evidence_put(the_digest bytea, the_bytes bigint, the_gzip bytea, submission_max bigint, day_max bigint, total_max bigint) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
	whom bytea;
	total bigint;
BEGIN
	SELECT coalesce(k.submitter, sha256(s.key)) INTO whom
		FROM assay.evidence_name n JOIN assay.statement s USING (id)
		LEFT JOIN assay.submitter_key k ON k.key = s.key
		WHERE n.sha256 = the_digest AND n.bytes = the_bytes AND s.payload IS NOT NULL
		ORDER BY s.accepted_at_ms, s.id LIMIT 1 FOR SHARE OF s;
	IF NOT FOUND THEN
		RETURN CASE WHEN EXISTS (SELECT FROM assay.evidence_name n
			WHERE n.sha256 = the_digest AND n.bytes = the_bytes)
			THEN 'withheld' ELSE 'not_named' END;
	END IF;
	SELECT t.bytes INTO total FROM assay.evidence_total t FOR UPDATE;
	IF EXISTS (SELECT FROM assay.evidence e WHERE e.sha256 = the_digest) THEN
		RETURN 'seen';
	END IF;
	IF NOT EXISTS (SELECT FROM assay.evidence_name n JOIN assay.statement s USING (id)
		WHERE n.sha256 = the_digest AND n.bytes = the_bytes AND s.payload IS NOT NULL
		AND the_bytes + (SELECT coalesce(sum(e.bytes), 0) FROM assay.evidence_name o
			JOIN assay.evidence e ON e.sha256 = o.sha256 AND e.bytes = o.bytes
			WHERE o.id = n.id) <= submission_max) THEN
		RETURN 'submission_full';
	END IF;
	IF the_bytes + (SELECT coalesce(sum(e.bytes), 0) FROM assay.evidence e
		WHERE e.charged = whom AND e.stored_at > now() - interval '1 day') > day_max THEN
		RETURN 'day_full';
	END IF;
	IF total + octet_length(the_gzip) > total_max THEN
		RETURN 'full';
	END IF;
	INSERT INTO assay.evidence (sha256, bytes, gzip, charged)
		VALUES (the_digest, the_bytes, the_gzip, whom);
	UPDATE assay.evidence_total t SET bytes = total + octet_length(the_gzip);
	RETURN 'stored';
END
$$;

CREATE FUNCTION assay.model_names(the_name text) RETURNS SETOF text
    LANGUAGE sql STABLE
    AS $$
	SELECT the_name WHERE NOT EXISTS (SELECT FROM assay.name n
		WHERE n.of = 'model' AND n.raw = the_name AND n.canonical IS NOT NULL)
	UNION ALL SELECT n.raw FROM assay.name n WHERE n.of = 'model' AND n.canonical = the_name
$$;

CREATE FUNCTION assay.only_withheld() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
	IF NEW.payload IS NOT NULL THEN
		RAISE EXCEPTION 'a stored statement may only lose its payload';
	END IF;
	IF NOT EXISTS (SELECT FROM assay.leaf WHERE id = NEW.id AND withheld) THEN
		RAISE EXCEPTION 'only a withheld statement loses its payload';
	END IF;
	RETURN NEW;
END
$$;

CREATE FUNCTION assay.said_before(the_name text, the_index bigint) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
	SELECT coalesce((SELECT o.model_nth + 1 FROM assay.submission o
		WHERE o.model_name = the_name AND o.index < the_index ORDER BY o.index DESC LIMIT 1), 0)
$$;

CREATE TABLE assay.act (
    index bigint NOT NULL,
    id bytea NOT NULL,
    act text NOT NULL,
    target bytea NOT NULL,
    other bytea,
    role text,
    submitter bytea,
    reason_code text NOT NULL,
    reason text NOT NULL,
    accepted_at_ms bigint NOT NULL,
    waits boolean NOT NULL
);

CREATE TABLE assay.agreement (
    cell bytea NOT NULL,
    submitter bytea NOT NULL
);

CREATE TABLE assay.alias (
    index bigint NOT NULL,
    id bytea NOT NULL,
    submitter bytea NOT NULL,
    of text NOT NULL,
    raw text NOT NULL,
    canonical text,
    reason text NOT NULL,
    accepted_at_ms bigint NOT NULL,
    waits boolean NOT NULL
);

CREATE SEQUENCE assay.arrival
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE assay.catalogue (
    digest bytea NOT NULL,
    bytes bytea NOT NULL
);

CREATE TABLE assay.cell_move (
    index bigint NOT NULL,
    raw_cell bytea NOT NULL,
    was bytea NOT NULL,
    now bytea NOT NULL
);

CREATE TABLE assay.cell_of (
    raw_cell bytea NOT NULL,
    cell bytea NOT NULL
);

CREATE TABLE assay.decision (
    index bigint NOT NULL,
    id bytea NOT NULL,
    submitter bytea NOT NULL,
    release_manager boolean NOT NULL,
    changed_index bigint NOT NULL,
    inputs json
);

CREATE TABLE assay.dirty_cell (
    index bigint NOT NULL,
    cell bytea NOT NULL
);

CREATE TABLE assay.dirty_submitter (
    index bigint NOT NULL,
    submitter bytea NOT NULL
);

CREATE TABLE assay.engine_seen (
    raw_cell bytea NOT NULL,
    engine_version text NOT NULL COLLATE pg_catalog."C",
    counted bigint NOT NULL
);

CREATE TABLE assay.evidence (
    sha256 bytea NOT NULL,
    bytes bigint NOT NULL,
    gzip bytea NOT NULL,
    charged bytea NOT NULL,
    stored_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
ALTER TABLE ONLY assay.evidence ALTER COLUMN gzip SET STORAGE EXTERNAL;

CREATE TABLE assay.evidence_name (
    sha256 bytea NOT NULL,
    bytes bigint NOT NULL,
    id bytea NOT NULL
);

CREATE TABLE assay.evidence_total (
    one boolean DEFAULT true NOT NULL,
    bytes bigint NOT NULL,
    CONSTRAINT evidence_total_one_check CHECK (one)
);

CREATE TABLE assay.intent (
    index bigint NOT NULL,
    id bytea NOT NULL,
    submitter bytea NOT NULL,
    suite text NOT NULL,
    suite_version bigint NOT NULL,
    model_name text NOT NULL,
    count bigint NOT NULL,
    expires_at text NOT NULL,
    done bigint DEFAULT 0 NOT NULL
);

CREATE TABLE assay.invitation (
    id bytea NOT NULL,
    index bigint NOT NULL
);

CREATE TABLE assay.item_scores (
    index bigint NOT NULL,
    metric text NOT NULL,
    scores json NOT NULL
);

CREATE TABLE assay.leaf (
    index bigint NOT NULL,
    id bytea NOT NULL,
    kind text NOT NULL,
    accepted_at_ms bigint NOT NULL,
    submitter bytea,
    state text NOT NULL,
    reason text,
    pointer text,
    withheld boolean DEFAULT false NOT NULL,
    hash bytea NOT NULL,
    verdict json
);

CREATE TABLE assay.link (
    a bytea NOT NULL,
    b bytea NOT NULL
);

CREATE TABLE assay.log_head (
    one boolean DEFAULT true NOT NULL,
    size bigint NOT NULL,
    as_of_ms bigint NOT NULL,
    submitters_n bigint DEFAULT 0 NOT NULL,
    void_n bigint DEFAULT 0 NOT NULL,
    root bytea,
    note_size bigint DEFAULT 0 NOT NULL,
    note text,
    CONSTRAINT log_head_one_check CHECK (one)
);

CREATE TABLE assay.measurement (
    raw_cell bytea NOT NULL,
    index bigint NOT NULL,
    "position" bigint NOT NULL,
    metric text NOT NULL,
    value double precision NOT NULL,
    n bigint NOT NULL,
    sd double precision,
    se double precision,
    conditions json NOT NULL,
    submitter bytea NOT NULL,
    state text NOT NULL,
    model_name text NOT NULL,
    engine_version text NOT NULL,
    beyond boolean,
    anchor double precision
);

CREATE TABLE assay.migration (
    number integer NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE assay.model_total (
    model_name text NOT NULL,
    suite text NOT NULL,
    suite_version bigint NOT NULL,
    submissions bigint NOT NULL,
    counted bigint NOT NULL,
    held bigint NOT NULL,
    results bigint NOT NULL
);

CREATE TABLE assay.move (
    by bigint NOT NULL,
    index bigint NOT NULL,
    was text NOT NULL,
    now text NOT NULL,
    withheld boolean NOT NULL
);

CREATE TABLE assay.name (
    of text NOT NULL,
    raw text NOT NULL,
    canonical text,
    index bigint NOT NULL
);

CREATE TABLE assay.name_change (
    index bigint NOT NULL,
    of text NOT NULL,
    raw text NOT NULL,
    was text,
    now text
);

CREATE TABLE assay.pending (
    arrival bigint DEFAULT nextval('assay.arrival'::regclass) NOT NULL,
    id bytea NOT NULL
);

CREATE TABLE assay.price (
    index bigint NOT NULL,
    id bytea NOT NULL,
    submitter bytea NOT NULL,
    of text NOT NULL,
    name text NOT NULL,
    amount text NOT NULL,
    currency text NOT NULL,
    unit text NOT NULL,
    valid_from text NOT NULL,
    source text NOT NULL,
    retracted_index bigint,
    changed_index bigint NOT NULL
);

CREATE TABLE assay.raw_cell (
    raw_cell bytea NOT NULL,
    suite text NOT NULL,
    suite_version bigint NOT NULL,
    fields json NOT NULL
);

CREATE TABLE assay.reach (
    of text NOT NULL,
    name text NOT NULL,
    version bigint NOT NULL,
    submitters bigint NOT NULL,
    last_accepted_at_ms bigint NOT NULL
);

CREATE TABLE assay.record (
    submitter bytea NOT NULL,
    without_intent bigint NOT NULL,
    longer_than_intent bigint NOT NULL
);

CREATE TABLE assay.standing (
    cell bytea NOT NULL,
    metric text NOT NULL,
    standing text NOT NULL
);

CREATE TABLE assay.statement (
    id bytea NOT NULL,
    kind text NOT NULL,
    payload bytea,
    payload_sha256 bytea NOT NULL,
    key bytea NOT NULL,
    signature bytea NOT NULL,
    accepted_at_ms bigint DEFAULT ((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric))::bigint NOT NULL,
    CONSTRAINT statement_id_check CHECK ((length(id) = 32)),
    CONSTRAINT statement_key_check CHECK ((length(key) = 32)),
    CONSTRAINT statement_payload_sha256_check CHECK ((length(payload_sha256) = 32)),
    CONSTRAINT statement_signature_check CHECK ((length(signature) = 64))
);

CREATE TABLE assay.submission (
    index bigint NOT NULL,
    id bytea NOT NULL,
    submitter bytea NOT NULL,
    suite text NOT NULL,
    suite_version bigint NOT NULL,
    model_name text NOT NULL,
    model json NOT NULL,
    engine_name text NOT NULL,
    engine_version text NOT NULL,
    subject text NOT NULL,
    intent bytea,
    duration_s double precision,
    model_nth bigint NOT NULL
);

CREATE TABLE assay.submitter (
    id bytea NOT NULL,
    name text NOT NULL,
    links jsonb NOT NULL,
    index bigint NOT NULL,
    roles bigint DEFAULT 0 NOT NULL,
    trusted boolean DEFAULT false NOT NULL,
    suspended boolean DEFAULT false NOT NULL,
    keys_n bigint DEFAULT 1 NOT NULL,
    voter bytea NOT NULL,
    established boolean DEFAULT false NOT NULL,
    agreeing_n bigint DEFAULT 0 NOT NULL,
    enrolled_nth bigint
);

CREATE TABLE assay.submitter_key (
    key bytea NOT NULL,
    submitter bytea NOT NULL,
    added_index bigint NOT NULL,
    revoked_index bigint
);

CREATE TABLE assay.submitter_state (
    submitter bytea NOT NULL,
    state text NOT NULL,
    n bigint NOT NULL
);

CREATE TABLE assay.tally (
    suite text NOT NULL,
    suite_version bigint NOT NULL,
    model_name text NOT NULL,
    submitter bytea NOT NULL,
    submissions bigint NOT NULL,
    counted bigint NOT NULL,
    held bigint NOT NULL,
    results bigint NOT NULL,
    last_accepted_at_ms bigint NOT NULL
);

CREATE TABLE assay.timing (
    index bigint NOT NULL,
    vector bytea NOT NULL
);

CREATE TABLE assay.transition (
    index bigint NOT NULL,
    cell bytea NOT NULL,
    metric text NOT NULL,
    from_standing text NOT NULL,
    to_standing text NOT NULL
);

CREATE TABLE assay.tree_node (
    level bigint NOT NULL,
    index bigint NOT NULL,
    hash bytea NOT NULL
);

CREATE TABLE assay.twin (
    index bigint NOT NULL,
    first_index bigint NOT NULL
);

CREATE TABLE assay.use_case (
    name text NOT NULL COLLATE pg_catalog."C",
    model_name text NOT NULL,
    submitter bytea NOT NULL,
    counted bigint NOT NULL,
    changed_index bigint NOT NULL
);

CREATE TABLE assay.use_said (
    index bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C"
);

CREATE TABLE assay.voice (
    raw_cell bytea NOT NULL,
    metric text NOT NULL,
    model_name text NOT NULL,
    submitter bytea NOT NULL,
    counted bigint NOT NULL,
    first_counted bigint,
    first_index bigint
);

CREATE TABLE assay.watch (
    index bigint NOT NULL,
    id bytea NOT NULL,
    submitter bytea NOT NULL,
    told text NOT NULL,
    told_index bigint NOT NULL,
    now text NOT NULL,
    turned_index bigint NOT NULL,
    turned_at_ms bigint NOT NULL,
    stale_at_ms bigint NOT NULL,
    judged_index bigint NOT NULL,
    told_rules json NOT NULL,
    turned_rules json,
    rules json NOT NULL,
    ended_index bigint,
    changed_index bigint NOT NULL
);

CREATE TABLE assay.watch_turn (
    index bigint NOT NULL,
    watch bigint NOT NULL,
    from_result text NOT NULL,
    to_result text NOT NULL,
    turned_index bigint NOT NULL,
    turn json NOT NULL
);

ALTER TABLE ONLY assay.act
    ADD CONSTRAINT act_id_key UNIQUE (id);

ALTER TABLE ONLY assay.act
    ADD CONSTRAINT act_pkey PRIMARY KEY (index);

ALTER TABLE ONLY assay.agreement
    ADD CONSTRAINT agreement_pkey PRIMARY KEY (cell, submitter);

ALTER TABLE ONLY assay.alias
    ADD CONSTRAINT alias_id_key UNIQUE (id);

ALTER TABLE ONLY assay.alias
    ADD CONSTRAINT alias_pkey PRIMARY KEY (index);

ALTER TABLE ONLY assay.catalogue
    ADD CONSTRAINT catalogue_pkey PRIMARY KEY (digest);

ALTER TABLE ONLY assay.cell_move
    ADD CONSTRAINT cell_move_pkey PRIMARY KEY (index, raw_cell);

ALTER TABLE ONLY assay.cell_of
    ADD CONSTRAINT cell_of_pkey PRIMARY KEY (raw_cell);

ALTER TABLE ONLY assay.decision
    ADD CONSTRAINT decision_pkey PRIMARY KEY (index);

ALTER TABLE ONLY assay.dirty_cell
    ADD CONSTRAINT dirty_cell_pkey PRIMARY KEY (index, cell);

ALTER TABLE ONLY assay.dirty_submitter
    ADD CONSTRAINT dirty_submitter_pkey PRIMARY KEY (index, submitter);

ALTER TABLE ONLY assay.engine_seen
    ADD CONSTRAINT engine_seen_pkey PRIMARY KEY (raw_cell, engine_version);

ALTER TABLE ONLY assay.evidence_name
    ADD CONSTRAINT evidence_name_pkey PRIMARY KEY (sha256, bytes, id);

ALTER TABLE ONLY assay.evidence
    ADD CONSTRAINT evidence_pkey PRIMARY KEY (sha256);

ALTER TABLE ONLY assay.evidence_total
    ADD CONSTRAINT evidence_total_pkey PRIMARY KEY (one);

ALTER TABLE ONLY assay.intent
    ADD CONSTRAINT intent_id_key UNIQUE (id);

ALTER TABLE ONLY assay.intent
    ADD CONSTRAINT intent_pkey PRIMARY KEY (index);

ALTER TABLE ONLY assay.invitation
    ADD CONSTRAINT invitation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY assay.item_scores
    ADD CONSTRAINT item_scores_pkey PRIMARY KEY (index, metric);

ALTER TABLE ONLY assay.leaf
    ADD CONSTRAINT leaf_id_key UNIQUE (id);

ALTER TABLE ONLY assay.leaf
    ADD CONSTRAINT leaf_pkey PRIMARY KEY (index);

ALTER TABLE ONLY assay.link
    ADD CONSTRAINT link_pkey PRIMARY KEY (a, b);

ALTER TABLE ONLY assay.log_head
    ADD CONSTRAINT log_head_pkey PRIMARY KEY (one);

ALTER TABLE ONLY assay.measurement
    ADD CONSTRAINT measurement_pkey PRIMARY KEY (raw_cell, index, "position");

ALTER TABLE ONLY assay.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (number);

ALTER TABLE ONLY assay.model_total
    ADD CONSTRAINT model_total_pkey PRIMARY KEY (model_name, suite, suite_version);

ALTER TABLE ONLY assay.move
    ADD CONSTRAINT move_pkey PRIMARY KEY (by, index);

ALTER TABLE ONLY assay.name_change
    ADD CONSTRAINT name_change_pkey PRIMARY KEY (index);

ALTER TABLE ONLY assay.name
    ADD CONSTRAINT name_pkey PRIMARY KEY (of, raw);

ALTER TABLE ONLY assay.pending
    ADD CONSTRAINT pending_pkey PRIMARY KEY (arrival);

ALTER TABLE ONLY assay.price
    ADD CONSTRAINT price_pkey PRIMARY KEY (index);

ALTER TABLE ONLY assay.raw_cell
    ADD CONSTRAINT raw_cell_pkey PRIMARY KEY (raw_cell);

ALTER TABLE ONLY assay.reach
    ADD CONSTRAINT reach_pkey PRIMARY KEY (of, name, version);

ALTER TABLE ONLY assay.record
    ADD CONSTRAINT record_pkey PRIMARY KEY (submitter);

ALTER TABLE ONLY assay.standing
    ADD CONSTRAINT standing_pkey PRIMARY KEY (cell, metric);

ALTER TABLE ONLY assay.statement
    ADD CONSTRAINT statement_pkey PRIMARY KEY (id);

ALTER TABLE ONLY assay.submission
    ADD CONSTRAINT submission_pkey PRIMARY KEY (index);

ALTER TABLE ONLY assay.submitter_key
    ADD CONSTRAINT submitter_key_pkey PRIMARY KEY (key);

ALTER TABLE ONLY assay.submitter
    ADD CONSTRAINT submitter_pkey PRIMARY KEY (id);

ALTER TABLE ONLY assay.submitter_state
    ADD CONSTRAINT submitter_state_pkey PRIMARY KEY (submitter, state);

ALTER TABLE ONLY assay.tally
    ADD CONSTRAINT tally_pkey PRIMARY KEY (suite, suite_version, model_name, submitter);

ALTER TABLE ONLY assay.timing
    ADD CONSTRAINT timing_pkey PRIMARY KEY (index);

ALTER TABLE ONLY assay.transition
    ADD CONSTRAINT transition_pkey PRIMARY KEY (index, cell, metric);

ALTER TABLE ONLY assay.tree_node
    ADD CONSTRAINT tree_node_pkey PRIMARY KEY (level, index);

ALTER TABLE ONLY assay.twin
    ADD CONSTRAINT twin_pkey PRIMARY KEY (index);

ALTER TABLE ONLY assay.use_case
    ADD CONSTRAINT use_case_pkey PRIMARY KEY (name, model_name, submitter);

ALTER TABLE ONLY assay.use_said
    ADD CONSTRAINT use_said_pkey PRIMARY KEY (index, name);

ALTER TABLE ONLY assay.voice
    ADD CONSTRAINT voice_pkey PRIMARY KEY (raw_cell, metric, submitter, model_name);

ALTER TABLE ONLY assay.watch
    ADD CONSTRAINT watch_id_key UNIQUE (id);

ALTER TABLE ONLY assay.watch
    ADD CONSTRAINT watch_pkey PRIMARY KEY (index);

ALTER TABLE ONLY assay.watch_turn
    ADD CONSTRAINT watch_turn_pkey PRIMARY KEY (index, watch);

CREATE INDEX act_target ON assay.act USING btree (target);

CREATE INDEX act_waits ON assay.act USING btree (index) WHERE waits;

CREATE INDEX cell_of_cell ON assay.cell_of USING btree (cell);

CREATE INDEX decision_changed ON assay.decision USING btree (changed_index);

CREATE INDEX decision_submitter ON assay.decision USING btree (submitter);

CREATE INDEX dirty_cell_cell ON assay.dirty_cell USING btree (cell, index DESC);

CREATE INDEX evidence_charged ON assay.evidence USING btree (charged, stored_at);

CREATE INDEX evidence_name_id ON assay.evidence_name USING btree (id);

CREATE INDEX intent_submitter ON assay.intent USING btree (submitter, index);

CREATE INDEX intent_unfinished ON assay.intent USING btree (submitter, index) WHERE (done < count);

CREATE INDEX leaf_config ON assay.leaf USING btree (index) WHERE ((kind = 'config'::text) AND (state = 'counted'::text));

CREATE INDEX leaf_held ON assay.leaf USING btree (index) WHERE (state = 'held'::text);

CREATE INDEX leaf_submitter ON assay.leaf USING btree (submitter, index) WHERE (submitter IS NOT NULL);

CREATE INDEX measurement_beyond ON assay.measurement USING btree (raw_cell) WHERE (beyond IS NOT NULL);

CREATE INDEX measurement_held ON assay.measurement USING btree (raw_cell, index) WHERE (state = 'held'::text);

CREATE INDEX measurement_index ON assay.measurement USING btree (index);

CREATE INDEX measurement_submitter ON assay.measurement USING btree (submitter);

CREATE INDEX measurement_vote ON assay.measurement USING btree (raw_cell, metric, submitter, index DESC, "position" DESC) WHERE (state = 'counted'::text);

CREATE INDEX move_index ON assay.move USING btree (index, by);

CREATE INDEX name_canonical ON assay.name USING btree (of, canonical);

CREATE INDEX price_submitter ON assay.price USING btree (submitter);

CREATE INDEX statement_config ON assay.statement USING btree (accepted_at_ms) WHERE (kind = 'config'::text);

CREATE INDEX statement_enrolment_key ON assay.statement USING btree (key) WHERE (kind = 'enrolment'::text);

CREATE INDEX submission_intent ON assay.submission USING btree (intent) WHERE (intent IS NOT NULL);

CREATE INDEX submission_model_nth ON assay.submission USING btree (model_name, model_nth);

CREATE INDEX submission_submitter ON assay.submission USING btree (submitter);

CREATE UNIQUE INDEX submitter_enrolled_nth ON assay.submitter USING btree (enrolled_nth);

CREATE INDEX tally_model ON assay.tally USING btree (model_name, submitter);

CREATE INDEX tally_suite ON assay.tally USING btree (suite, suite_version, submitter);

CREATE INDEX timing_vector ON assay.timing USING btree (vector, index);

CREATE INDEX transition_cell ON assay.transition USING btree (cell, index DESC);

CREATE INDEX transition_news ON assay.transition USING btree (index DESC, cell, metric COLLATE "C") WHERE ((from_standing <> 'none'::text) OR (to_standing <> 'single'::text));

CREATE INDEX use_case_changed ON assay.use_case USING btree (changed_index);

CREATE INDEX watch_changed ON assay.watch USING btree (changed_index);

CREATE INDEX watch_submitter ON assay.watch USING btree (submitter);

CREATE INDEX watch_turn_index ON assay.watch_turn USING btree (index DESC);

CREATE INDEX watch_turn_watch ON assay.watch_turn USING btree (watch, index);

CREATE TRIGGER statement_only_withheld BEFORE UPDATE ON assay.statement FOR EACH ROW EXECUTE FUNCTION assay.only_withheld();
