-- 0011_prices.sql — what staff say things cost.

CREATE TABLE assay.price (
	index            bigint PRIMARY KEY,
	id               bytea  NOT NULL,
	submitter        bytea  NOT NULL,
	of               text   NOT NULL,  -- model or hardware
	name             text   NOT NULL,  -- raw
	amount           text   NOT NULL,  -- decimal, as it was signed
	currency         text   NOT NULL,
	unit             text   NOT NULL,
	valid_from       text   NOT NULL,
	source           text   NOT NULL,
	retracted_index  bigint            -- leaf of the retraction
);
