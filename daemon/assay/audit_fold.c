/* audit_fold.c — what log order settles, leaf by leaf, by the server's own rules.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "encode.h"
#include "json.h"
#include "list.h"
#include "submission.h"

void
audit_clear(struct audit *a)
{
	log_source_close(&a->source);
	free(a->note);
	rules_clear(&a->rules);
	book_clear(&a->book);
	for (size_t i = 0; i < a->suites.n; i++)
		suite_free(a->suites.suites[i]);
	free(a->suites.suites);
	catalogue_set_clear(&a->catalogues);
	memset(a, 0, sizeof(*a));
}

/* ---- suites, as the configs name them ---- */

static int
by_name(const void *a, const void *b)
{
	const struct suite *x = *(const struct suite *const *)a,
			   *y = *(const struct suite *const *)b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->version > y->version) - (x->version < y->version);
}

static bool
add_suite(struct audit *a, struct suite *suite)
{
	struct suite **more = realloc(a->suites.suites, (a->suites.n + 1) * sizeof(struct suite *));

	if (more == NULL)
		return false;
	a->suites.suites = more;
	more[a->suites.n++] = suite;
	qsort(more, a->suites.n, sizeof(struct suite *), by_name);
	return true;
}

/* A suite without items has no such file. */
static bool
read_suite(
    struct audit *a, const char *name, int64_t version, struct suite **out, struct problem *p)
{
	char path[160], *json = NULL, *items = NULL;
	size_t n = 0, items_n = 0;
	struct problem ignored = {0};
	bool done;

	snprintf(path, sizeof(path), "suites/%s/%lld/items.jsonl", name, (long long)version);
	if (!log_source_read(&a->source, path, false, &items, &items_n, &ignored))
		items = NULL;
	snprintf(path, sizeof(path), "suites/%s/%lld/suite.json", name, (long long)version);
	done = log_source_read(&a->source, path, false, &json, &n, p);
	*out = done ? suite_read(json, n, items, items_n, &p->fault) : NULL;
	free(json);
	free(items);
	return *out != NULL;
}

static bool
take_suite(struct audit *a, const json_t *named, struct problem *p)
{
	const char *name = json_get_text(named, "name"), *digest = json_get_text(named, "digest");
	int64_t version = json_get_whole(named, "version");
	char hex[HEX32_SIZE], where[160];
	struct suite *suite;

	if (suite_find(&a->suites, name, version) != NULL)
		return true;
	if (!read_suite(a, name, version, &suite, p))
		return false;
	hex_print(suite->digest, SHA256_SIZE, hex);
	if (strcmp(hex, digest) != 0) {
		suite_free(suite);
		snprintf(where, sizeof(where), "suites/%s/%lld", name, (long long)version);
		return audit_breach(p, where, digest, "a suite with digest %s", hex);
	}
	if (add_suite(a, suite))
		return true;
	suite_free(suite);
	return fault_set(&p->fault, FAULT_NO_MEMORY, "", "memory for a suite", "none");
}

/* What a config names stays published under its digest, also when later configs name another. */
static bool
take_catalogue(struct audit *a, struct problem *p)
{
	const uint8_t *digest = a->rules.catalogue;
	char path[CATALOGUE_PATH_SIZE], *data = NULL;
	struct catalogue *fresh = NULL;
	uint8_t got[SHA256_SIZE];
	size_t n = 0;

	a->catalogue = catalogue_set_find(&a->catalogues, digest);
	if (a->catalogue != NULL)
		return true;
	catalogue_path(digest, path);
	if (!log_source_read(&a->source, path, true, &data, &n, p))
		return false;
	sha256_of(data, n, got);
	if (memcmp(got, digest, SHA256_SIZE) == 0)
		fresh = catalogue_read(data, n, &p->fault);
	else
		audit_breach(p, path, "a file with the digest it is called by", "another");
	free(data);
	if (fresh == NULL)
		return false;
	if (!catalogue_set_add(&a->catalogues, fresh))
		return fault_set(&p->fault, FAULT_NO_MEMORY, "", "memory for a catalogue", "none");
	a->catalogue = fresh;
	return true;
}

static bool
take_config(struct audit *a, const struct statement *st, struct problem *p)
{
	const json_t *named;
	struct rules fresh;
	size_t i;

	if (!rules_read(st, &fresh, &p->fault))
		return false;
	memcpy(fresh.first_id, a->rules.present ? a->rules.first_id : st->id, SHA256_SIZE);
	rules_clear(&a->rules);
	a->rules = fresh;
	a->rules_n++;
	json_array_foreach (json_object_get(st->body, "suites"), i, named)
		if (!take_suite(a, named, p))
			return false;
	return take_catalogue(a, p);
}

/* ---- leaves ---- */

/* Of what is withheld only the leaf is left: that it was entitled is the server's word. A withheld
 * submission has no results, so it counts nowhere; the key of a withheld enrolment stays enrolled.
 */
static bool
enter_withheld(struct audit *a, const struct audit_leaf *l)
{
	struct person_key *k = book_key(&a->book, l->leaf.key);
	struct settled *entry;
	struct person *p;
	uint8_t id[SHA256_SIZE];
	enum kind kind;

	a->withheld_n++;
	if (!kind_of_type(l->leaf.type, &kind))
		return true; /* nothing that names it can be about anything known here */
	if (kind == KIND_ENROLMENT && k == NULL) {
		submitter_id(l->leaf.key, id);
		p = book_add_person(&a->book, id);
		k = p != NULL ? book_add_key(&a->book, l->leaf.key, p) : NULL;
		if (k == NULL)
			return false;
		p->keys_n = 1;
	}
	entry = book_add_statement(&a->book, l->leaf.id, kind);
	if (entry == NULL)
		return false;
	entry->index = (int64_t)l->index;
	entry->accepted_at_ms = l->leaf.accepted_at_ms;
	entry->by = k != NULL ? k->owner : NULL;
	return true;
}

static struct leaf_in
leaf_in_of(const struct audit *a, const struct audit_leaf *l)
{
	return (struct leaf_in){.st = &l->st,
	    .index = (int64_t)l->index,
	    .accepted_at_ms = l->leaf.accepted_at_ms,
	    .rules = &a->rules,
	    .suites = &a->suites,
	    .catalogue = a->catalogue};
}

void
audit_look(const struct audit *a, struct audit_leaf *l)
{
	const struct leaf_in in = leaf_in_of(a, l);

	ledger_look(&in, &l->view);
}

bool
audit_settle(struct audit *a, const struct audit_leaf *l, struct problem *p)
{
	struct leaf_in in = leaf_in_of(a, l);
	struct outcome o;

	in.book = &a->book;
	in.view = &l->view;
	if (l->withheld)
		return enter_withheld(a, l) ||
		       fault_set(&p->fault, FAULT_NO_MEMORY, "", "memory for a leaf", "none");
	if (l->index == 0 && l->st.kind != KIND_CONFIG)
		return audit_breach(p, "leaf 0", "a config", "%s", kind_info(l->st.kind)->name);
	/* what a config names must be there before the leaf behind it */
	if (book_statement(&a->book, l->st.id) != NULL)
		return audit_breach(p, "the log", "every statement once", "leaf %llu again",
		    (unsigned long long)l->index);
	if (!ledger_settle(&in, &o))
		return fault_set(&p->fault, FAULT_NO_MEMORY, "", "memory for a leaf", "none");
	a->void_n += o.state == STATE_VOID;
	return l->st.kind != KIND_CONFIG || o.state == STATE_VOID || take_config(a, &l->st, p);
}
