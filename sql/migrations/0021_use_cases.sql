-- 0021_use_cases.sql — what people say they use models for.

-- Of each submission, as it says.
CREATE TABLE assay.use_said (
	index  bigint NOT NULL,
	name   text   COLLATE "C" NOT NULL,
	PRIMARY KEY (index, name)
);
INSERT INTO assay.use_said
	SELECT DISTINCT s.index, u.name FROM assay.submission s JOIN assay.statement t USING (id),
	       LATERAL json_array_elements_text(CASE WHEN position('"use_cases"'::bytea IN t.payload) > 0
		THEN convert_from(t.payload, 'UTF8')::json->'use_cases' END) AS u(name);

-- How many of a submitter's submissions about a model say so and count.
CREATE TABLE assay.use_case (
	name           text   COLLATE "C" NOT NULL,
	model_name     text   NOT NULL,
	submitter      bytea  NOT NULL,
	counted        bigint NOT NULL,
	changed_index  bigint NOT NULL,
	PRIMARY KEY (name, model_name, submitter)
);
INSERT INTO assay.use_case
	SELECT u.name, s.model_name, s.submitter, count(*) FILTER (WHERE l.state = 'counted' AND NOT l.withheld),
	       max(u.index)
	FROM assay.use_said u JOIN assay.submission s USING (index) JOIN assay.leaf l USING (index)
	GROUP BY 1, 2, 3;
CREATE INDEX use_case_changed ON assay.use_case (changed_index);
