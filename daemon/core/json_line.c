/* json_line.c — on which line of a document does the value stand that a JSON pointer names?
 * SPDX-License-Identifier: Apache-2.0
 *
 * For faults in files that people write. The document was read before, so that every value here
 * ends where JSON says; the end of the text is looked for all the same. */
#include <stdlib.h>
#include <string.h>

#include "gate_policy.h"

struct scan {
	const char *start, *at, *end;
};

static void
skip_blanks(struct scan *s)
{
	while (s->at < s->end && strchr(" \t\r\n,:", *s->at) != NULL)
		s->at++;
}

/* Pass a string whose first quote is next. */
static void
pass_string(struct scan *s)
{
	for (s->at++; s->at < s->end && *s->at != '"'; s->at++)
		s->at += *s->at == '\\' && s->end - s->at > 1;
	s->at += s->at < s->end;
}

static void
pass_value(struct scan *s)
{
	size_t depth = 0;

	skip_blanks(s);
	do {
		if (s->at >= s->end)
			return;
		if (*s->at == '"') {
			pass_string(s);
		} else {
			depth += *s->at == '{' || *s->at == '[';
			depth -= *s->at == '}' || *s->at == ']';
			s->at++;
			if (depth == 0 && strchr("}]", s->at[-1]) == NULL)
				while (s->at < s->end && strchr(" \t\r\n,]}", *s->at) == NULL)
					s->at++;
		}
	} while (depth > 0);
}

/* Does the string at s->at, with its quotes, spell this part of a pointer? Names with escapes in
 * the text are not looked for: their object's line is near enough. */
static bool
is_member(const struct scan *s, const char *part, size_t n)
{
	const char *at = s->at + 1;

	for (size_t i = 0; i < n; i++, at++) {
		char c = part[i];

		if (c == '~' && i + 1 < n)
			c = part[++i] == '1' ? '/' : '~';
		if (at >= s->end || *at != c)
			return false;
	}
	return at < s->end && *at == '"';
}

/* Go to the member or element a part names, in the object or array at s->at. */
static bool
enter(struct scan *s, const char *part, size_t n)
{
	bool object = s->at < s->end && *s->at == '{';
	size_t left = object ? 0 : strtoul(part, NULL, 10);

	if (s->at >= s->end || (!object && *s->at != '['))
		return false;
	for (s->at++;; left--) {
		skip_blanks(s);
		if (s->at >= s->end || *s->at == '}' || *s->at == ']')
			return false;
		if (object ? is_member(s, part, n) : left == 0)
			break;
		if (object)
			pass_string(s);
		pass_value(s);
	}
	if (object)
		pass_string(s);
	skip_blanks(s);
	return true;
}

size_t
json_line(const char *text, size_t n, const char *pointer)
{
	struct scan s = {.start = text, .at = text, .end = text + n};
	size_t line = 1;

	skip_blanks(&s);
	while (*pointer == '/') {
		size_t part_n = strcspn(++pointer, "/");
		struct scan deeper = s;

		if (!enter(&deeper, pointer, part_n))
			break;
		s = deeper;
		pointer += part_n;
	}
	for (const char *c = text; c < s.at; c++)
		line += *c == '\n';
	return line;
}
