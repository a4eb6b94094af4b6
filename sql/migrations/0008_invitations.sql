-- 0008_invitations.sql — invitations that an enrolment used: each is good once.

CREATE TABLE assay.invitation (
	id     bytea  PRIMARY KEY,  -- SHA-256 of the inviter's key and the nonce
	index  bigint NOT NULL      -- leaf of the enrolment
);
