/* audit_watches.c — do policies under watch say what follows from the log?
 * SPDX-License-Identifier: Apache-2.0 */
#include "audit_watches.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decision.h"
#include "encode.h"
#include "json.h"
#include "list.h"
#include "meeting.h"
#include "verb.h"

void
audit_watches_clear(struct audit_watches *w)
{
	for (size_t i = 0; i < w->n; i++) {
		watch_clear(&w->list[i].watch);
		json_decref(w->list[i].turns);
	}
	free(w->list);
	gate_evidence_clear(&w->evidence);
	memset(w, 0, sizeof(*w));
}

/* ---- leaf by leaf ---- */

static bool
begin_watch(struct audit_watches *w, const struct settled *s, const struct statement *st)
{
	struct watch_record *list = list_room(w->list, w->n, &w->room, sizeof(*list));
	struct fault f = {0};

	if (list == NULL)
		return false;
	w->list = list;
	list[w->n] = (struct watch_record){.ended_index = -1, .turns = json_array()};
	return list[w->n].turns != NULL && watch_begin(&list[w->n++].watch, s->id, s->index,
					       s->by->id, json_object_get(st->body, "policy"), &f);
}

static bool
judge_all(struct audit_watches *w, const struct audit *a, const struct leaf_in *in)
{
	struct suite_set suites;
	const struct watch_moment at = {.evidence = &w->evidence,
	    .suites = &suites,
	    .index = in->index,
	    .as_of_ms = w->as_of_ms,
	    .catalogue_changes = a->catalogue != w->evidence.catalogue};
	struct watch_leaf leaf = {0};
	bool done;

	if (w->n == 0)
		return true;
	done =
	    rules_suites(&a->rules, &a->suites, &suites) && watch_leaf_note(&leaf, in, w->as_of_ms);
	for (size_t i = 0; done && i < w->n; i++) {
		struct watch_record *r = &w->list[i];

		if (r->ended_index >= 0)
			continue;
		if (watch_ended(&r->watch, &a->book))
			r->ended_index = in->index;
		else if (watch_concerned(&r->watch, &leaf))
			done = watch_judge(&r->watch, &at, r->turns);
	}
	watch_leaf_clear(&leaf);
	free(suites.suites);
	return done;
}

static bool
observe(void *observer, const struct audit *a, const struct audit_leaf *l)
{
	struct audit_watches *w = observer;
	const struct settled *s = book_statement(&a->book, l->leaf.id);
	const struct leaf_in in = {
	    .st = &l->st, .index = (int64_t)l->index, .book = (struct book *)&a->book};
	bool stands = s != NULL && s->state != STATE_VOID;

	if (l->leaf.accepted_at_ms > w->as_of_ms)
		w->as_of_ms = l->leaf.accepted_at_ms;
	if (l->withheld)
		return true;
	w->evidence.log_size = (int64_t)l->index + 1;
	if (stands && l->st.kind == KIND_SUBMISSION &&
	    !gate_evidence_note(&w->evidence, s, &l->st, &a->suites, false))
		return false;
	if (stands && l->st.kind == KIND_PRICE &&
	    !gate_evidence_note_price(&w->evidence, s, &l->st))
		return false;
	if (stands && l->st.kind == KIND_WATCH && !begin_watch(w, s, &l->st))
		return false;
	if (!gate_evidence_rename(&w->evidence) || !judge_all(w, a, &in))
		return false;
	w->evidence.catalogue = a->catalogue;
	return true;
}

void
audit_watches_begin(struct audit *a, struct audit_watches *w)
{
	w->evidence.book = &a->book;
	a->observe = observe;
	a->observer = w;
}

/* ---- what is published of it ---- */

static bool
same_turns(const char *where, const json_t *own, const json_t *told, struct problem *p)
{
	size_t n = json_array_size(own), told_n = json_array_size(told);
	char place[400];

	if (n != told_n && !(n > 200 && told_n == 200))
		return audit_breach(
		    p, where, "every change that held, once", "%zu turns, not %zu", told_n, n);
	for (size_t i = 0; i < told_n; i++) {
		const json_t *ours = json_array_get(own, n - 1 - i);

		if (json_equal(ours, json_array_get(told, i)))
			continue;
		snprintf(place, sizeof(place), "%s turns/%zu", where, i);
		return audit_breach(p, place, "the change that follows from the log",
		    "another than that of leaf %lld to %s",
		    (long long)json_get_whole(ours, "turned_index"), json_get_text(ours, "to"));
	}
	return true;
}

/* What is not told yet. */
static bool
same_pending(const char *where, const struct watch_record *r, const json_t *told, struct problem *p)
{
	const struct watch *w = &r->watch;
	const json_t *pending = json_object_get(told, "pending");
	bool waits = r->ended_index < 0 && w->now != w->told;

	if (waits ? strcmp(json_get_text(pending, "result"), verdict_name(w->now)) == 0 &&
			json_get_whole(pending, "turned_index") == w->turned_index
		  : pending == NULL)
		return true;
	return audit_breach(p, where, waits ? verdict_name(w->now) : "nothing that waits",
	    "pending %s", pending != NULL ? json_get_text(pending, "result") : "nothing");
}

static bool
same_number(const char *where, const char *name, int64_t own, const json_t *told, struct problem *p)
{
	char expected[32];

	snprintf(expected, sizeof(expected), "%lld", (long long)own);
	return json_get_whole(told, name) == own ||
	       audit_breach(
		   p, where, expected, "\"%s\": %lld", name, (long long)json_get_whole(told, name));
}

static bool
compare(const char *where, const struct watch_record *r, const json_t *doc, struct problem *p)
{
	const struct watch *w = &r->watch;
	const json_t *told = json_object_get(doc, "watch");
	struct fault f = {0};

	if (!decision_agrees(told, w->rules, w->told, &f))
		return audit_breach(p, where, f.expected, "%s at %s", f.got, f.path);
	if (json_is_true(json_object_get(told, "ended")) != (r->ended_index >= 0))
		return audit_breach(
		    p, where, r->ended_index >= 0 ? "an end" : "one that stands", "the other");
	return same_number(where, "since_index", w->told_index, told, p) &&
	       same_number(where, "judged_index", w->judged_index, told, p) &&
	       same_pending(where, r, told, p) &&
	       same_turns(where, r->turns, json_object_get(doc, "turns"), p);
}

static bool
check_watch(struct audit *a, const struct watch_record *r, struct problem *p)
{
	char where[128], hex[HEX32_SIZE], *data = NULL;
	json_t *doc = NULL;
	size_t n;
	bool done;

	hex_print(r->watch.id, SHA256_SIZE, hex);
	snprintf(where, sizeof(where), "data/v1/watches/%s.json", hex);
	if (log_source_read(&a->source, where, false, &data, &n, p))
		doc = json_loadb(data, n, 0, NULL);
	free(data);
	if (doc == NULL && p->fault.code == FAULT_NONE)
		audit_breach(p, where, "a document in JSON", "something else");
	done = doc != NULL && compare(where, r, doc, p);
	json_decref(doc);
	return done;
}

bool
audit_watches_compare(struct audit *a, const struct audit_watches *w, struct problem *p)
{
	if (a->withheld_n > 0)
		return true;
	for (size_t i = 0; i < w->n; i++)
		if (!check_watch(a, &w->list[i], p))
			return false;
	return true;
}
