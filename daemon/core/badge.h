/* badge.h — a small picture of one word, for READMEs and pages of others: SVG 1.1. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_BADGE_H
#define ASSAY_BADGE_H

struct text;

enum badge_tone { BADGE_GOOD, BADGE_BAD, BADGE_OPEN, BADGE_OFF, BADGE__MAX };

/* Append a badge: what it is about on the left, the word on the right. title is what a screen
 * reader says and a pointer shows. Text comes from strangers: it is cut to 40 characters (title
 * 200), markup is escaped, and what could change the direction or the lines of text is left out. No
 * script, no link, no font from elsewhere. */
void badge_print(
    const char *about, const char *word, enum badge_tone tone, const char *title, struct text *out);

#endif
