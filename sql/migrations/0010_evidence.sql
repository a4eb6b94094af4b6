-- 0010_evidence.sql — raw logs and transcripts that submissions name.

-- Which statements name which bytes. A row stays when its statement is withheld.
CREATE TABLE assay.evidence_name (
	sha256  bytea  NOT NULL,
	bytes   bigint NOT NULL,
	id      bytea  NOT NULL,
	PRIMARY KEY (sha256, bytes, id)
);
CREATE INDEX evidence_name_id ON assay.evidence_name (id);
INSERT INTO assay.evidence_name (sha256, bytes, id)
	SELECT decode(e->>'sha256', 'hex'), (e->>'bytes')::bigint, s.id FROM assay.statement s,
	json_array_elements(convert_from(s.payload, 'UTF8')::json->'evidence') AS e
	WHERE s.kind = 'submission' AND s.payload IS NOT NULL
	ON CONFLICT DO NOTHING;

-- One value a piece of evidence, so that it is there whole or not at all; gzip leaves PostgreSQL
-- nothing to compress.
CREATE TABLE assay.evidence (
	sha256     bytea       PRIMARY KEY,  -- of the bytes before gzip
	bytes      bigint      NOT NULL,
	gzip       bytea       NOT NULL,
	charged    bytea       NOT NULL,     -- submitter whose statement named it first
	stored_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE assay.evidence ALTER COLUMN gzip SET STORAGE EXTERNAL;
CREATE INDEX evidence_charged ON assay.evidence (charged, stored_at);

CREATE TABLE assay.evidence_total (
	one    boolean PRIMARY KEY DEFAULT true CHECK (one),
	bytes  bigint  NOT NULL  -- of all gzip
);
INSERT INTO assay.evidence_total (bytes) VALUES (0);

-- The two ways to change evidence. They run with their owner's rights: the daemon's role has none on
-- the table but to read it.

-- Store what a statement that is not withheld names. → stored, seen, not_named, withheld,
-- submission_full, day_full, full. The statement is locked before the total, as withholding does; so bytes that are on their way
-- in while their last name goes are removed behind it.
CREATE FUNCTION assay.evidence_put(the_digest bytea, the_bytes bigint, the_gzip bytea,
	submission_max bigint, day_max bigint, total_max bigint) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp AS $$
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

-- Remove what these statements name and no statement that still has its payload does.
CREATE FUNCTION assay.evidence_drop(ids bytea[]) RETURNS void LANGUAGE sql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp AS $$
	WITH gone AS (DELETE FROM assay.evidence e WHERE e.sha256 IN
			(SELECT n.sha256 FROM assay.evidence_name n WHERE n.id = ANY (ids))
		AND NOT EXISTS (SELECT FROM assay.evidence_name n JOIN assay.statement s USING (id)
			WHERE n.sha256 = e.sha256 AND n.bytes = e.bytes AND s.payload IS NOT NULL)
		RETURNING octet_length(e.gzip) AS n)
	UPDATE assay.evidence_total t SET bytes = t.bytes - gone.n
		FROM (SELECT sum(n) AS n FROM gone HAVING count(*) > 0) AS gone;
$$;

REVOKE ALL ON FUNCTION assay.evidence_put, assay.evidence_drop FROM PUBLIC;
