/* term.h — the terminal: clean lines, a question, a progress bar.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_TERM_H
#define ASSAY_TERM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Print text and a line end. Whatever could move the cursor or change colours (control characters
 * but LF and TAB) is shown as '?', for text of others is shown too. */
void term_say(FILE *out, const char *text);

/* Print text the same way without a line end. */
void term_put(FILE *out, const char *text);

/* Print text the same way in lines of at most 80 columns, indented, with a line end; LF ends a
 * paragraph, and a word that is longer stands alone. column: where the line already stands. */
void term_wrap(FILE *out, const char *text, int indent, int column);

/* Print `head`, a blank and text in one line; on a terminal in lines of its width, the later ones
 * indented by two. */
void term_note(FILE *out, const char *head, const char *text);

/* Return the escape sequence if `out` is a terminal that takes colours (NO_COLOR is not set, TERM
 * is not dumb), else "". */
const char *term_bold(FILE *out);
const char *term_plain(FILE *out);

/* Tell whether a question can be asked: stdin and stderr are terminals. */
bool term_can_ask(void);

/* Ask on stderr; true for an answer that begins with y or Y. */
bool term_ask(const char *question);

/* A bar on stderr, drawn only on a terminal and at most ten times a second. Zero-initialise with
 * the label; total 0 means that the end is not known. progress_end() wipes it away;
 * NULL is none. */
struct progress {
	const char *label;
	const char *unit;
	uint64_t total;
	int64_t drawn_ms;
	bool drawn;
};

void progress_show(struct progress *p, uint64_t done);
void progress_end(struct progress *p);

#endif
