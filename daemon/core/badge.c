/* badge.c — a small picture of one word.
 * SPDX-License-Identifier: Apache-2.0 */
#include "badge.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "text.h"

#define ABOUT_MAX 40
#define TITLE_MAX 200
#define MARGIN 7 /* units on either side of a text */

/* White text stands at least 4.5 : 1 from each (WCAG 2.1, 1.4.3). */
static const char *const colours[BADGE__MAX] = {
    [BADGE_GOOD] = "#1a7f37",
    [BADGE_BAD] = "#b42318",
    [BADGE_OPEN] = "#8a5a00",
    [BADGE_OFF] = "#57606a",
};

/* Controls, marks of direction (UAX #9), line and paragraph separators, and what is no character
 * of XML 1.0. */
static bool
is_shown(uint32_t c)
{
	return c >= ' ' && !(c >= 0x7f && c < 0xa0) && c != 0x61c &&
	       !(c >= 0x200b && c <= 0x200f) && !(c >= 0x2028 && c <= 0x202e) &&
	       !(c >= 0x2060 && c <= 0x206f) && c != 0xfeff && !(c >= 0xfff0 && c <= 0xfffb) &&
	       (c & 0xfffe) != 0xfffe;
}

static void
add_character(const char *s, size_t n, struct text *out)
{
	static const char marks[] = "&<>\"";
	static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;"};
	const char *mark = strchr(marks, *s);

	if (mark != NULL)
		text_add_str(out, names[mark - marks]);
	else
		text_add(out, s, n);
}

/* Append at most `most` characters, an ellipsis for the rest. Returns how many. */
static size_t
add_text(const char *s, size_t most, struct text *out)
{
	size_t n = strlen(s), shown = 0, step;
	uint32_t c;

	for (; n > 0; s += step, n -= step) {
		step = utf8_read(s, n, &c);
		if (step == 0) {
			step = 1;
			continue;
		}
		if (!is_shown(c))
			continue;
		if (shown == most) {
			text_add_str(out, "…");
			return shown + 1;
		}
		add_character(s, step, out);
		shown++;
	}
	return shown;
}

/* About the width of so many characters of a sans-serif at size 11; textLength makes it hold
 * whatever font there is. */
static size_t
width_of(size_t characters)
{
	return characters * 13 / 2 + 2;
}

static void
add_label(size_t x, size_t width, const char *escaped, struct text *out)
{
	text_addf(out,
	    "<text x=\"%zu\" y=\"14\" textLength=\"%zu\" "
	    "lengthAdjust=\"spacingAndGlyphs\">%s</text>\n",
	    x + MARGIN, width, escaped);
}

void
badge_print(
    const char *about, const char *word, enum badge_tone tone, const char *title, struct text *out)
{
	struct text left = {0}, right = {0};
	size_t left_width = width_of(add_text(about, ABOUT_MAX, &left));
	size_t right_width = width_of(add_text(word, ABOUT_MAX, &right));
	size_t split = left_width + 2 * MARGIN, width = split + right_width + 2 * MARGIN;

	text_add_str(&left, "");
	text_add_str(&right, "");
	text_addf(out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" height=\"20\" viewBox=\"0 0 "
	    "%zu 20\" role=\"img\" aria-labelledby=\"t\">\n<title id=\"t\">",
	    width, width);
	add_text(title, TITLE_MAX, out);
	text_addf(out,
	    "</title>\n<rect width=\"%zu\" height=\"20\" rx=\"3\" fill=\"#32383f\"/>\n"
	    "<path d=\"M%zu 0h%zua3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H%zuz\" fill=\"%s\"/>\n"
	    "<g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\" "
	    "aria-hidden=\"true\">\n",
	    width, split, width - split - 3, split, colours[tone]);
	add_label(0, left_width, left.data != NULL ? left.data : "", out);
	add_label(split, right_width, right.data != NULL ? right.data : "", out);
	text_add_str(out, "</g>\n</svg>\n");
	out->failed = out->failed || left.failed || right.failed;
	text_clear(&left);
	text_clear(&right);
}
