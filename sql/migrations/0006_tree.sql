-- 0006_tree.sql — the log's Merkle tree and its newest signed checkpoint.

-- RFC 6962 hash of the leaf: SHA-256(0x00, the leaf's seven lines).
ALTER TABLE assay.leaf ADD COLUMN hash bytea;
UPDATE assay.leaf l SET hash = sha256('\x00'::bytea || convert_to(concat_ws(E'\n', 'assay-leaf-v1',
	'application/vnd.assay.' || s.kind || '.v1+json', encode(s.id, 'hex'),
	encode(s.payload_sha256, 'hex'), encode(s.key, 'base64'),
	replace(encode(s.signature, 'base64'), E'\n', ''), s.accepted_at_ms::text) || E'\n', 'UTF8'))
	FROM assay.statement s WHERE s.id = l.id;
ALTER TABLE assay.leaf ALTER COLUMN hash SET NOT NULL;

-- Hashes of complete subtrees of 256^level leaves, level 1 and up; level 0 is the leaf's own.
CREATE TABLE assay.tree_node (
	level  bigint NOT NULL,
	index  bigint NOT NULL,
	hash   bytea  NOT NULL,
	PRIMARY KEY (level, index)
);

ALTER TABLE assay.log_head
	ADD COLUMN root       bytea,                      -- of the whole tree; null: of the empty one
	ADD COLUMN note_size  bigint NOT NULL DEFAULT 0,  -- size of the newest signed checkpoint
	ADD COLUMN note       text;                       -- that checkpoint, a signed note

-- What was there before has no nodes yet: an operator with such a database begins a new log.
DO $$
BEGIN
	IF (SELECT size FROM assay.log_head) >= 256 THEN
		RAISE EXCEPTION 'a log of 256 leaves or more cannot be given a tree by this migration';
	END IF;
END
$$;
