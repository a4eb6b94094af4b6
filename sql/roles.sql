-- roles.sql — the two roles, made once by a superuser; safe to run again.
--   assay_owner  owns every object, runs the migrations
--   assayd       the daemon: owns nothing, may do what sql/grants.sql says and no more
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'assay_owner') THEN
		CREATE ROLE assay_owner LOGIN;
	END IF;
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'assayd') THEN
		CREATE ROLE assayd LOGIN;
	END IF;
END
$$;
