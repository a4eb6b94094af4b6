/* gate.h — is it good enough? A policy over a log's evidence: GO, NO-GO or INSUFFICIENT, with
 * reasons (DESIGN §9). Pure and deterministic.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_GATE_H
#define ASSAY_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gate_evidence.h"
#include "gate_policy.h"
#include "interval.h"

/* From good to bad; the worst counts. */
enum verdict { VERDICT_GO, VERDICT_INSUFFICIENT, VERDICT_NO_GO, VERDICT__MAX };

/* What is missing for a verdict; none: nothing is. The first that holds. */
enum lack {
	LACK_NONE,
	LACK_RUNS,       /* nobody measured the candidate there */
	LACK_BASELINE,   /* nobody measured the baseline there */
	LACK_AGREEMENT,  /* it is contested */
	LACK_STANDING,   /* below min_standing */
	LACK_SUBMITTERS, /* below min_submitters, or min_submitters_internal */
	LACK_INTERVAL,   /* nothing to tell the spread between submitters from */
	LACK_PRICE,      /* nobody said what it costs */
	LACK_PRECISION,  /* the interval reaches over the margin */
	LACK__MAX
};

/* What a rule says of one cell. */
struct finding {
	enum verdict verdict;
	enum lack lack;
	const struct gate_cell *cell;     /* NULL: none matches */
	const struct gate_cell *baseline; /* where compared with one; NULL: none matches */
	struct interval interval;         /* 95 %: of the value; against a baseline of the delta */
	struct interval wide;             /* at 1 − 0.05/k, which NO-GO asks for */
	size_t voters, internal;          /* internal: those with unpublished runs only */
	enum standing standing;           /* against a baseline: the weaker of both */
	/* Voters that would decide at the present spread, four times in five; 0: cannot be said. */
	int64_t needed;
	/* Of a rule on costs: the prices it rests on, how many devices are paid for, and the rate;
	 * unpriced: the log has no price. */
	const struct said_price *price, *baseline_price;
	double devices;
	struct interval rate;
	bool unpriced;
	int64_t oldest_ms, newest_ms;   /* accepted_at of the runs; 0 without any */
	uint8_t (*inputs)[SHA256_SIZE]; /* ids, sorted, distinct */
	size_t inputs_n;
};

struct rule_outcome {
	enum verdict verdict;
	struct finding *findings; /* at least one; the worst first */
	size_t findings_n;
	size_t stale_n; /* cells left out: all their runs are too old */
};

struct gate_query {
	const struct gate_policy *policy; /* bound */
	const char *candidate;
	const char *baseline; /* NULL: no rule asks for one */
	int64_t evaluated_at_ms;
};

/* Zero-initialise; gate_outcome_clear() frees. */
struct gate_outcome {
	enum verdict result; /* of the rules that block */
	struct rule_outcome *rules;
	size_t rules_n;
	size_t pairs_n; /* blocking (rule, cell) pairs: k */
};

const char *verdict_name(enum verdict v); /* "GO", "INSUFFICIENT", "NO-GO" */
bool verdict_named(const char *name, enum verdict *out);
const char *lack_name(enum lack l);

/* Tell whether a finding has numbers: votes, or a price. */
bool finding_has_numbers(const struct finding *d);

/* Return the limit that a rule's interval is held against: the margin itself; against a baseline 0
 * lessened or raised by it, on the log scale 1 / (1 + margin) or 1 + margin. */
double rule_limit(const struct gate_rule *r);

/* Evaluate. GO: the 95 % interval lies wholly on the good side of the limit; NO-GO: that at
 * 1 − 0.05/k wholly on the bad side; both only of kinds that interval_decides(), and with standing
 * and submitters as the rule asks. False without memory. */
bool gate_evaluate(const struct gate_evidence *e, const struct gate_query *q,
    struct gate_outcome *out) __attribute__((warn_unused_result));
void gate_outcome_clear(struct gate_outcome *o);

#endif
