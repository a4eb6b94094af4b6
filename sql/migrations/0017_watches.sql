-- 0017_watches.sql — release policies under watch, and every change of what they say that was told.

-- What a watch says stands with it, so that a new leader goes on where the last one left it.
CREATE TABLE assay.watch (
	index          bigint PRIMARY KEY,
	id             bytea  NOT NULL UNIQUE,
	submitter      bytea  NOT NULL,
	told           text   NOT NULL,  -- GO, NO-GO or INSUFFICIENT, as it was told last
	told_index     bigint NOT NULL,  -- leaf at which it was
	now            text   NOT NULL,  -- as it is
	turned_index   bigint NOT NULL,  -- where that is not what is told: the leaf that turned it
	turned_at_ms   bigint NOT NULL,  -- and the log's time there
	stale_at_ms    bigint NOT NULL,  -- time of the log from which on age alone may change it
	judged_index   bigint NOT NULL,  -- leaf behind which it was judged last
	told_rules     json   NOT NULL,  -- what each rule said where what is told began
	turned_rules   json,             -- at the turn
	rules          json   NOT NULL,  -- when it was judged last
	ended_index    bigint,           -- leaf that ended it
	changed_index  bigint NOT NULL   -- last leaf that changed what is shown of it
);
CREATE INDEX watch_submitter ON assay.watch (submitter);

-- Written once, like transitions of standing.
CREATE TABLE assay.watch_turn (
	index          bigint NOT NULL,  -- leaf at which it was told
	watch          bigint NOT NULL,  -- leaf of the watch
	from_result    text   NOT NULL,
	to_result      text   NOT NULL,
	turned_index   bigint NOT NULL,  -- leaf that turned it
	turn           json   NOT NULL,  -- with the rules that changed and the statements that did it
	PRIMARY KEY (index, watch)
);
CREATE INDEX watch_turn_watch ON assay.watch_turn (watch, index);

-- What stands behind each rule's result: a list of {id, index} a rule, null where it cannot be told.
ALTER TABLE assay.decision ADD COLUMN inputs json;
CREATE INDEX watch_changed ON assay.watch (changed_index);
CREATE INDEX watch_turn_index ON assay.watch_turn (index DESC);
