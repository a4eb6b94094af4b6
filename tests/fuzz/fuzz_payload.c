/* fuzz_payload.c — any bytes as the payload of each kind; what is accepted goes through the door,
 * the ledger and the cells. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "ledger.h"
#include "statement.h"
#include "submission.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct suite_set *set;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *cases = getenv("ASSAY_CASES");
	char folder[512];
	struct fault f = {0};

	(void)argc;
	(void)argv;
	snprintf(folder, sizeof(folder), "%s/suites/set", cases ? cases : "tests/cases");
	set = crypto_start() ? suite_set_load(folder, &f) : NULL;
	if (set == NULL) {
		fprintf(stderr, "no suites in %s; set ASSAY_CASES\n", folder);
		abort();
	}
	return 0;
}

static void
walk_cells(const struct statement *st)
{
	const struct suite *suite = submission_suite(st->body, set, NULL);
	const json_t *results = json_object_get(st->body, "results"), *result;
	char pointer[64], reason[256];
	uint8_t raw[SHA256_SIZE];
	size_t i;

	if (suite == NULL || !submission_check(st->body, suite, NULL))
		return;
	json_array_foreach (results, i, result) {
		cell_raw(suite, st->body, result, raw);
		json_decref(cell_fields(suite, st->body, result));
	}
	if (submission_plausible(st->body, suite, pointer, reason) != (reason[0] == 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct signer who = {.enrolled = true};
	struct rules none = {0};

	for (int k = 0; k < KIND__MAX; k++) {
		struct statement st;
		struct outcome o;
		struct fault f = {0};

		if (statement_from_row(kind_info((enum kind)k)->type, data, n, &st, &f)) {
			ledger_settle(&st, 1767323045000, &none, &who, set, &o);
			if (st.kind == KIND_SUBMISSION)
				walk_cells(&st);
		} else if (f.code == FAULT_NONE) {
			abort();
		}
		statement_clear(&st);
	}
	return 0;
}
