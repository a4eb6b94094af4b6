-- 0020_aliases.sql — names that staff say are one, and what is shown under them.

-- The statements. Waiting: for a second staff submitter, since a reproduced cell would change.
CREATE TABLE assay.alias (
	index           bigint  PRIMARY KEY,
	id              bytea   NOT NULL UNIQUE,
	submitter       bytea   NOT NULL,
	of              text    NOT NULL,       -- hardware, model, engine or quantization
	raw             text    NOT NULL,
	canonical       text,                   -- null: it stands for itself again
	reason          text    NOT NULL,
	accepted_at_ms  bigint  NOT NULL,
	waits           boolean NOT NULL
);

-- What a raw name stands for now; canonical null: for itself again.
CREATE TABLE assay.name (
	of         text   NOT NULL,
	raw        text   NOT NULL,
	canonical  text,
	index      bigint NOT NULL,             -- leaf that said so, or confirmed it
	PRIMARY KEY (of, raw)
);
CREATE INDEX name_canonical ON assay.name (of, canonical);

-- Every change of that, written once.
CREATE TABLE assay.name_change (
	index  bigint PRIMARY KEY,
	of     text   NOT NULL,
	raw    text   NOT NULL,
	was    text,
	now    text
);

-- Every move of a raw cell from one cell to another, written once: runs are shown with their cells.
CREATE TABLE assay.cell_move (
	index     bigint NOT NULL,
	raw_cell  bytea  NOT NULL,
	was       bytea  NOT NULL,
	now       bytea  NOT NULL,
	PRIMARY KEY (index, raw_cell)
);

-- assay.raw_cell has a row for each cell too that results were moved to, with its fields by
-- canonical names; assay.cell_of has none for it unless somebody measured under just those names.

-- The name that a raw one stands for.
CREATE FUNCTION assay.called(the_of text, the_name text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT coalesce((SELECT n.canonical FROM assay.name n WHERE n.of = the_of AND n.raw = the_name), the_name)
$$;

-- The raw names that a model's document is made of: none if it stands for another.
CREATE FUNCTION assay.model_names(the_name text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT the_name WHERE NOT EXISTS (SELECT FROM assay.name n
		WHERE n.of = 'model' AND n.raw = the_name AND n.canonical IS NOT NULL)
	UNION ALL SELECT n.raw FROM assay.name n WHERE n.of = 'model' AND n.canonical = the_name
$$;

-- How many submissions say this name, of those before a leaf.
CREATE FUNCTION assay.said_before(the_name text, the_index bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT coalesce((SELECT o.model_nth + 1 FROM assay.submission o
		WHERE o.model_name = the_name AND o.index < the_index ORDER BY o.index DESC LIMIT 1), 0)
$$;
REVOKE ALL ON FUNCTION assay.called, assay.model_names, assay.said_before FROM PUBLIC;
