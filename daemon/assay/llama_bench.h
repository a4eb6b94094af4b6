/* llama_bench.h — one record of llama-bench: its keys, their types, what was measured.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_LLAMA_BENCH_H
#define ASSAY_LLAMA_BENCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "records.h"
#include "text.h"

/* What a key is for. */
enum bench_use {
	BENCH_OWN,       /* looked at by name: model, engine, hardware, measurement */
	BENCH_POINT,     /* the test point, a condition too; statements span several */
	BENCH_CONDITION, /* a condition of the result */
	BENCH_FLAG       /* an engine flag */
};

enum bench_type {
	BENCH_TEXT,
	BENCH_WHOLE,
	BENCH_REAL,
	BENCH_SIGNED,
	BENCH_BOOL,
	BENCH_SWITCH,
	BENCH_LIST
};

struct bench_key {
	const char *name;
	enum bench_type type;
	enum bench_use use;
	bool needed;      /* a record without it is not llama-bench's */
	bool measured;    /* differs from run to run of the same configuration */
	const char *mute; /* the default, as text: not worth telling; NULL: always told */
};

/* All keys of builds 4748 to 10470: the test point, then the others as they are printed. Ends with
 * a row without name. */
extern const struct bench_key bench_keys[];

/* What one record says was measured. */
struct measurement {
	const char *metric; /* prefill, decode, prefill_decode */
	double value;       /* tokens per second */
	int64_t n;          /* repetitions */
	double sd;          /* only where has_sd */
	bool has_sd;
	bool recomputed; /* value is ours, not the one the tool printed */
};

/* Check that a record has the keys it needs, each of its type. Fails with FAULT_FILE_FORMAT. */
bool bench_check(const struct record *r, struct fault *f) __attribute__((warn_unused_result));

/* Work out the measurement of a checked record. value is avg_ts as the tool printed it if it agrees
 * with the mean of 1e9·(n_prompt+n_gen)/ns over samples_ns to all six decimals it is printed with
 * (then everybody who looks at the file finds the same digits); the recomputed mean if they are
 * within 0.1 % of each other; else the file contradicts itself and is refused. Without samples_ns,
 * avg_ts counts and samples_ts tells n; without either n is not known, which is refused.
 * sd is stddev_ts, only where n > 1. Fails with FAULT_FILE_FORMAT. */
bool bench_measure(const struct record *r, struct measurement *out, struct fault *f)
    __attribute__((warn_unused_result));

/* Append what tells engine configurations apart: all keys, known or not, but the test point and
 * what was measured. */
void bench_group(const json_t *record, struct text *out);

/* Append what tells test points apart. */
void bench_point(const json_t *record, struct text *out);

/* Return the value of a key as a condition: switches as on, off, auto, the rest as it is; NULL
 * where it is absent or has its default. Returns new. */
json_t *bench_value(const struct bench_key *key, const json_t *record);

/* Append a scalar as text: true, -1, layer. */
void bench_text(const json_t *value, struct text *out);

#endif
