/* audit_documents.c — do the published documents say what follows from the log?
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_rows.h"
#include "encode.h"
#include "json.h"
#include "number.h"

static bool
is_whole(const json_t *value)
{
	double x = json_real_value(value);

	return json_is_real(value) && fabs(x) < (double)INTEGER_MAX && floor(x) == x;
}

/* Of an object or array read with all its numbers as reals: whole ones as integers again. */
static void
whole_again(json_t *value)
{
	json_t *inner;
	const char *name;
	void *next;
	size_t i;

	json_object_foreach_safe(value, next, name, inner) if (is_whole(inner))
	    json_object_set_new(value, name, json_integer((json_int_t)json_real_value(inner)));
	else whole_again(inner);
	json_array_foreach (value, i, inner)
		if (is_whole(inner))
			json_array_set_new(
			    value, i, json_integer((json_int_t)json_real_value(inner)));
		else
			whole_again(inner);
}

/* A real that needs no point is printed without, also one that no integer holds: see json.h. */
static json_t *
read_printed(const char *data, size_t n)
{
	json_t *doc = json_loadb(data, n, 0, NULL);

	if (doc != NULL)
		return doc;
	doc = json_loadb(data, n, JSON_DECODE_INT_AS_REAL, NULL);
	if (doc != NULL)
		whole_again(doc);
	return doc;
}

json_t *
audit_document(struct audit *a, const char *name, char where[300], struct problem *p)
{
	char *data = NULL;
	size_t n;
	json_t *doc = NULL;

	snprintf(where, 300, "data/v1/%s", name);
	if (log_source_read(&a->source, where, false, &data, &n, p))
		doc = read_printed(data, n);
	free(data);
	if (doc == NULL && p->fault.code == FAULT_NONE)
		audit_breach(p, where, "a document in JSON", "something else");
	return doc;
}

/* ---- submitters ---- */

/* Submissions of each submitter by state, and how many of them are withheld: {ID: {STATE: N}}. */
static json_t *
count_states(const struct audit *a)
{
	json_t *all = json_object();
	const struct settled *s;
	size_t at = 0;

	while ((s = map_next(&a->book.statements, &at)) != NULL) {
		const char *state = s->results == NULL && s->state != STATE_VOID
					? "withheld"
					: state_name(s->state);
		char id[HEX32_SIZE];
		json_t *counts;

		if (s->kind != KIND_SUBMISSION || s->by == NULL)
			continue;
		hex_print(s->by->id, SHA256_SIZE, id);
		counts = json_object_get(all, id);
		if (counts == NULL) {
			counts = json_object();
			json_object_set_new(all, id, counts);
		}
		json_object_set_new(counts, state, json_integer(json_get_whole(counts, state) + 1));
	}
	return all;
}

/* The state of what is withheld is the server's word: so many may stand anywhere. */
static bool
check_counts(const char *where, const json_t *own, const json_t *told, struct problem *p)
{
	int64_t free_n = json_get_whole(own, "withheld");

	for (int i = 0; i < STATE__MAX; i++) {
		const char *state = state_name((enum state)i);
		int64_t ours = json_get_whole(own, state), theirs = json_get_whole(told, state);

		free_n -= theirs - ours;
		if (theirs < ours || free_n < 0)
			return audit_breach(p, where, "the states that follow from the log",
			    "%lld submissions %s, not %lld", (long long)theirs, state,
			    (long long)ours);
	}
	return true;
}

static bool
check_flag(const char *where, const char *name, bool own, const json_t *doc, struct problem *p)
{
	return json_is_true(json_object_get(doc, name)) == own ||
	       audit_breach(p, where, "what follows from the log", "\"%s\": %s", name,
		   own ? "false" : "true");
}

/* Who was established by agreeing with what is withheld now cannot be worked out any more. */
static bool
check_submitter(struct audit *a, const struct person *who, const json_t *counts, struct problem *p)
{
	char name[96], where[300], id[HEX32_SIZE];
	json_t *doc;
	bool done;

	hex_print(who->id, SHA256_SIZE, id);
	snprintf(name, sizeof(name), "submitters/%s.json", id);
	doc = audit_document(a, name, where, p);
	if (doc == NULL)
		return false;
	done = check_counts(
		   where, json_object_get(counts, id), json_object_get(doc, "submissions"), p) &&
	       check_flag(where, "trusted", who->trusted, doc, p) &&
	       check_flag(where, "suspended", who->suspended, doc, p) &&
	       (a->withheld_n > 0 || check_flag(where, "established", who->established, doc, p));
	json_decref(doc);
	a->submitters_n++;
	return done;
}

static bool
check_submitters(struct audit *a, struct problem *p)
{
	json_t *counts = count_states(a);
	const struct person *who;
	size_t at = 0;
	bool done = counts != NULL;

	while (done && (who = map_next(&a->book.persons, &at)) != NULL)
		done = check_submitter(a, who, counts, p);
	json_decref(counts);
	return done;
}

bool
audit_documents(struct audit *a, struct problem *p)
{
	for (size_t i = 0; i < a->suites.n; i++)
		if (!audit_board(a, a->suites.suites[i], p))
			return false;
	return audit_runs(a, p) && check_submitters(a, p);
}

bool
audit_documents_fit(struct audit *a, bool *fit, struct problem *p)
{
	char where[300];
	json_t *index = audit_document(a, "index.json", where, p);

	*fit = json_get_whole(index, "log_size") == (int64_t)a->checkpoint.size;
	json_decref(index);
	return index != NULL;
}
