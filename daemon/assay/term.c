/* term.c — the terminal: clean lines, a question, a progress bar.
 * SPDX-License-Identifier: Apache-2.0 */
#include "term.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define BAR_CELLS 24
#define BAR_FRAME 12 /* columns of a bar beside its label and cells; two of them for a ^C */
#define COLUMNS 80   /* of a terminal that does not tell */
#define DRAW_EVERY_MS 100
#define NOTE_INDENT 2

/* C1 control characters are U+0080 to U+009F, C2 80 to C2 9F in UTF-8. */
static size_t
control_length(const unsigned char *s)
{
	if ((s[0] < 0x20 && s[0] != '\n' && s[0] != '\t') || s[0] == 0x7f)
		return 1;
	if (s[0] == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f)
		return 2;
	return 0;
}

void
term_put(FILE *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s) {
		size_t n = control_length(s);

		putc(n ? '?' : *s, out);
		s += n ? n : 1;
	}
}

void
term_say(FILE *out, const char *text)
{
	term_put(out, text);
	putc('\n', out);
}

/* One word; returns its columns, a character of UTF-8 being one. */
static int
put_word(FILE *out, const char *word, size_t n)
{
	int columns = 0;

	for (size_t i = 0; i < n;) {
		size_t control = control_length((const unsigned char *)word + i);

		columns += control > 0 || ((unsigned char)word[i] & 0xc0) != 0x80;
		putc(control > 0 ? '?' : word[i], out);
		i += control > 0 ? control : 1;
	}
	return columns;
}

static int
word_columns(const char *word, size_t n)
{
	int columns = 0;

	for (size_t i = 0; i < n; i++)
		columns += ((unsigned char)word[i] & 0xc0) != 0x80;
	return columns;
}

static void
wrap(FILE *out, const char *text, int indent, int column, int columns)
{
	while (*text) {
		size_t n = strcspn(text, " \n");

		if (column > indent && column + 1 + word_columns(text, n) > columns) {
			fputs("\n", out);
			column = 0;
		}
		if (column == 0 && n > 0)
			column = fprintf(out, "%*s", indent, "");
		else if (column > indent && n > 0)
			column += fprintf(out, " ");
		column += put_word(out, text, n);
		text += n;
		if (*text == '\n') {
			fputs("\n", out);
			column = 0;
		}
		text += *text != 0;
	}
	if (column > 0)
		fputs("\n", out);
}

void
term_wrap(FILE *out, const char *text, int indent, int column)
{
	wrap(out, text, indent, column, COLUMNS);
}

static int
columns_of(FILE *out)
{
	struct winsize size = {0};

	return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
									     : COLUMNS;
}

void
term_note(FILE *out, const char *head, const char *text)
{
	term_put(out, head);
	if (isatty(fileno(out))) {
		wrap(out, text, NOTE_INDENT, word_columns(head, strlen(head)), columns_of(out));
	} else {
		putc(' ', out);
		term_say(out, text);
	}
}

static bool
takes_colour(FILE *out)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (no_color != NULL && no_color[0] != 0)
		return false;
	return isatty(fileno(out)) && term != NULL && strcmp(term, "dumb") != 0;
}

const char *
term_bold(FILE *out)
{
	return takes_colour(out) ? "\033[1m" : "";
}

const char *
term_plain(FILE *out)
{
	return takes_colour(out) ? "\033[0m" : "";
}

bool
term_can_ask(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

bool
term_ask(const char *question)
{
	char line[64] = "";

	fprintf(stderr, "%s [y/N] ", question);
	fflush(stderr);
	return fgets(line, sizeof(line), stdin) != NULL && tolower((unsigned char)line[0]) == 'y';
}

static int64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* How many cells there is room for in one line: a line that wraps cannot be wiped away. */
static int
cells_n(const struct progress *p)
{
	int room = columns_of(stderr) - BAR_FRAME - (int)strlen(p->label);

	if (room < 0)
		return 0;
	return room < BAR_CELLS ? room : BAR_CELLS;
}

static void
draw(const struct progress *p, uint64_t done)
{
	uint64_t part = done > p->total ? p->total : done;
	int full, cells = cells_n(p);

	if (p->total == 0) {
		fprintf(stderr, "\r%s  %llu %s ", p->label, (unsigned long long)done, p->unit);
		return;
	}
	full = (int)((double)part / (double)p->total * cells);
	fprintf(stderr, "\r%s  [%.*s%.*s] %3d %%", p->label, full, "########################",
	    cells - full, "........................", (int)((double)part / (double)p->total * 100));
}

void
progress_show(struct progress *p, uint64_t done)
{
	int64_t now = clock_ms();

	if (!isatty(STDERR_FILENO) || (p->drawn && now - p->drawn_ms < DRAW_EVERY_MS))
		return;
	draw(p, done);
	fflush(stderr);
	p->drawn = true;
	p->drawn_ms = now;
}

void
progress_end(struct progress *p)
{
	const char *term = getenv("TERM");

	if (p == NULL || !p->drawn)
		return;
	fputs(term != NULL && strcmp(term, "dumb") != 0 ? "\r\033[K" : "\n", stderr);
	fflush(stderr);
	p->drawn = false;
}
