-- grants.sql — what the daemon's role may do: just what its statements (daemon/assayd/query.c) need.
-- Run whole after the migrations, every time.
REVOKE ALL ON ALL TABLES IN SCHEMA assay FROM assayd;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA assay FROM assayd;
GRANT USAGE ON SCHEMA assay TO assayd;
GRANT SELECT ON assay.migration TO assayd;
GRANT SELECT, INSERT, UPDATE (payload) ON assay.statement TO assayd;
GRANT SELECT, INSERT, DELETE ON assay.pending TO assayd;
GRANT USAGE ON SEQUENCE assay.arrival TO assayd;
GRANT SELECT, UPDATE ON assay.log_head TO assayd;
GRANT SELECT, INSERT, UPDATE (state, reason, pointer, withheld) ON assay.leaf TO assayd;
GRANT SELECT, INSERT, UPDATE (name, links, roles, trusted, suspended, keys_n, voter, established,
	agreeing_n) ON assay.submitter TO assayd;
GRANT SELECT, INSERT, UPDATE (revoked_index) ON assay.submitter_key TO assayd;
GRANT SELECT, INSERT, UPDATE (state, beyond) ON assay.measurement TO assayd;
GRANT SELECT, INSERT, UPDATE (done) ON assay.intent TO assayd;
GRANT SELECT, INSERT, UPDATE (waits) ON assay.act, assay.alias TO assayd;
GRANT SELECT, INSERT, UPDATE (canonical, index) ON assay.name TO assayd;
GRANT SELECT, INSERT, UPDATE (cell) ON assay.cell_of TO assayd;
GRANT SELECT, INSERT, UPDATE (retracted_index, changed_index) ON assay.price TO assayd;
GRANT SELECT, INSERT, UPDATE (inputs, changed_index) ON assay.decision TO assayd;
GRANT SELECT, INSERT, UPDATE (told, told_index, now, turned_index, turned_at_ms, stale_at_ms, judged_index,
	told_rules, turned_rules, rules, ended_index, changed_index) ON assay.watch TO assayd;
GRANT SELECT, INSERT ON assay.watch_turn TO assayd;
GRANT SELECT, INSERT, DELETE ON assay.link TO assayd;
GRANT SELECT, INSERT, UPDATE ON assay.tally, assay.model_total, assay.reach, assay.submitter_state,
	assay.record TO assayd;
GRANT SELECT, INSERT, UPDATE (counted, first_counted, first_index) ON assay.voice TO assayd;
GRANT SELECT, INSERT, UPDATE (counted) ON assay.engine_seen TO assayd;
GRANT SELECT, INSERT, UPDATE (counted, changed_index) ON assay.use_case TO assayd;
GRANT SELECT, INSERT ON assay.use_said TO assayd;
GRANT SELECT, INSERT, DELETE ON assay.agreement TO assayd;
GRANT SELECT, INSERT, UPDATE (standing) ON assay.standing TO assayd;
GRANT SELECT, INSERT ON assay.invitation, assay.item_scores, assay.transition, assay.submission, assay.raw_cell, assay.name_change, assay.cell_move, assay.dirty_cell,
	assay.move, assay.dirty_submitter, assay.tree_node TO assayd;
GRANT SELECT, INSERT ON assay.evidence_name, assay.catalogue, assay.timing, assay.twin TO assayd;
GRANT SELECT ON assay.evidence TO assayd;
GRANT EXECUTE ON FUNCTION assay.evidence_put, assay.evidence_drop, assay.called, assay.model_names,
	assay.said_before TO assayd;
