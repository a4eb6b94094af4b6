-- 0016_verdicts.sql — what the checks said of submissions, who waits for others who measure the same, and
-- the scores of items.

-- Of a submission that is not plausible, as its leaf settled it; null: nothing against it.
ALTER TABLE assay.leaf ADD COLUMN verdict json;

ALTER TABLE assay.measurement
	ADD COLUMN beyond boolean,  -- true: held for its neighbours, and waits; false: it did; null: never
	ADD COLUMN anchor float8;   -- mean of its submission's anchor answers
CREATE INDEX measurement_beyond ON assay.measurement (raw_cell) WHERE beyond IS NOT NULL;
UPDATE assay.measurement m SET anchor = a.mean
	FROM (SELECT l.index, sum(t.a::text::float8 ORDER BY t.o) / count(*) AS mean
	      FROM assay.leaf l JOIN assay.statement s USING (id),
	           json_array_elements(convert_from(s.payload, 'UTF8')::json #> '{judge,anchors}')
	           WITH ORDINALITY AS t(a, o)
	      WHERE l.kind = 'submission' AND l.state <> 'void' AND s.payload IS NOT NULL
	      GROUP BY l.index) AS a
	WHERE m.index = a.index;

-- The scores of a submission's items, in the suite's order, as it says them.
CREATE TABLE assay.item_scores (
	index   bigint NOT NULL,
	metric  text   NOT NULL,
	scores  json   NOT NULL,
	PRIMARY KEY (index, metric)
);
INSERT INTO assay.item_scores (index, metric, scores)
	SELECT l.index, e->>'metric', e->'scores'
	FROM assay.leaf l JOIN assay.statement s USING (id),
	     json_array_elements(convert_from(s.payload, 'UTF8')::json->'items') AS e
	WHERE l.kind = 'submission' AND l.state <> 'void' AND s.payload IS NOT NULL
	ON CONFLICT DO NOTHING;
