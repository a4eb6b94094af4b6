-- 0005_identities.sql — who may do what, what was taken back, and what staff did, as the log says.

ALTER TABLE assay.submitter
	ADD COLUMN roles      bigint  NOT NULL DEFAULT 0,  -- 1 staff, 2 release manager
	ADD COLUMN trusted    boolean NOT NULL DEFAULT false,
	ADD COLUMN suspended  boolean NOT NULL DEFAULT false,
	ADD COLUMN keys_n     bigint  NOT NULL DEFAULT 1,  -- current keys
	ADD COLUMN voter      bytea;                       -- lowest id of those linked with it; its own
UPDATE assay.submitter SET voter = id;
ALTER TABLE assay.submitter ALTER COLUMN voter SET NOT NULL;

ALTER TABLE assay.submitter_key ADD COLUMN revoked_index bigint;  -- null: current

ALTER TABLE assay.leaf ADD COLUMN withheld boolean NOT NULL DEFAULT false;

-- The raw subject, which `replaces` compares.
ALTER TABLE assay.submission ADD COLUMN subject text;
UPDATE assay.submission SET subject = coalesce(nullif(model->>'sha256', ''),
	model_name || '@' || coalesce(model->>'revision', '') || '+' ||
	coalesce(model->>'quantization', ''));
ALTER TABLE assay.submission ALTER COLUMN subject SET NOT NULL;

CREATE INDEX measurement_submitter ON assay.measurement (submitter);

-- Acts that were entitled at their place in the log.
CREATE TABLE assay.act (
	index           bigint  PRIMARY KEY,
	id              bytea   NOT NULL UNIQUE,
	act             text    NOT NULL,
	target          bytea   NOT NULL,
	other           bytea,
	role            text,
	submitter       bytea,               -- null: a root key
	reason_code     text    NOT NULL,
	reason          text    NOT NULL,
	accepted_at_ms  bigint  NOT NULL,
	waits           boolean NOT NULL     -- for a confirmation by another staff submitter
);
CREATE INDEX act_target ON assay.act (target);

-- Submitters that staff say are one; a is the lower id.
CREATE TABLE assay.link (
	a  bytea NOT NULL,
	b  bytea NOT NULL,
	PRIMARY KEY (a, b)
);

CREATE TABLE assay.intent (
	index           bigint PRIMARY KEY,
	id              bytea  NOT NULL UNIQUE,
	submitter       bytea  NOT NULL,
	suite           text   NOT NULL,
	suite_version   bigint NOT NULL,
	model_name      text   NOT NULL,
	count           bigint NOT NULL,
	expires_at      text   NOT NULL
);
CREATE INDEX intent_submitter ON assay.intent (submitter, index);

-- Which leaf touched which model's document.
CREATE TABLE assay.dirty_model (
	index       bigint NOT NULL,
	model_name  text   NOT NULL,
	PRIMARY KEY (index, model_name)
);
INSERT INTO assay.dirty_model SELECT index, model_name FROM assay.submission;

-- A statement changes in one way only: it loses its bytes, once its leaf is withheld.
CREATE FUNCTION assay.only_withheld() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER statement_only_withheld BEFORE UPDATE ON assay.statement
	FOR EACH ROW EXECUTE FUNCTION assay.only_withheld();
