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

void
problem_print(const struct fault *f, const char *request_id, struct text *out)
{
	const struct fault_info *info = fault_info(f->code);
	int status = info->http_status != 0 ? info->http_status : 500;
	json_t *object = json_object();
	char type[80];

	if (object == NULL) {
		out->failed = true;
		return;
	}
	snprintf(type, sizeof(type), "/problems#%s", info->name);
	set_text(object, "type", type);
	set_text(object, "title", info->title);
	json_object_set_new(object, "status", json_integer(status));
	set_text(object, "code", info->name);
	set_text(object, "detail", info->title);
	set_detail(object, f);
	set_text(object, "pointer", f->path);
	set_text(object, "expected", f->expected);
	set_text(object, "got", f->got);
	set_text(object, "help", info->help);
	set_text(object, "request_id", request_id);
	json_print(object, out);
	text_add_str(out, "\n");
	json_decref(object);
}
