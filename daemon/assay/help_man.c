/* help_man.c — the manual page assay.1 in mdoc, from the verbs' tables.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "help.h"
#include "verb.h"

#define COLUMNS 76

/* Print text as roff takes it: a backslash and a leading dot or quote would be commands, and a
 * sentence begins a line. */
static void
put(FILE *out, const char *text)
{
	int column = 0;

	for (const char *c = text; *c; c++) {
		bool ends = c > text && c[-1] == '.';

		if (*c == '\n' || (*c == ' ' && (ends || column > COLUMNS - 12))) {
			fputs("\n", out);
			column = 0;
			continue;
		}
		if (column == 0 && (*c == '.' || *c == '\''))
			fputs("\\&", out);
		if (*c == '\\')
			fputs("\\e", out);
		else if (*c == '-')
			fputs("\\-", out);
		else
			putc(*c, out);
		column++;
	}
}

/* One argument of a macro. */
static void
quoted(FILE *out, const char *text)
{
	fputs("\"", out);
	for (; *text; text++) {
		if (*text == '"')
			fputs("\\(dq", out);
		else if (*text == '\\')
			fputs("\\e", out);
		else
			putc(*text, out);
	}
	fputs("\"", out);
}

/* A command stands on one line, whatever its length. */
static void
command(FILE *out, const char *text)
{
	for (; *text; text++)
		if (*text == '-')
			fputs("\\-", out);
		else
			putc(*text, out);
}

/* A line that begins with four blanks is a name and, behind two blanks, its words. */
static void
paragraph(FILE *out, char *line)
{
	char *words = strncmp(line, "    ", 4) == 0 ? strstr(line + 4, "  ") : NULL;

	if (words == NULL) {
		put(out, line);
		fputs("\n", out);
		return;
	}
	*words++ = 0;
	fputs(".Bl -tag -width Ds -compact\n.It ", out);
	put(out, line + 4);
	fputs("\n", out);
	put(out, words + strspn(words, " "));
	fputs("\n.El\n", out);
}

static void
paragraphs(FILE *out, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		char line[1200];

		snprintf(line, sizeof(line), "%.*s", (int)n, text);
		paragraph(out, line);
		text += n + (text[n] == '\n');
		if (*text)
			fputs(".Pp\n", out);
	}
}

static void
options(FILE *out, const struct flag *flag)
{
	for (; flag != NULL && flag->name != NULL; flag++) {
		fprintf(out, ".It Fl \\-%s", flag->name);
		if (flag->value != NULL) {
			fputs(" Ar ", out);
			quoted(out, flag->value);
		}
		fputs("\n", out);
		put(out, flag->help);
		fputs("\n", out);
	}
}

static void
verb_section(FILE *out, const struct verb *v)
{
	fprintf(out, ".Ss %s\n.Nm\n.Cm %s\n.Op Ar OPTION ...\n", v->name, v->name);
	if (v->operands[0]) {
		fputs(".Ar ", out);
		quoted(out, v->operands);
		fputs("\n", out);
	}
	fputs(".Pp\n", out);
	paragraphs(out, v->about);
	if (v->flags != NULL && v->flags->name != NULL) {
		fputs(".Bl -tag -width Ds\n", out);
		options(out, v->flags);
		fputs(".El\n", out);
	}
	fputs(".Pp\nExit codes:\n.Bl -tag -width Ds -compact\n", out);
	for (const struct exit_row *e = v->exits; e->when != NULL; e++) {
		fprintf(out, ".It %d\n", (int)e->code);
		put(out, e->when);
		fputs("\n", out);
	}
	fputs(".El\n", out);
}

static void
examples(FILE *out)
{
	const char *between = ".Sh EXAMPLES\n";

	for (const struct verb *const *v = verbs; *v != NULL; v++)
		for (const struct example *e = (*v)->examples; e->command != NULL; e++) {
			fputs(between, out);
			put(out, e->says);
			fputs("\n.Pp\n.Dl ", out);
			command(out, e->command);
			fputs("\n", out);
			between = ".Pp\n";
		}
	fputs(".Sh SEE ALSO\n.Xr assayd 8\n", out);
}

static void
environment(FILE *out)
{
	fputs(".Sh ENVIRONMENT\n"
	      ".Bl -tag -width ASSAY_SUITES\n"
	      ".It Ev ASSAY_HOME\n"
	      "The folder with key, pinned server and spool; default\n"
	      ".Pa $XDG_DATA_HOME/assay ,\n"
	      "else\n"
	      ".Pa ~/.local/share/assay .\n"
	      ".It Ev ASSAY_SUITES\n"
	      "The folder of suites.\n"
	      ".It Ev NO_COLOR\n"
	      "If set and not empty, nothing is printed in bold.\n"
	      ".It Ev https_proxy , http_proxy , no_proxy\n"
	      "Proxies, as curl takes them; never used for this machine itself.\n"
	      ".El\n",
	    out);
}

static void
files(FILE *out)
{
	fputs(".Sh FILES\n"
	      "In the folder of\n"
	      ".Ev ASSAY_HOME :\n"
	      ".Bl -tag -width server.json -compact\n"
	      ".It Pa key.pem\n"
	      "The private key, PKCS#8.\n"
	      ".It Pa server.json\n"
	      "The pinned server.\n"
	      ".It Pa spool/\n"
	      "Statements that are signed and not yet acknowledged;\n"
	      "ID.refused.json says why one was refused.\n"
	      ".It Pa sent/\n"
	      "Acknowledged statements, with the server's answers.\n"
	      ".It Pa imports/\n"
	      "What was signed from which file.\n"
	      ".El\n",
	    out);
}

void
help_man(FILE *out)
{
	fputs(".Dd November 23, 2026\n"
	      ".Dt ASSAY 1\n"
	      ".Os\n"
	      ".Sh NAME\n"
	      ".Nm assay\n"
	      ".Nd sign measurements of open models and send them to a log\n"
	      ".Sh SYNOPSIS\n"
	      ".Nm\n"
	      ".Ar VERB\n"
	      ".Op Ar OPTION ...\n"
	      ".Op Ar OPERAND ...\n"
	      ".Sh DESCRIPTION\n"
	      "Only the result is printed on standard output; everything else goes to\n"
	      "standard error.\n"
	      "Every verb takes these options:\n"
	      ".Bl -tag -width Ds\n",
	    out);
	options(out, common_flags);
	fputs(".El\n.Sh VERBS\n", out);
	for (const struct verb *const *v = verbs; *v != NULL; v++)
		verb_section(out, *v);
	environment(out);
	files(out);
	examples(out);
}
