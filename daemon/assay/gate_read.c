/* gate_read.c — the evidence a gate judges by.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate_read.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "decision.h"
#include "file.h"
#include "json.h"

#define ENVELOPE_FILE_MAX_BYTES (1024 * 1024)

void
gate_reading_clear(struct gate_reading *r)
{
	gate_evidence_clear(&r->evidence);
	audit_clear(&r->audit);
	json_decref(r->found);
	memset(r, 0, sizeof(*r));
}

/* ---- the log ---- */

static void
note_decision(struct gate_reading *r, const struct statement *st)
{
	uint8_t question[SHA256_SIZE];

	decision_question(
	    json_get_text(st->body, "policy"), json_get_text(st->body, "candidate"), question);
	r->earlier_n += memcmp(question, r->question, SHA256_SIZE) == 0;
	if (memcmp(st->id, r->wanted, SHA256_SIZE) == 0)
		r->found = json_incref(st->body);
}

static bool
observe(void *observer, const struct audit *a, const struct audit_leaf *l)
{
	struct gate_reading *r = observer;
	const struct settled *s = book_statement(&a->book, l->leaf.id);

	if (l->withheld || s == NULL || s->state == STATE_VOID)
		return true;
	if (l->st.kind == KIND_DECISION)
		note_decision(r, &l->st);
	if (l->st.kind == KIND_PRICE)
		return gate_evidence_note_price(&r->evidence, s, &l->st);
	return l->st.kind != KIND_SUBMISSION ||
	       gate_evidence_note(&r->evidence, s, &l->st, &a->suites, false);
}

static bool
check_size(struct audit *a, uint64_t until, struct problem *p)
{
	char expected[64];

	a->until = until;
	if (until <= a->checkpoint.size)
		return true;
	snprintf(expected, sizeof(expected), "%llu leaves", (unsigned long long)until);
	return audit_breach(p, "log/checkpoint", expected, "%llu: this log is behind",
	    (unsigned long long)a->checkpoint.size);
}

bool
gate_read(const struct task *t, uint64_t until, struct gate_reading *r, struct problem *p)
{
	struct audit *a = &r->audit;

	a->observe = observe;
	a->observer = r;
	r->evidence.book = &a->book;
	if (!audit_open(t->args, args_text(t->args, "log"), a, p) || !audit_begin(a, p) ||
	    !check_size(a, until, p) || !audit_walk(a, p))
		return false;
	r->evidence.catalogue = a->catalogue;
	r->evidence.log_size = (int64_t)(until > 0 ? until : a->checkpoint.size);
	return gate_evidence_rename(&r->evidence) ||
	       fault_set(&p->fault, FAULT_NO_MEMORY, "", "memory for cells", "none");
}

/* ---- what is in no log ---- */

static bool
ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), end_n = strlen(end);

	return n >= end_n && strcmp(name + n - end_n, end) == 0;
}

/* Statements, and not what the runner writes beside them. */
static int
is_statement_file(const struct dirent *entry)
{
	const char *name = entry->d_name;

	return name[0] != '.' && ends_in(name, ".json") && !ends_in(name, ".refused.json") &&
	       !ends_in(name, ".answer.json") && !ends_in(name, ".receipt.json");
}

static bool
take_file(struct gate_reading *r, const char *path, size_t *taken, size_t *logged, struct fault *f)
{
	struct audit *a = &r->audit;
	struct statement st = {0};
	char *data = NULL;
	size_t n = 0;
	bool done = file_read(path, ENVELOPE_FILE_MAX_BYTES, &data, &n, f) &&
		    statement_open(data, n, &st, f);

	if (done && book_statement(&a->book, st.id) != NULL) {
		++*logged;
	} else if (done && st.kind == KIND_SUBMISSION) {
		done = gate_evidence_add_unpublished(
		    &r->evidence, &a->book, &st, a->log.origin, &a->suites, f);
		++*taken;
	}
	statement_clear(&st);
	free(data);
	return done;
}

/* The fault says where in the statement; say first in which file. */
static bool
in_file(struct fault *f, const char *path)
{
	struct fault inner = *f;
	char where[600];

	memset(f, 0, sizeof(*f));
	snprintf(where, sizeof(where), "%s%s%s", path, inner.path[0] != 0 ? " " : "", inner.path);
	return fault_set(f, inner.code, inner.code == FAULT_FILE ? inner.path : where,
	    inner.expected, "%s", inner.got);
}

bool
gate_read_folder(struct task *t, const char *folder, struct gate_reading *r, struct problem *p)
{
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, is_statement_file, alphasort);
	size_t taken = 0, logged = 0;
	bool done = true;

	if (n < 0)
		return fault_set(&p->fault, FAULT_FILE, folder,
		    "a folder of signed submissions, such as a spool", "%s", strerror(errno));
	for (int i = 0; i < n; i++) {
		char *path = path_join(folder, entries[i]->d_name);

		if (done && !take_file(r, path, &taken, &logged, &p->fault))
			done = in_file(&p->fault, path);
		free(path);
		free(entries[i]);
	}
	free(entries);
	if (done && logged > 0)
		task_note(t, "%zu in %s are in the log already, and count there", logged, folder);
	return done && (taken > 0 || fault_set(&p->fault, FAULT_FILE, folder,
					 "signed submissions that are in no log, ID.json", "none"));
}
