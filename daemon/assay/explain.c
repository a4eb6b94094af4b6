/* explain.c — a fault in plain words: what, where, expected, got, what to do.
 * SPDX-License-Identifier: Apache-2.0 */
#include "explain.h"

#include <string.h>

#include "json.h"
#include "term.h"
#include "text.h"

/* A code this build does not know is judged by the answer's status alone. */
static bool
is_foreign(const struct problem *p)
{
	return p->fault.code == FAULT_NONE && p->status != 0;
}

enum exit_code
problem_exit(const struct problem *p)
{
	if (p->exit != 0)
		return p->exit;
	if (!is_foreign(p))
		return fault_info(p->fault.code)->exit_code;
	if (p->status == 408 || p->status == 429 || p->status >= 500)
		return EXIT_CODE_LATER;
	return EXIT_CODE_REFUSED;
}

bool
problem_is_passing(const struct problem *p)
{
	return problem_exit(p) == EXIT_CODE_LATER;
}

const char *
problem_code(const struct problem *p)
{
	if (is_foreign(p))
		return p->code[0] ? p->code : "unknown";
	return fault_info(p->fault.code)->name;
}

static const char *
title_of(const struct problem *p)
{
	if (is_foreign(p))
		return p->title[0] ? p->title : "The server refused and did not say why.";
	return fault_info(p->fault.code)->title;
}

static const char *
help_of(const struct problem *p)
{
	if (is_foreign(p))
		return p->help[0] ? p->help
				  : "A newer assay may know this refusal; else ask the operator.";
	return fault_info(p->fault.code)->help;
}

/* Cut at a UTF-8 boundary: half a character would make the whole string unprintable as JSON. */
static void
copy(char *out, size_t room, const char *from)
{
	size_t n = strlen(from);

	if (n >= room) {
		n = room - 1;
		while (n > 0 && ((unsigned char)from[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(out, from, n);
	out[n] = 0;
}

bool
problem_read(const json_t *doc, int status, struct problem *out)
{
	const char *code = json_get_text(doc, "code");

	memset(out, 0, sizeof(*out));
	out->status = status;
	if (!json_is_object(doc) || code[0] == 0)
		return false;
	out->fault.code = fault_named(code);
	copy(out->code, sizeof(out->code), code);
	copy(out->fault.path, sizeof(out->fault.path), json_get_text(doc, "pointer"));
	copy(out->fault.expected, sizeof(out->fault.expected), json_get_text(doc, "expected"));
	copy(out->fault.got, sizeof(out->fault.got), json_get_text(doc, "got"));
	copy(out->title, sizeof(out->title), json_get_text(doc, "title"));
	copy(out->help, sizeof(out->help), json_get_text(doc, "help"));
	copy(out->request_id, sizeof(out->request_id), json_get_text(doc, "request_id"));
	return true;
}

static void
add(json_t *object, const char *name, const char *value)
{
	if (value[0])
		json_object_set_new(object, name, json_string(value));
}

json_t *
problem_json(const struct problem *p)
{
	json_t *doc = json_pack("{s:s, s:s}", "code", problem_code(p), "title", title_of(p));

	if (doc == NULL)
		return NULL;
	add(doc, "pointer", p->fault.path);
	add(doc, "expected", p->fault.expected);
	add(doc, "got", p->fault.got);
	add(doc, "help", help_of(p));
	if (p->status)
		json_object_set_new(doc, "status", json_integer(p->status));
	if (p->retry_after_s)
		json_object_set_new(doc, "retry_after_s", json_integer(p->retry_after_s));
	add(doc, "request_id", p->request_id);
	json_object_set_new(doc, "exit_code", json_integer(problem_exit(p)));
	return doc;
}

static void
line(FILE *out, const char *word, const char *text)
{
	if (text[0] == 0)
		return;
	fprintf(out, "  %-9s ", word);
	term_say(out, text);
}

static void
explain_json(const struct problem *p, FILE *out)
{
	json_t *doc = problem_json(p);
	struct text printed = {0};

	if (doc != NULL)
		json_print(doc, &printed);
	if (printed.data != NULL && !printed.failed)
		fprintf(out, "%s\n", printed.data);
	text_clear(&printed);
	json_decref(doc);
}

void
explain(const struct problem *p, bool json, FILE *out)
{
	char later[80];

	if (json) {
		explain_json(p, out);
		return;
	}
	fprintf(out, "%sassay: ", term_bold(out));
	term_put(out, title_of(p));
	fprintf(out, "%s\n", term_plain(out));
	line(out, "where:", p->fault.path);
	line(out, "expected:", p->fault.expected);
	line(out, "got:", p->fault.got);
	fprintf(out, "  %-9s ", "do:");
	term_put(out, help_of(p));
	fprintf(out, " (%s)\n", problem_code(p));
	if (p->retry_after_s > 0) {
		snprintf(later, sizeof(later), "in %lld s, as the server asks",
		    (long long)p->retry_after_s);
		line(out, "when:", later);
	}
	line(out, "request:", p->request_id);
}
