/* fuzz_importer.h — any bytes as files of another tool: what is accepted holds together.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_FUZZ_IMPORTER_H
#define ASSAY_FUZZ_IMPORTER_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "glance.h"
#include "importer.h"
#include "json.h"

/* Small files reach all there is, and quickly. */
#define FUZZ_MAX_BYTES 12000
#define FUZZ_PARTS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Each result has a finite value, of at least one, of a metric of its suite, with at most one
 * error, which is none below 0; scores are as many as the suite has items; and there is something
 * to ask a name for. */
static inline void
fuzz_draft(const struct draft *d)
{
	const json_t *results = json_object_get(d->body, "results"), *one;
	size_t i;

	if (json_array_size(results) == 0 || d->model_file == NULL ||
	    (d->suite == NULL && d->task == NULL))
		abort();
	json_array_foreach (results, i, one) {
		const char *metric = json_get_text(one, "metric");
		const json_t *sd = json_object_get(one, "sd"), *se = json_object_get(one, "se");

		if (!isfinite(json_get_real(one, "value")) || json_get_whole(one, "n") < 1 ||
		    metric[0] == 0 || (d->suite != NULL && !suite_metric(d->suite, metric)) ||
		    (sd != NULL && se != NULL) || (sd != NULL && !(json_real_value(sd) >= 0)) ||
		    (se != NULL && !(json_real_value(se) >= 0)))
			abort();
	}
	json_array_foreach (json_object_get(d->body, "items"), i, one)
		if ((int64_t)json_array_size(json_object_get(one, "scores")) != d->suite->items_n)
			abort();
}

/* The bytes are the members of a folder, cut at NUL bytes. */
static inline void
fuzz_members(const struct importer *importer, const char *data, size_t n, struct source_part *parts,
    struct source *in)
{
	for (size_t at = 0; at <= n && importer->members[in->parts_n] != NULL; in->parts_n++) {
		const char *end = memchr(data + at, 0, n - at);
		struct source_part *part = &parts[in->parts_n];

		part->name = importer->members[in->parts_n];
		part->data = data + at;
		part->n = end != NULL ? (size_t)(end - part->data) : n - at;
		at += part->n + 1;
	}
	in->n = parts[0].n;
}

/* What stands behind a line with "====" goes along as a companion. */
static inline void
fuzz_companion(const char *data, size_t n, struct source_part *part, struct source *in)
{
	const char *cut = memmem(data, n, "\n====\n", 6);

	if (cut == NULL)
		return;
	in->n = (size_t)(cut - data);
	part->name = "part";
	part->data = cut + 6;
	part->n = n - in->n - 6;
	in->parts_n = 1;
}

static inline int
fuzz_importer(const struct importer *importer, const uint8_t *bytes, size_t n)
{
	static struct suite_set *suites;
	const char *data = (const char *)bytes;
	struct source_part parts[FUZZ_PARTS] = {{0}};
	struct source in = {.name = "file", .data = data, .n = n, .parts = parts};
	struct drafts drafts;
	struct fault f = {0};
	struct glance g;

	if (n > FUZZ_MAX_BYTES)
		return 0;
	if (suites == NULL && (suites = suite_set_load(ASSAY_SUITES, &f)) == NULL)
		abort();
	if (importer->members != NULL)
		fuzz_members(importer, data, n, parts, &in);
	else
		fuzz_companion(data, n, parts, &in);
	in.suites = suites;
	glance_at(in.data, in.n, &g);
	importer->recognise(&g);
	if (importer->companion != NULL)
		importer->companion(&g);
	if (importer_read(importer, &in, &drafts, &f)) {
		if (drafts.n == 0)
			abort();
		for (size_t i = 0; i < drafts.n; i++)
			fuzz_draft(&drafts.list[i]);
	} else if (f.code == FAULT_NONE || f.expected[0] == 0 || f.got[0] == 0) {
		abort();
	}
	drafts_clear(&drafts);
	return 0;
}

#endif
