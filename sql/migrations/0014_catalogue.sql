-- 0014_catalogue.sql — the catalogues that configs name: what is known of hardware, models, prices.
-- None is ever removed: verdicts of the past were made by them, and are made again by who audits.

CREATE TABLE assay.catalogue (
	digest  bytea PRIMARY KEY,  -- SHA-256 of bytes
	bytes   bytea NOT NULL
);
