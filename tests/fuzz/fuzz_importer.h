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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Each result has a finite value, of at least one, with an error that is none below 0; scores are
 * as many as the suite has items; and there is something to ask a name for. */
static void
fuzz_draft(const struct draft *d)
{
	const json_t *results = json_object_get(d->body, "results"), *one;
	size_t i;

	if (json_array_size(results) == 0 || d->model_file == NULL ||
	    (d->suite == NULL && d->task == NULL))
		abort();
	json_array_foreach (results, i, one)
		if (!isfinite(json_get_real(one, "value")) || json_get_whole(one, "n") < 1 ||
		    json_get_real(one, "se") < 0 || json_get_text(one, "metric")[0] == 0)
			abort();
	json_array_foreach (json_object_get(d->body, "items"), i, one)
		if ((int64_t)json_array_size(json_object_get(one, "scores")) != d->suite->items_n)
			abort();
}

/* Read the bytes; what stands behind a line with "====" goes along as a companion. */
static void
fuzz_importer(const struct importer *importer, const uint8_t *bytes, size_t n)
{
	static struct suite_set *suites;
	const char *data = (const char *)bytes, *cut = memmem(data, n, "\n====\n", 6);
	struct source_part part = {.name = "part"};
	struct source in = {.name = "file", .data = data, .n = cut ? (size_t)(cut - data) : n};
	struct drafts drafts;
	struct fault f = {0};
	struct glance g;

	if (suites == NULL)
		suites = suite_set_load(ASSAY_SUITES, &f);
	if (suites == NULL)
		abort();
	if (cut != NULL) {
		part.data = cut + 6;
		part.n = n - in.n - 6;
		in.parts = &part;
		in.parts_n = 1;
	}
	in.suites = suites;
	glance_at(in.data, in.n, &g);
	importer->recognise(&g);
	if (importer->companion != NULL)
		importer->companion(&g);
	if (importer->read(&in, &drafts, &f)) {
		if (drafts.n == 0)
			abort();
		for (size_t i = 0; i < drafts.n; i++)
			fuzz_draft(&drafts.list[i]);
	} else if (f.code == FAULT_NONE || f.expected[0] == 0 || f.got[0] == 0) {
		abort();
	}
	drafts_clear(&drafts);
}

#endif
