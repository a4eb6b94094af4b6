-- rights.sql — the daemon's role owns nothing and cannot change or remove what was signed or logged.

DO $$
DECLARE
	t text;
	right_ text;
BEGIN
	ASSERT NOT EXISTS (SELECT FROM pg_class WHERE relowner = 'assayd'::regrole), 'owns no relation';
	ASSERT NOT EXISTS (SELECT FROM pg_proc WHERE proowner = 'assayd'::regrole), 'owns no function';
	ASSERT NOT EXISTS (SELECT FROM pg_namespace WHERE nspowner = 'assayd'::regrole), 'owns no schema';
	ASSERT (SELECT NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)
		FROM pg_roles WHERE rolname = 'assayd'), 'has no attribute';
	ASSERT NOT pg_has_role('assayd', 'assay_owner', 'MEMBER'), 'is not the owner';
	ASSERT NOT has_schema_privilege('assayd', 'assay', 'CREATE'), 'makes nothing in the schema';

	-- Only what waits may be removed, and only the head of the log may be changed.
	FOR t IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'assay' LOOP
		FOREACH right_ IN ARRAY ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES'] LOOP
			CONTINUE WHEN (t, right_) IN (('assay.pending', 'DELETE'), ('assay.log_head', 'UPDATE'),
				('assay.link', 'DELETE'), ('assay.agreement', 'DELETE'))
				OR (right_ = 'UPDATE' AND t IN ('assay.tally', 'assay.model_total', 'assay.reach', 'assay.submitter_state', 'assay.record'));
			ASSERT NOT has_table_privilege('assayd', t, right_), format('may %s %s', right_, t);
		END LOOP;
	END LOOP;
	-- Of what was signed only the bytes may go; of a leaf only its state may move.
	FOR t, right_ IN SELECT format('%I.%I', table_schema, table_name), column_name
			FROM information_schema.columns WHERE table_schema = 'assay' LOOP
		CONTINUE WHEN (t, right_) IN (('assay.statement', 'payload'), ('assay.leaf', 'state'),
			('assay.leaf', 'withheld'),
			('assay.leaf', 'reason'), ('assay.leaf', 'pointer'), ('assay.measurement', 'state'),
			('assay.measurement', 'beyond'), ('assay.act', 'waits'), ('assay.alias', 'waits'),
			('assay.cell_of', 'cell'), ('assay.name', 'canonical'), ('assay.name', 'index'),
			('assay.price', 'retracted_index'), ('assay.price', 'changed_index'), ('assay.decision', 'changed_index'),
			('assay.decision', 'inputs'),
			('assay.submitter_key', 'revoked_index'), ('assay.standing', 'standing'))
			OR t IN ('assay.log_head', 'assay.tally', 'assay.model_total', 'assay.reach', 'assay.submitter_state', 'assay.record')
			OR (t = 'assay.voice' AND right_ IN ('counted', 'first_counted', 'first_index'))
			OR (t, right_) = ('assay.engine_seen', 'counted')
			OR (t = 'assay.use_case' AND right_ IN ('counted', 'changed_index')) OR (t, right_) = ('assay.intent', 'done')
			OR (t = 'assay.submitter' AND right_ NOT IN ('id', 'index'))
			OR (t = 'assay.watch' AND right_ NOT IN ('id', 'index', 'submitter'));
		ASSERT NOT has_column_privilege('assayd', t, right_, 'UPDATE'), format('may change %s.%s', t, right_);
	END LOOP;
	FOREACH t IN ARRAY ARRAY['assay.statement', 'assay.leaf', 'assay.pending'] LOOP
		ASSERT has_table_privilege('assayd', t, 'SELECT, INSERT'), format('may not read and add to %s', t);
	END LOOP;
END
$$;

-- Every table is the owner's.
DO $$
BEGIN
	ASSERT NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'assay' AND tableowner <> 'assay_owner');
END
$$;
