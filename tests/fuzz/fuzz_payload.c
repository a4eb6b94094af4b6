/* fuzz_payload.c — any bytes as the payload of each kind; what is accepted goes through the door,
 * the ledger and the cells. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "encode.h"
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
	struct plausibility p;
	uint8_t raw[SHA256_SIZE];
	size_t i;

	if (suite == NULL || !submission_check(st->body, suite, NULL))
		return;
	json_array_foreach (results, i, result) {
		cell_raw(suite, st->body, result, raw);
		json_decref(cell_fields(suite, st->body, result));
	}
	plausible_alone(st->body, suite, NULL, &p);
	if ((p.doubt == DOUBT_NONE) != (p.reason[0] == 0))
		abort();
}

/* A log whose rules suit whatever the payload says, in which its signer is staff, and which holds
 * one submission that every target is taken for. */
static void
settle(const struct statement *st)
{
	const char *target = json_get_text(st->body, "target");
	struct book book = {.links = NULL};
	struct rules rules = {.present = true};
	struct outcome o;
	struct leaf_in in = {.st = st,
	    .index = 7,
	    .accepted_at_ms = st->created_at * 1000,
	    .rules = &rules,
	    .suites = set,
	    .book = &book};
	uint8_t id[SHA256_SIZE] = {1};
	struct person *p = book_add_person(&book, id);
	struct settled *s;

	snprintf(rules.origin, sizeof(rules.origin), "%s", json_get_text(st->body, "audience"));
	rules.body = json_pack("{s:[], s:[], s:[O]}", "root_keys", "statement_keys", "suites",
	    json_object_get(st->body, "suite") ? json_object_get(st->body, "suite") : st->body);
	p->roles = ROLE_STAFF;
	p->keys_n = 2;
	if (st->kind != KIND_ENROLMENT)
		(void)!book_add_key(&book, st->key, p);
	if (hex_parse(target, id, SHA256_SIZE)) {
		s = book_add_statement(&book, id, KIND_SUBMISSION);
		s->by = st->kind == KIND_RETRACTION ? p : book_add_person(&book, id);
	}
	if (!ledger_settle(&in, &o) ||
	    (o.state == STATE_VOID) != (o.reason[0] != 0 && o.state != STATE_HELD))
		abort();
	rules_clear(&rules);
	book_clear(&book);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	for (int k = 0; k < KIND__MAX; k++) {
		struct statement st;
		struct fault f = {0};

		if (statement_from_row(kind_info((enum kind)k)->type, data, n, &st, &f)) {
			settle(&st);
			if (st.kind == KIND_SUBMISSION)
				walk_cells(&st);
		} else if (f.code == FAULT_NONE) {
			abort();
		}
		statement_clear(&st);
	}
	return 0;
}
