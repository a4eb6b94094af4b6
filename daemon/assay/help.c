/* help.c — words about the verbs, made from their tables: --help and the overview.
 * SPDX-License-Identifier: Apache-2.0 */
#include "help.h"

#include <string.h>

#include "term.h"
#include "verb.h"

/* A name and its words, in two columns where the name is short. */
static void
row(FILE *out, const char *name, const char *words, int indent)
{
	int column = fprintf(out, "  %s", name);

	if (column + 2 > indent) {
		fputs("\n", out);
		column = 0;
	}
	column += fprintf(out, "%*s", indent - column, "");
	term_wrap(out, words, indent, column);
}

/* Paragraphs; one that begins with four blanks is a name and, behind two blanks, its words. */
static void
about(FILE *out, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		char line[1200], *words;

		snprintf(line, sizeof(line), "%.*s", (int)n, text);
		words = strncmp(line, "    ", 4) == 0 ? strstr(line + 4, "  ") : NULL;
		if (words != NULL) {
			*words++ = 0;
			row(out, line + 4, words + strspn(words, " "), 20);
		} else {
			term_wrap(out, line, 0, 0);
		}
		text += n + (text[n] == '\n');
	}
}

static void
show_flags(const struct flag *flag, FILE *out)
{
	char name[80];

	for (; flag != NULL && flag->name != NULL; flag++) {
		snprintf(name, sizeof(name), "--%s%s%s%s", flag->name, flag->value ? " " : "",
		    flag->value ? flag->value : "", flag->many ? " ..." : "");
		row(out, name, flag->help, 24);
	}
}

void
help_verb(const struct verb *verb, FILE *out)
{
	char code[8];

	fprintf(out, "assay %s — %s\n\nUsage: assay %s [OPTION]...%s%s\n\n", verb->name,
	    verb->summary, verb->name, verb->operands[0] ? " " : "", verb->operands);
	about(out, verb->about);
	fputs("\nOptions:\n", out);
	show_flags(verb->flags, out);
	show_flags(common_flags, out);
	fputs("\nExamples:\n", out);
	for (const struct example *e = verb->examples; e->command != NULL; e++) {
		fprintf(out, "  %s\n", e->command);
		term_wrap(out, e->says, 6, 0);
	}
	fputs("\nExit codes:\n", out);
	for (const struct exit_row *e = verb->exits; e->when != NULL; e++) {
		snprintf(code, sizeof(code), "%d", (int)e->code);
		row(out, code, e->when, 6);
	}
}

void
help_overview(FILE *out)
{
	fputs("assay — sign measurements of open models and send them to a log\n"
	      "\n"
	      "Usage: assay VERB [OPTION]... [OPERAND]...\n"
	      "\n"
	      "Verbs:\n",
	    out);
	for (const struct verb *const *v = verbs; *v != NULL; v++)
		row(out, (*v)->name, (*v)->summary, 12);
	fputs("\nassay VERB --help explains a verb, with examples and exit codes.\n", out);
}

static json_t *
flags_json(const struct flag *flag)
{
	json_t *list = json_array();

	for (; flag != NULL && flag->name != NULL; flag++) {
		json_t *told = json_pack(
		    "{s:s, s:b, s:s}", "name", flag->name, "many", flag->many, "help", flag->help);

		if (flag->value != NULL)
			json_object_set_new(told, "value", json_string(flag->value));
		json_array_append_new(list, told);
	}
	return list;
}

json_t *
help_json(const struct verb *verb)
{
	json_t *examples = json_array(), *exits = json_array(), *options = flags_json(verb->flags);
	json_t *common = flags_json(common_flags);

	json_array_extend(options, common);
	json_decref(common);
	for (const struct example *e = verb->examples; e->command != NULL; e++)
		json_array_append_new(
		    examples, json_pack("{s:s, s:s}", "command", e->command, "says", e->says));
	for (const struct exit_row *e = verb->exits; e->when != NULL; e++)
		json_array_append_new(
		    exits, json_pack("{s:i, s:s}", "code", (int)e->code, "when", e->when));
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "name", verb->name, "operands",
	    verb->operands, "summary", verb->summary, "about", verb->about, "options", options,
	    "examples", examples, "exit_codes", exits);
}
