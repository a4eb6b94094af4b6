/* interval.h — how sure: from votes to a point with its interval. Pure and deterministic.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Levels: 0.9 ≤ level < 1, such as 0.95 or 1 − 0.05/k. Then low ≤ point ≤ high always, all three
 * are finite, and on the log scale > 0. Results do not depend on the order of the votes, and have
 * the same bits everywhere (elementary.h).
 */
#ifndef ASSAY_INTERVAL_H
#define ASSAY_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum interval_kind {
	INTERVAL_NONE,                    /* nothing is known: low = high = point */
	INTERVAL_WITHIN_RUN,              /* one run's own noise, as its submitter states it */
	INTERVAL_WILSON,                  /* one run's proportion */
	INTERVAL_STUDENT,                 /* 2–5 voters, or a level that order statistics miss */
	INTERVAL_HETTMANSPERGER_SHEATHER, /* 6 voters and more */
	INTERVAL_UNPAIRED,                /* MOVER, both sides by several voters each */
	INTERVAL_UNPAIRED_SINGLE,         /* MOVER, a side that rests on one run */
	INTERVAL_LISTED,                  /* a price that was looked up: low = high = point */
	INTERVAL__MAX
};

struct interval {
	double point, low, high;
	double spread; /* sample standard deviation of the votes on the scale; 0 for one vote */
	enum interval_kind kind;
};

/* What a run says of its own noise. */
struct within_run {
	enum within_what { WITHIN_NOTHING, WITHIN_SD, WITHIN_SE, WITHIN_PROPORTION } what;
	double size; /* the sd; the se; of a proportion the value that is all of it: 1, or 100 */
	int64_t n;   /* repeats, of a proportion trials; not used with se */
};

struct votes {
	double *values; /* one a voter */
	size_t n;
	const struct within_run *within; /* that of the only voter; NULL: nothing said */
	bool log_scale;
};

/* "none", "within_run", "student", … as documents print it. */
const char *interval_kind_name(enum interval_kind kind);

/* May the kind decide a gate? False for what rests on a single run (DESIGN §8.2, §9). */
bool interval_decides(enum interval_kind kind);

/* Estimate from the votes as DESIGN §8.2 says. point: their median. Interval: from 6 voters on
 * interval_of_median(), where 2^(1−n) > 1 − level and for 2–5 voters interval_of_mean(), for one
 * voter interval_within_run(). Sorts the values.
 * False, with *out zero, without votes or if scale_takes() refuses one. */
bool estimate_votes(const struct votes *votes, double level, struct interval *out)
    __attribute__((warn_unused_result));

/* Each of these sets low, high and kind about out->point; values are as scale_takes() takes them.
 */

/* Mean ± t(n − 1) · s / √n on the scale, n ≥ 2 (Student, Biometrika 6, 1908,
 * doi:10.1093/biomet/6.1.1). Widened to the point, should it lie outside. Sets spread too. */
void interval_of_mean(const struct votes *votes, double level, struct interval *out);

/* Interpolated order statistics, n ≥ 2, 2^(1−n) ≤ 1 − level (Hettmansperger & Sheather, Statist.
 * Probab. Lett. 4, 1986, 75–79, doi:10.1016/0167-7152(86)90021-0). values are sorted. */
void interval_of_median(const struct votes *votes, double level, struct interval *out);

/* A run's own interval: sd: ± t(n − 1) · sd / √n, none for n < 2; se: ± z · se; both divided by the
 * point on the log scale (first order); proportion: wilson(). A negative or non-finite size and a
 * proportion outside 0…size say nothing: kind none. */
void interval_within_run(
    const struct within_run *within, double level, bool log_scale, struct interval *out);

/* Wilson's score interval for a proportion p of n > 0 trials (J. Am. Stat. Assoc. 22, 1927,
 * 209–212, doi:10.1080/01621459.1927.10502953), 0 ≤ p ≤ 1. */
void wilson(double p, int64_t n, double level, double *low, double *high);

#endif
