/* agree.h — who agrees with whom: outliers, standing, anchors.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_AGREE_H
#define ASSAY_AGREE_H

#include <stdbool.h>
#include <stddef.h>

#include "votes.h"

#define OUTLIER_SCORE 3.5 /* a modified z-score beyond it is marked */
#define OUTLIER_VOTERS_MIN 4

/* Worst to best is not their order: contested stands beside them. */
enum standing {
	STANDING_NONE,     /* no vote */
	STANDING_REPORTED, /* published elsewhere; never from votes */
	STANDING_SINGLE,
	STANDING_CORROBORATED,
	STANDING_REPRODUCED,
	STANDING_CONTESTED,
	STANDING__MAX
};

struct tolerance {
	double size; /* ≥ 0 */
	bool relative;
	bool log_scale; /* the metric's scale */
};

struct agreement {
	size_t voters, agreeing;
	size_t established, established_agreeing;
	enum standing standing;
};

const char *standing_name(enum standing standing);
bool standing_named(const char *name, enum standing *out);

/* Does the value lie within tolerance of the reference? Absolute: |value − reference| ≤ size.
 * Relative: ≤ size · |reference|; on the log scale neither is more than 1 + size times the other.
 * The bound is inside, and 1e-12 of the greater magnitude is forgiven, so that rounding decides
 * nothing. */
bool tolerance_holds(const struct tolerance *tolerance, double value, double reference);

/* Set vote.outlier where the modified z-score 0.6745 · |offset| / MAD exceeds OUTLIER_SCORE,
 * offsets from the point (the votes' median) on the scale (Iglewicz & Hoaglin, How to Detect and
 * Handle Outliers, ASQC 1993, p. 11); where MAD is 0, outside the tolerance. Fewer than
 * OUTLIER_VOTERS_MIN voters: none. scratch has room for n. Returns how many are marked. */
size_t outliers_mark(
    struct vote *votes, size_t n, double point, const struct tolerance *tolerance, double *scratch);

/* How far from the votes' point a value may lie: on either side the farther of `times` tolerances
 * and of what a modified z-score of OUTLIER_SCORE allows (as outliers_mark() measures it). */
struct reach {
	double point, low, high;
};
void votes_reach(const struct vote *votes, size_t n, double point,
    const struct tolerance *tolerance, double times, double *scratch, struct reach *out);

/* Set vote.agrees, count, and find the standing (DESIGN §8.5), the first that holds of:
 * contested: ≥ 2 established and fewer than two thirds of them agree; reproduced: ≥ 3 established
 * agree; corroborated: ≥ 2 voters agree, one of them established; single. Agreeing is within the
 * tolerance of the point. Votes are of unlinked voters, as votes_form() makes them. */
void standing_of(struct vote *votes, size_t n, double point, const struct tolerance *tolerance,
    struct agreement *out);

/* Does votes[i] count towards being established: within tolerance of the point, and of the vote of
 * another, established voter, among the first n? */
bool vote_is_vouched(
    const struct vote *votes, size_t n, size_t i, double point, const struct tolerance *tolerance);

struct anchors_check {
	double mean; /* of the run's anchor scores; 0 without any */
	double off;  /* mean − pooled mean; 0 if either is missing */
};

/* Compare a run's judged anchors with the cell's (DESIGN §8.6): true if their mean is within the
 * suite's bound of the pooled mean, or the pool is empty. pool: one anchor mean per earlier run
 * that is pooled. NaN scores are missing; a run without any score is off. */
bool anchors_hold(const double *scores, size_t n, const double *pool, size_t pool_n, double bound,
    struct anchors_check *out);

#endif
