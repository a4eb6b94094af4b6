/* glance.c — what a file looks like from outside.
 * SPDX-License-Identifier: Apache-2.0 */
#include "glance.h"

#include <string.h>

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *
skip_space(const char *s, const char *end)
{
	while (s < end && is_space(*s))
		s++;
	return s;
}

/* Return the place behind the text that begins here; the end if it does not end. */
static const char *
behind_text(const char *s, const char *end)
{
	for (s++; s < end; s++) {
		if (*s == '\\')
			s++;
		else if (*s == '"')
			return s + 1;
	}
	return end;
}

static void
add_key(struct glance *g, const char *name, size_t n, const char *value)
{
	if (g->keys_n < GLANCE_KEYS_MAX)
		g->keys[g->keys_n++] = (struct glance_key){name, n, value};
}

/* A text within the outermost object is a key if a colon follows. */
static const char *
pass_text(struct glance *g, const char *s, const char *end, size_t depth)
{
	const char *behind = behind_text(s, end), *colon = skip_space(behind, end), *value;

	if (depth == 1 && colon < end && *colon == ':' && behind - s >= 2) {
		value = skip_space(colon + 1, end);
		add_key(g, s + 1, (size_t)(behind - s) - 2, value < end ? value : NULL);
	}
	return behind;
}

/* Collect the keys of the object that begins here; return the place behind it. */
static const char *
pass_object(struct glance *g, const char *s, const char *end)
{
	size_t depth = 0;

	while (s < end) {
		char c = *s;

		if (c == '"') {
			s = pass_text(g, s, end, depth);
			continue;
		}
		s++;
		depth += c == '{' || c == '[';
		if ((c == '}' || c == ']') && --depth == 0)
			return s;
	}
	return end;
}

void
glance_at(const char *data, size_t n, struct glance *out)
{
	const char *s, *end = data + n;

	memset(out, 0, sizeof(*out));
	if (n >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		data += 3;
	out->data = data;
	out->n = (size_t)(end - data);
	s = skip_space(data, end);
	if (out->n >= 4 && memcmp(data, "PK\3\4", 4) == 0) {
		out->kind = GLANCE_ZIP;
	} else if (s < end && *s == '{') {
		s = skip_space(pass_object(out, s, end), end);
		out->kind = s < end && *s == '{' ? GLANCE_LINES : GLANCE_OBJECT;
	} else if (s < end && *s == '[') {
		s = skip_space(s + 1, end);
		if (s < end && *s == '{') {
			out->kind = GLANCE_ARRAY;
			pass_object(out, s, end);
		}
	}
}

void
glance_at_folder(const char *const *names, struct glance *out)
{
	memset(out, 0, sizeof(*out));
	out->kind = GLANCE_FOLDER;
	out->data = "";
	for (; *names != NULL; names++)
		add_key(out, *names, strlen(*names), NULL);
}

static const struct glance_key *
find(const struct glance *g, const char *name)
{
	for (size_t i = 0; i < g->keys_n; i++)
		if (g->keys[i].n == strlen(name) &&
		    memcmp(g->keys[i].name, name, g->keys[i].n) == 0)
			return &g->keys[i];
	return NULL;
}

bool
glance_has(const struct glance *g, const char *name)
{
	return find(g, name) != NULL;
}

bool
glance_begins(const struct glance *g, const char *name, char begin)
{
	const struct glance_key *key = find(g, name);

	return key != NULL && key->value != NULL && *key->value == begin;
}

bool
glance_inner_is(const struct glance *g, const char *name, const char *key, const char *text)
{
	const struct glance_key *outer = find(g, name), *found;
	struct glance inner;
	size_t n = strlen(text), left;

	if (outer == NULL || outer->value == NULL || *outer->value != '{')
		return false;
	memset(&inner, 0, sizeof(inner));
	pass_object(&inner, outer->value, g->data + g->n);
	found = find(&inner, key);
	if (found == NULL || found->value == NULL || *found->value != '"')
		return false;
	left = (size_t)(g->data + g->n - found->value);
	return left >= n + 2 && memcmp(found->value + 1, text, n) == 0 &&
	       found->value[n + 1] == '"';
}

bool
glance_is_records(const struct glance *g)
{
	return g->kind == GLANCE_OBJECT || g->kind == GLANCE_LINES || g->kind == GLANCE_ARRAY;
}

bool
glance_contains(const struct glance *g, const char *text)
{
	return memmem(g->data, g->n, text, strlen(text)) != NULL;
}

bool
glance_starts(const struct glance *g, const char *text)
{
	return g->n >= strlen(text) && memcmp(g->data, text, strlen(text)) == 0;
}
