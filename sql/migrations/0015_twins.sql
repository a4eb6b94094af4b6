-- 0015_twins.sql — submissions of different submitters whose timings are the same to the last digit.

-- Of submissions with at least two numbers that somebody measured with a clock: SHA-256 of metrics,
-- values and spreads, whatever model, hardware and conditions they are said to be of.
CREATE TABLE assay.timing (
	index   bigint PRIMARY KEY,
	vector  bytea  NOT NULL
);
CREATE INDEX timing_vector ON assay.timing (vector, index);

-- Written once, by the later one's batch: the first of all with these timings, unless it is the same
-- submitter's.
CREATE TABLE assay.twin (
	index        bigint PRIMARY KEY,
	first_index  bigint NOT NULL
);

INSERT INTO assay.timing (index, vector)
	SELECT m.index, sha256(convert_to(string_agg(concat_ws(' ', m.metric, m.value, m.sd, m.se), E'\n'
		ORDER BY m.metric COLLATE "C", m.value, m.sd, m.se), 'UTF8'))
	FROM assay.measurement m JOIN assay.raw_cell r USING (raw_cell)
	WHERE r.fields->'hardware' IS NOT NULL AND m.value <> trunc(m.value)
	GROUP BY m.index HAVING count(*) + count(m.sd) + count(m.se) >= 2;
INSERT INTO assay.twin (index, first_index)
	SELECT t.index, o.first FROM assay.timing t JOIN assay.leaf l USING (index)
	JOIN LATERAL (SELECT min(index) AS first FROM assay.timing WHERE vector = t.vector) o ON true
	JOIN assay.leaf lo ON lo.index = o.first AND lo.submitter <> l.submitter;
