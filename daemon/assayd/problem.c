/* problem.c — a fault as RFC 9457 problem+json.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "json.h"
#include "request.h"

static void
set_text(json_t *object, const char *name, const char *value)
{
	if (value != NULL && value[0] != 0)
		json_object_set_new(object, name, json_string(value));
}

/* One sentence for people, from the same parts that the members hold for programs. */
static void
set_detail(json_t *object, const struct fault *f)
{
	struct text detail = {0};

	if (f->expected[0] == 0 || f->got[0] == 0)
		return;
	if (f->path[0] != 0)
		text_addf(&detail, "At %s: expected %s, got %s.", f->path, f->expected, f->got);
	else
		text_addf(&detail, "Expected %s, got %s.", f->expected, f->got);
	set_text(object, "detail", detail.data);
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
	int status = problem_status(f);

	if (status != 429 && status != 503)
		return 0;
	return f->code == FAULT_STARTING ? RETRY_AFTER_STARTING_S : RETRY_AFTER_S;
}

/* What a line of a batch says in its body, an answer says in its head. */
static void
set_line(json_t *object, const struct fault *f, size_t line)
{
	int retry_after_s = problem_retry_after_s(f);

	json_object_set_new(object, "line", json_integer((json_int_t)line));
	if (retry_after_s > 0)
		json_object_set_new(object, "retry_after_s", json_integer(retry_after_s));
}

void
problem_print(const struct fault *f, const char *request_id, size_t line, struct text *out)
{
	const struct fault_info *info = fault_info(f->code);
	json_t *object = json_object();
	char type[80];

	if (object == NULL) {
		out->failed = true;
		return;
	}
	snprintf(type, sizeof(type), "/problems#%s", info->name);
	set_text(object, "type", type);
	set_text(object, "title", info->title);
	json_object_set_new(object, "status", json_integer(problem_status(f)));
	set_text(object, "code", info->name);
	set_text(object, "detail", info->title);
	set_detail(object, f);
	set_text(object, "pointer", f->path);
	set_text(object, "expected", f->expected);
	set_text(object, "got", f->got);
	set_text(object, "help", info->help);
	set_text(object, "request_id", request_id);
	if (line > 0)
		set_line(object, f, line);
	json_print(object, out);
	text_add_str(out, "\n");
	json_decref(object);
}
