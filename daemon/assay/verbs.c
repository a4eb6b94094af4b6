/* verbs.c — the list of all verbs, and what they share.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "term.h"
#include "text.h"
#include "verb.h"

const struct verb *const verbs[] = {
    &verb_keygen,
    &verb_enrol,
    &verb_run,
    &verb_import,
    &verb_submit,
    &verb_status,
    &verb_verify,
    &verb_audit,
    &verb_export,
    &verb_retract,
    &verb_key,
    &verb_act,
    &verb_alias,
    &verb_price,
    &verb_gate,
    &verb_watch,
    &verb_invite,
    &verb_suites,
    &verb_hardware,
    &verb_doctor,
    &verb_help,
    NULL,
};

const struct flag common_flags[] = {
    {.name = "home",
	.value = "DIR",
	.help = "The folder with key, pinned server and spool, instead of $ASSAY_HOME or "
		"~/.local/share/assay."},
    {.name = "json", .help = "Print the result as one JSON document, and faults as JSON lines."},
    {.name = "help", .help = "Explain this verb."},
    {.name = NULL},
};

const struct verb *
verb_named(const char *name)
{
	for (const struct verb *const *v = verbs; *v != NULL; v++)
		if (strcmp((*v)->name, name) == 0)
			return *v;
	return NULL;
}

void
task_note(struct task *t, const char *fmt, ...)
{
	char *line = NULL;
	va_list list;

	va_start(list, fmt);
	if (vasprintf(&line, fmt, list) < 0)
		line = NULL;
	va_end(list);
	if (line == NULL)
		return;
	if (t->json) {
		json_array_append_new(t->notes, json_string(line));
	} else {
		term_note(stderr, "assay: note:", line);
	}
	free(line);
}

void
task_explain(struct task *t, const struct problem *p)
{
	enum exit_code code = problem_exit(p);

	explain(p, t->json, stderr);
	if (code > t->exit)
		t->exit = code;
}

json_t *
path_json(const char *path)
{
	struct text out = {0};
	size_t n = strlen(path), at = 0;
	json_t *value = NULL;

	while (at < n) {
		uint32_t point;
		size_t size = utf8_read(path + at, n - at, &point);

		text_add(&out, size ? path + at : "?", size ? size : 1);
		at += size ? size : 1;
	}
	if (!out.failed)
		value = json_string(out.data ? out.data : "");
	text_clear(&out);
	return value;
}

bool
task_no_memory(struct problem *p)
{
	return fault_set(&p->fault, FAULT_NO_MEMORY, "", "memory", "none left");
}
