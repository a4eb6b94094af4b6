/* export.c — which submissions are exported, and what exporters share.
 * SPDX-License-Identifier: Apache-2.0 */
#include "export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "file.h"
#include "home.h"
#include "json.h"
#include "pin.h"
#include "spool.h"
#include "submission.h"
#include "suite_folder.h"

static bool
is_named(const struct args *a, const char *option, const char *value)
{
	size_t cursor = 0;
	const char *wanted = args_next(a, option, &cursor);
	bool found = wanted == NULL;

	for (; wanted != NULL && !found; wanted = args_next(a, option, &cursor))
		found = strcmp(wanted, value) == 0;
	return found;
}

static bool
is_wanted(const struct args *a, const char *id, const json_t *body)
{
	bool asked = a->operands_n < 2;

	for (size_t k = 1; k < a->operands_n; k++)
		asked = asked || strncmp(a->operands[k], id, strlen(a->operands[k])) == 0;
	return asked &&
	       is_named(a, "suite", json_get_text(json_object_get(body, "suite"), "name")) &&
	       is_named(a, "model", json_get_text(json_object_get(body, "model"), "name"));
}

static struct export_row *
add_row(struct export *e, const uint8_t id[SHA256_SIZE], json_t *body)
{
	struct export_row *row;

	if (e->n == e->room) {
		size_t room = e->room ? 2 * e->room : 16;
		struct export_row *more = realloc(e->rows, room * sizeof(*more));

		if (more == NULL)
			return NULL;
		e->rows = more;
		e->room = room;
	}
	row = &e->rows[e->n++];
	memset(row, 0, sizeof(*row));
	hex_print(id, SHA256_SIZE, row->id);
	row->body = json_incref(body);
	row->name = "";
	return row;
}

/* ---- the own spool ---- */

/* What this spool says is taken back, as an object of ids. Returns new. */
static json_t *
taken_back(const struct spool_list *list)
{
	json_t *ids = json_object();

	for (size_t k = 0; k < list->n; k++)
		if (list->entries[k].statement.kind == KIND_RETRACTION &&
		    list->entries[k].place != PLACE_REFUSED)
			json_object_set_new(ids,
			    json_get_text(list->entries[k].statement.body, "target"), json_true());
	return ids;
}

static bool
take_entry(struct export *e, const struct spool_entry *entry, const char *name, const json_t *gone)
{
	const json_t *body = entry->statement.body;
	bool retracted = json_object_get(gone, entry->id) != NULL;
	struct export_row *row;

	if (entry->statement.kind != KIND_SUBMISSION || !is_wanted(e->args, entry->id, body))
		return true;
	if ((entry->place == PLACE_REFUSED || retracted) && !args_has(e->args, "all")) {
		e->left_out++;
		return true;
	}
	row = add_row(e, entry->statement.id, entry->statement.body);
	if (row == NULL)
		return false;
	row->state = retracted ? state_name(STATE_RETRACTED) : place_name(entry->place);
	row->name = name;
	row->suite = submission_suite(body, e->local, NULL);
	return true;
}

static bool
read_spool(struct task *t, struct export *e, struct problem *p)
{
	struct home home = {0};
	struct spool_list list = {0};
	struct pin pin = {0};
	json_t *name, *gone;
	bool done = suite_folder_load(t->args, &e->local, &e->folder, &p->fault) &&
		    home_find(t->args, &home, &p->fault) && pin_load(&home, &pin, &p->fault) &&
		    spool_list(&home, true, &list, &p->fault);

	for (size_t k = 0; done && k < list.damaged_n; k++) {
		struct problem one = {.fault = list.damaged[k]};

		task_explain(t, &one);
	}
	snprintf(e->server, sizeof(e->server), "%s", pin.url);
	name = json_string(pin.name);
	json_object_set_new(e->names, "", name);
	gone = taken_back(&list);
	for (size_t k = 0; done && k < list.n; k++)
		done = take_entry(
			   e, &list.entries[k], pin.present ? json_string_value(name) : "", gone) ||
		       task_no_memory(p);
	json_decref(gone);
	spool_list_clear(&list);
	home_close(&home);
	return done;
}

/* ---- a log ---- */

static bool
observe(void *observer, const struct audit *a, const struct audit_leaf *l)
{
	struct export *e = observer;
	const struct settled *s = book_statement(&a->book, l->leaf.id);
	char id[HEX32_SIZE];

	if (l->withheld || s == NULL || s->state == STATE_VOID || s->by == NULL)
		return true;
	hex_print(s->by->id, SHA256_SIZE, id);
	if (l->st.kind == KIND_ENROLMENT)
		return json_object_set(e->names, id, json_object_get(l->st.body, "name")) == 0;
	hex_print(l->st.id, SHA256_SIZE, id);
	return l->st.kind != KIND_SUBMISSION || !is_wanted(e->args, id, l->st.body) ||
	       add_row(e, l->st.id, l->st.body) != NULL;
}

/* The state of a statement is what the end of the log says of it. */
static void
settle_rows(struct export *e)
{
	size_t kept = 0;

	for (size_t k = 0; k < e->n; k++) {
		struct export_row *row = &e->rows[k];
		uint8_t id[SHA256_SIZE];
		const struct settled *s;

		(void)!hex_parse(row->id, id, SHA256_SIZE);
		s = book_statement(&e->audit.book, id);
		if (s == NULL || s->withheld ||
		    (s->state != STATE_COUNTED && !args_has(e->args, "all"))) {
			e->left_out++;
			json_decref(row->body);
			continue;
		}
		row->state = state_name(s->state);
		hex_print(s->by->id, SHA256_SIZE, row->submitter);
		row->name = json_get_text(e->names, row->submitter);
		row->suite = submission_suite(row->body, &e->audit.suites, NULL);
		e->rows[kept++] = *row;
	}
	e->n = kept;
}

static bool
read_log(struct task *t, struct export *e, const char *from, struct problem *p)
{
	bool pinned = strcmp(from, "server") == 0;
	struct home home = {0};
	struct pin pin = {0};
	struct fault none = {0};
	bool done;

	/* Suites as files only add to what a log tells; without them it is exported all the same.
	 */
	(void)!suite_folder_load(t->args, &e->local, &e->folder, &none);
	e->audit.observe = observe;
	e->audit.observer = e;
	done = home_find(t->args, &home, &p->fault) && pin_load(&home, &pin, &p->fault) &&
	       audit_open(t->args, pinned ? NULL : from, &e->audit, p) &&
	       audit_begin(&e->audit, p) && audit_walk(&e->audit, p);
	if (pinned)
		snprintf(e->server, sizeof(e->server), "%s", pin.url);
	else if (strstr(from, "://") != NULL)
		snprintf(e->server, sizeof(e->server), "%s", from);
	home_close(&home);
	if (done)
		settle_rows(e);
	return done;
}

bool
export_read(struct task *t, struct export *e, struct problem *p)
{
	const char *from = args_text(t->args, "from");
	size_t n;
	bool done;

	e->args = t->args;
	e->names = json_object();
	done = from == NULL || strcmp(from, "spool") == 0 ? read_spool(t, e, p)
							  : read_log(t, e, from, p);
	for (n = strlen(e->server); n > 0 && e->server[n - 1] == '/'; n--)
		e->server[n - 1] = 0;
	return done;
}

void
export_clear(struct export *e)
{
	for (size_t k = 0; k < e->n; k++)
		json_decref(e->rows[k].body);
	free(e->rows);
	json_decref(e->names);
	suite_set_free(e->local);
	free(e->folder);
	audit_clear(&e->audit);
	memset(e, 0, sizeof(*e));
}

/* ---- shared by exporters ---- */

char *
export_suite_file(const struct export *e, const struct suite *suite, const char *name, size_t *n)
{
	const struct suite *local = suite != NULL && e->local != NULL
					? suite_find(e->local, suite->name, suite->version)
					: NULL;
	struct text path = {0};
	struct fault none = {0};
	char *data = NULL;

	*n = 0;
	if (local == NULL || memcmp(local->digest, suite->digest, SHA256_SIZE) != 0)
		return NULL;
	text_addf(&path, "%s/%s/%lld/%s", e->folder, suite->name, (long long)suite->version, name);
	if (!path.failed && !file_read(path.data, SUITE_FILE_MAX_BYTES, &data, n, &none))
		data = NULL;
	text_clear(&path);
	return data;
}

json_t *
export_suite_source(const struct export *e, const struct suite *suite)
{
	size_t n;
	char *data = export_suite_file(e, suite, "source.json", &n);
	json_t *source = data != NULL ? json_read_object(data, n, NULL) : NULL;

	free(data);
	return source;
}

void
export_path_part(const char *name, size_t n, struct text *out)
{
	static const char fit[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

	for (size_t k = 0; k < n; k++) {
		bool stays = strchr(fit, name[k]) != NULL && !(k == 0 && name[k] == '.');

		text_add(out, stays ? &name[k] : "_", 1);
	}
	if (n == 0)
		text_add_str(out, "unknown");
}

void
export_model_path(const char *model, struct text *out)
{
	const char *slash = strchr(model, '/');

	export_path_part(model, slash != NULL ? (size_t)(slash - model) : 0, out);
	text_add_str(out, "/");
	if (slash != NULL)
		model = slash + 1;
	export_path_part(model, strlen(model), out);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
export_conditions(const json_t *result, const char *between, struct text *out)
{
	json_t *conditions = json_object_get(result, "conditions"), *value;
	size_t n = json_object_size(conditions), k = 0;
	const char **names = calloc(n + 1, sizeof(*names)), *name;

	if (names == NULL) {
		out->failed = true;
		return;
	}
	json_object_foreach (conditions, name, value)
		names[k++] = name;
	qsort(names, n, sizeof(*names), by_text);
	for (k = 0; k < n; k++) {
		value = json_object_get(conditions, names[k]);
		text_addf(out, "%s%s=", k > 0 ? between : "", names[k]);
		if (json_is_string(value))
			text_add_str(out, json_string_value(value));
		else
			json_print(value, out);
	}
	free(names);
}
