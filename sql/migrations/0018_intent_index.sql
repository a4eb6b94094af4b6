-- 0018_intent_index.sql — which submissions name an intent: asked for each intent of a submitter's record.

CREATE INDEX submission_intent ON assay.submission (intent) WHERE intent IS NOT NULL;
