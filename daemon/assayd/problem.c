/* problem.c — a fault as RFC 9457 problem+json.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "json.h"
#include "request.h"

/* Takes value. A member that is missing for want of memory spoils the whole. */
static void
set(json_t *object, const char *name, json_t *value, struct text *out)
{
	if (json_object_set_new(object, name, value) != 0)
		out->failed = true;
}

static void
set_text(json_t *object, const char *name, const char *value, struct text *out)
{
	if (value != NULL && value[0] != 0)
		set(object, name, json_string(value), out);
}

/* One sentence for people, from the same parts that the members hold for programs. */
static void
set_detail(json_t *object, const struct fault *f, struct text *out)
{
	struct text detail = {0};

	if (f->expected[0] == 0 || f->got[0] == 0)
		text_add_str(&detail, fault_info(f->code)->title);
	else if (f->path[0] != 0)
		text_addf(&detail, "At %s: expected %s, got %s.", f->path, f->expected, f->got);
	else
		text_addf(&detail, "Expected %s, got %s.", f->expected, f->got);
	out->failed = out->failed || detail.failed;
	set_text(object, "detail", detail.data, out);
	text_clear(&detail);
}

/* When it may be worth trying again: what fills up here empties within seconds, and the rules are
 * read at the start, sooner. */
#define RETRY_AFTER_S 2
#define RETRY_AFTER_STARTING_S 1

int
problem_status(const struct fault *f)
{
	int status = fault_info(f->code)->http_status;

	return status != 0 ? status : 500;
}

int
problem_retry_after_s(const struct fault *f)
{
	if (f->retry_after_s > 0)
		return f->retry_after_s;
	int status = problem_status(f);

	if (status != 429 && status != 503)
		return 0;
	return f->code == FAULT_STARTING ? RETRY_AFTER_STARTING_S : RETRY_AFTER_S;
}

/* What a line of a batch says in its body, an answer says in its head. */
static void
set_line(json_t *object, const struct fault *f, size_t line, struct text *out)
{
	int retry_after_s = problem_retry_after_s(f);

	set(object, "line", json_integer((json_int_t)line), out);
	if (retry_after_s > 0)
		set(object, "retry_after_s", json_integer(retry_after_s), out);
}

void
problem_print(const struct fault *f, const char *request_id, size_t line, struct text *out)
{
	const struct fault_info *info = fault_info(f->code);
	json_t *object = json_object();
	char type[80];

	snprintf(type, sizeof(type), "/problems#%s", info->name);
	set_text(object, "type", type, out);
	set_text(object, "title", info->title, out);
	set(object, "status", json_integer(problem_status(f)), out);
	set_text(object, "code", info->name, out);
	set_detail(object, f, out);
	set_text(object, "pointer", f->path, out);
	set_text(object, "expected", f->expected, out);
	set_text(object, "got", f->got, out);
	set_text(object, "help", info->help, out);
	set_text(object, "request_id", request_id, out);
	if (line > 0)
		set_line(object, f, line, out);
	if (!out->failed)
		json_print(object, out);
	text_add_str(out, "\n");
	json_decref(object);
}
