/* catalogue.h — what is known of hardware, models, engines and quantization types, prices, and
 * scores published elsewhere: data with sources. Pure: bytes in.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CATALOGUE_H
#define ASSAY_CATALOGUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto.h"
#include "device_name.h"
#include "fault.h"
#include "name_index.h"

#define CATALOGUE_MAX_BYTES (8 * 1024 * 1024)
#define CATALOGUE_SLUG_SIZE 128

/* The tables, in the order of the bytes; eval-suites/catalogue/README.md tells their members. */
enum catalogue_table {
	CATALOGUE_HARDWARE,      /* by "slug" */
	CATALOGUE_MODELS,        /* by "hf_repo" */
	CATALOGUE_ENGINES,       /* by "slug" */
	CATALOGUE_QUANTIZATIONS, /* by "name" */
	CATALOGUE_API_PRICES,    /* the rest by "id"; US dollars without tax */
	CATALOGUE_RENTALS,
	CATALOGUE_MT_BENCH,
	CATALOGUE_ALPACA_EVAL,
	CATALOGUE_THROUGHPUT,
	CATALOGUE_PERPLEXITY,
	CATALOGUE__MAX
};

struct catalogue {
	uint8_t digest[SHA256_SIZE]; /* SHA-256 of the bytes; what a config names */
	char *bytes;                 /* the tables one behind another */
	size_t bytes_n;
	json_t *rows[CATALOGUE__MAX];
	struct name_index names[CATALOGUE_QUANTIZATIONS + 1];
	struct name_index bases; /* models without their organisation */
	struct name_index of_model[CATALOGUE__MAX], of_hardware[CATALOGUE__MAX];
};

/* Read the bytes of all tables. Each table begins with the line {"table": NAME}; then one row a
 * line. No bytes at all are a catalogue of nothing. Returns new. Fails with FAULT_CATALOGUE; path
 * is "TABLE:LINE/POINTER". */
struct catalogue *catalogue_read(const char *bytes, size_t n, struct fault *f);

/* Read the files TABLE.jsonl of a folder. */
struct catalogue *catalogue_load(const char *dir, struct fault *f);
void catalogue_free(struct catalogue *c);

/* A table's name, which is its file's too. */
const char *catalogue_table_name(enum catalogue_table table);

/* Rows of a table about one model (its hf_repo) or one part (its slug), in the table's order. */
struct catalogue_rows {
	const json_t *table;
	const struct name_entry *at;
	size_t n;
};
struct catalogue_rows catalogue_about_model(
    const struct catalogue *c, enum catalogue_table table, const char *hf_repo);
struct catalogue_rows catalogue_about_hardware(
    const struct catalogue *c, enum catalogue_table table, const char *slug);
const json_t *catalogue_row(const struct catalogue_rows *rows, size_t i);

/* Whether a raw name is one of the catalogue's. Between several nobody guesses. */
enum match { MATCH_NONE, MATCH_ONE, MATCH_SEVERAL };

/* What there is to tell of one device. Zero: not known. */
struct device_query {
	const char *raw;    /* as a driver or a person names it */
	int64_t memory_mib; /* of the device, as its driver tells */
	int64_t system_mib; /* of the machine: memory of processors with graphics of their own */
};

/* One device of a part; a board of several counts as several. Reals are 0 where nobody told. */
struct catalogue_device {
	const json_t *part;             /* its row */
	char slug[CATALOGUE_SLUG_SIZE]; /* of the part; of a slice, "SLUG-mig-3g.40gb" */
	int64_t count;                  /* how many the raw name says: "2x …" */
	bool slice;
	double memory_gib, bandwidth_gbs, tdp_w;
};

/* Find the part a device is. Case, spacing, punctuation, vendor, "(R)", what drivers add, memory
 * size and count do not matter; laptop parts and form factors are parts of their own. Where several
 * parts share a name, the memory decides, or nobody. A device whose memory is not the part's is
 * another part. out is set for MATCH_ONE. */
enum match catalogue_device(
    const struct catalogue *c, const struct device_query *q, struct catalogue_device *out);

/* Return one device of the part with this slug, also of a slice; false if there is none. */
bool catalogue_device_by_slug(
    const struct catalogue *c, const char *slug, struct catalogue_device *out);

/* Find a model by repository or common name. Repositories that only hold another form of the same
 * weights ("ORG/NAME-GGUF" of the maker, or of one who only converts) are that model. *row is set
 * for MATCH_ONE: "hf_repo", "params_total_b", "params_active_b", "moe", … */
enum match catalogue_model(const struct catalogue *c, const char *raw, const json_t **row);

/* Find an engine; *row: "slug", "name", … */
enum match catalogue_engine(const struct catalogue *c, const char *raw, const json_t **row);

/* Find a quantization type; *row: "name", "format", "bits_per_weight" (may be absent), … */
enum match catalogue_quantization(const struct catalogue *c, const char *raw, const json_t **row);

#endif
