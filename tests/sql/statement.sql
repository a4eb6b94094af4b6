-- statement.sql — the statement table takes whole rows of the right sizes, once each.

CREATE FUNCTION pg_temp.refused(command text, state text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	got text;
BEGIN
	BEGIN
		EXECUTE command;
	EXCEPTION WHEN OTHERS THEN
		got := SQLSTATE;
	END;
	ASSERT got IS NOT NULL, 'was taken: ' || command;
	ASSERT got = state, format('refused with %s, not %s: %s', got, state, command);
END
$$;

CREATE FUNCTION pg_temp.put(id_n int, payload_n int, key_n int, signature_n int, first text) RETURNS text
LANGUAGE sql AS $$
	SELECT format('INSERT INTO assay.statement (id, kind, payload, payload_sha256, key, signature) '
		'VALUES (%L, ''submission'', ''{}'', %L, %L, %L)',
		decode(rpad(first, id_n * 2, '0'), 'hex'), decode(repeat('01', payload_n), 'hex'),
		decode(repeat('02', key_n), 'hex'), decode(repeat('03', signature_n), 'hex'))
$$;

DO $$
DECLARE
	before bigint := (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
	at bigint;
BEGIN
	EXECUTE pg_temp.put(32, 32, 32, 64, 'aa');
	SELECT accepted_at_ms INTO at FROM assay.statement WHERE id = decode(rpad('aa', 64, '0'), 'hex');
	ASSERT at BETWEEN before AND before + 60000, 'accepted_at is the database''s clock in Unix ms';

	PERFORM pg_temp.refused(pg_temp.put(32, 32, 32, 64, 'aa'), '23505');
	PERFORM pg_temp.refused(pg_temp.put(31, 32, 32, 64, 'bb'), '23514');
	PERFORM pg_temp.refused(pg_temp.put(32, 31, 32, 64, 'bb'), '23514');
	PERFORM pg_temp.refused(pg_temp.put(32, 32, 33, 64, 'bb'), '23514');
	PERFORM pg_temp.refused(pg_temp.put(32, 32, 32, 63, 'bb'), '23514');
END
$$;

-- All that may change of a statement is that its bytes go.
DO $$
BEGIN
	PERFORM pg_temp.refused('UPDATE assay.statement SET payload = ''x''', 'P0001');
	PERFORM pg_temp.refused('UPDATE assay.statement SET payload = NULL', 'P0001');
	INSERT INTO assay.leaf (index, id, kind, accepted_at_ms, state, withheld, hash)
		SELECT row_number() OVER (), id, kind, accepted_at_ms, 'quarantined', true, id FROM assay.statement;
	UPDATE assay.statement SET payload = NULL;
	ASSERT NOT EXISTS (SELECT FROM assay.statement WHERE payload IS NOT NULL);
	PERFORM pg_temp.refused('UPDATE assay.statement SET payload = ''{}''', 'P0001');
END
$$;

-- Arrival is given by the database and only grows.
DO $$
DECLARE
	first bigint;
	second bigint;
BEGIN
	INSERT INTO assay.pending (id) VALUES ('\xaa') RETURNING arrival INTO first;
	INSERT INTO assay.pending (id) VALUES ('\xbb') RETURNING arrival INTO second;
	ASSERT second > first, 'arrival grows';
	ASSERT (SELECT seqcache FROM pg_sequence WHERE seqrelid = 'assay.arrival'::regclass) = 1,
		'arrival has cache 1';
END
$$;

-- There is one log head.
DO $$
BEGIN
	ASSERT (SELECT count(*) FROM assay.log_head) = 1;
	PERFORM pg_temp.refused('INSERT INTO assay.log_head (size, as_of_ms) VALUES (1, 1)', '23505');
	PERFORM pg_temp.refused('INSERT INTO assay.log_head (one, size, as_of_ms) VALUES (false, 1, 1)', '23514');
END
$$;
