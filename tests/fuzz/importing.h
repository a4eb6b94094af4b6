/* importing.h — any bytes as a file of an importer whose drafts name their own suites.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_FUZZ_IMPORTING_H
#define ASSAY_FUZZ_IMPORTING_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "glance.h"
#include "importer.h"
#include "json.h"

/* Small files reach all there is, and quickly. */
#define FUZZ_MAX_BYTES 12000

/* What was accepted holds together: numbers finite, counts positive, metrics of the suite. */
static inline void
fuzz_check_draft(const struct draft *d)
{
	const json_t *results = json_object_get(d->body, "results"), *result;
	size_t i;

	if (d->suite == NULL || d->model_file == NULL)
		abort();
	json_array_foreach (results, i, result) {
		const json_t *sd = json_object_get(result, "sd"),
			     *se = json_object_get(result, "se");

		if (suite_metric(d->suite, json_get_text(result, "metric")) == NULL ||
		    !isfinite(json_get_real(result, "value")) || json_get_whole(result, "n") < 1 ||
		    (sd != NULL && se != NULL) || (sd != NULL && !isfinite(json_real_value(sd))) ||
		    (se != NULL && !isfinite(json_real_value(se))))
			abort();
	}
}

/* The bytes as one file, or cut at NUL bytes into the members of a folder. */
static inline int
fuzz_import(const struct importer *importer, const uint8_t *data, size_t n)
{
	static struct suite_set *suites;
	struct source_part parts[8] = {{0}};
	struct source in = {.name = "fuzz", .data = (const char *)data, .n = n, .parts = parts};
	struct drafts drafts;
	struct fault f = {0};
	struct glance g;

	if (n > FUZZ_MAX_BYTES)
		return 0;
	if (suites == NULL && (suites = suite_set_load(ASSAY_SUITES, &f)) == NULL)
		abort();
	in.suites = suites;
	glance_at((const char *)data, n, &g);
	(void)importer->recognise(&g);
	for (size_t at = 0; importer->members != NULL && importer->members[in.parts_n] != NULL;) {
		size_t end = at;

		while (end < n && data[end] != 0)
			end++;
		parts[in.parts_n].name = importer->members[in.parts_n];
		parts[in.parts_n].data = at <= n ? (const char *)data + at : NULL;
		parts[in.parts_n++].n = end - (at < end ? at : end);
		at = end < n ? end + 1 : n + 1;
		if (at > n)
			break;
	}
	if (importer->read(&in, &drafts, &f)) {
		for (size_t k = 0; k < drafts.n; k++)
			fuzz_check_draft(&drafts.list[k]);
	} else if (f.code == FAULT_NONE) {
		abort();
	}
	drafts_clear(&drafts);
	return 0;
}

#endif
