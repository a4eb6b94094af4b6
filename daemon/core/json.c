/* json.c — the one way the project prints JSON; members and pointers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include <stdio.h>
#include <string.h>

#include "number.h"

/* Bytes that are not UTF-8 become U+FFFD: whatever is quoted, the document stays readable. */
static size_t
print_wide(const char *s, size_t n, struct text *out)
{
	uint32_t point;
	size_t size = utf8_read(s, n, &point);

	if (size == 0) {
		text_add_str(out, "\xef\xbf\xbd");
		return 1;
	}
	text_add(out, s, size);
	return size;
}

static void
print_escape(unsigned char c, struct text *out)
{
	static const char *const words[] = {
	    ['\b'] = "\\b",
	    ['\t'] = "\\t",
	    ['\n'] = "\\n",
	    ['\f'] = "\\f",
	    ['\r'] = "\\r",
	    ['"'] = "\\\"",
	    ['<'] = "\\u003c",
	    ['\\'] = "\\\\",
	};

	if (words[c] != NULL)
		text_add_str(out, words[c]);
	else
		text_addf(out, "\\u%04x", c);
}

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<';
}

json_t *
json_read_printed(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	return value != NULL ? value
			     : json_loads(text, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
}

void
json_print_string(const char *s, size_t n, struct text *out)
{
	size_t at = 0;

	text_add_str(out, "\"");
	while (at < n) {
		size_t run = at;

		while (run < n && is_plain((unsigned char)s[run]))
			run++;
		text_add(out, s + at, run - at);
		at = run;
		if (at == n)
			break;
		if ((unsigned char)s[at] >= 0x80)
			at += print_wide(s + at, n - at, out);
		else
			print_escape((unsigned char)s[at++], out);
	}
	text_add_str(out, "\"");
}

/* `level` is -1 for the compact form, else how deep the line stands. */
static void
print_break(int level, struct text *out)
{
	if (level < 0)
		return;
	text_addf(out, "\n%*s", 2 * level, "");
}

static void print_value(const json_t *value, int level, struct text *out);

static void
print_array(const json_t *value, int level, struct text *out)
{
	int inner = level < 0 ? -1 : level + 1;
	const json_t *element;
	size_t i;

	text_add_str(out, "[");
	json_array_foreach (value, i, element) {
		text_add_str(out, i > 0 ? "," : "");
		print_break(inner, out);
		print_value(element, inner, out);
	}
	if (json_array_size(value) > 0)
		print_break(level, out);
	text_add_str(out, "]");
}

static void
print_object(const json_t *value, int level, struct text *out)
{
	int inner = level < 0 ? -1 : level + 1;
	bool first = true;
	const char *name;
	json_t *member;

	text_add_str(out, "{");
	json_object_foreach ((json_t *)value, name, member) {
		text_add_str(out, first ? "" : ",");
		first = false;
		print_break(inner, out);
		json_print_string(name, strlen(name), out);
		text_add_str(out, level < 0 ? ":" : ": ");
		print_value(member, inner, out);
	}
	if (!first)
		print_break(level, out);
	text_add_str(out, "}");
}

static void
print_value(const json_t *value, int level, struct text *out)
{
	char real[REAL_SIZE];

	switch (json_typeof(value)) {
	case JSON_OBJECT:
		print_object(value, level, out);
		break;
	case JSON_ARRAY:
		print_array(value, level, out);
		break;
	case JSON_STRING:
		json_print_string(json_string_value(value), json_string_length(value), out);
		break;
	case JSON_INTEGER:
		text_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		break;
	case JSON_REAL:
		real_print(json_real_value(value), real);
		text_add_str(out, real);
		break;
	case JSON_TRUE:
		text_add_str(out, "true");
		break;
	case JSON_FALSE:
		text_add_str(out, "false");
		break;
	case JSON_NULL:
		text_add_str(out, "null");
		break;
	}
}

void
json_print(const json_t *value, struct text *out)
{
	print_value(value, -1, out);
}

void
json_print_pretty(const json_t *value, struct text *out)
{
	print_value(value, 0, out);
}

const char *
json_get_text(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s != NULL ? s : "";
}

int64_t
json_get_whole(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

double
json_get_real(const json_t *object, const char *name)
{
	return json_number_value(json_object_get(object, name));
}

json_t *
json_find_with(const json_t *array, const char *member, const char *text)
{
	json_t *one;
	size_t i;

	json_array_foreach (array, i, one)
		if (strcmp(json_get_text(one, member), text) == 0)
			return one;
	return NULL;
}

/* The escape of a character in a JSON pointer, RFC 6901 §3; NULL if it needs none. */
static const char *
pointer_escape(char c)
{
	if (c == '~')
		return "~0";
	return c == '/' ? "~1" : NULL;
}

/* What a name begins with as a pointer spells it, and its bytes in the name: whole characters, so
 * that a pointer that is cut stays UTF-8 without half an escape. */
static size_t
pointer_piece(const char *name, size_t left, const char **piece, size_t *width)
{
	uint32_t point;
	size_t size = utf8_read(name, left, &point);
	const char *escape = pointer_escape(name[0]);

	size = size > 0 ? size : 1;
	*piece = escape != NULL ? escape : name;
	*width = escape != NULL ? 2 : size;
	return size;
}

size_t
pointer_push(char *path, size_t room, const char *name)
{
	size_t old = strlen(path), at = old, left = strlen(name), width, size;
	const char *piece;

	if (at + 1 >= room)
		return old;
	path[at++] = '/';
	for (; left > 0; name += size, left -= size) {
		size = 1;
		if ((unsigned char)*name < 0x80 && *name != '~' && *name != '/' && at + 1 < room) {
			path[at++] = *name;
			continue;
		}
		size = pointer_piece(name, left, &piece, &width);
		if (at + width >= room)
			break;
		memcpy(path + at, piece, width);
		at += width;
	}
	path[at] = 0;
	return old;
}

size_t
pointer_push_index(char *path, size_t room, size_t index)
{
	char name[24];

	snprintf(name, sizeof(name), "%zu", index);
	return pointer_push(path, room, name);
}

/* Tell whether the n bytes of a pointer's token, unescaped, are name. */
static bool
token_is(const char *token, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++, name++) {
		char c = token[i];

		if (c == '~') {
			if (i + 1 == n || (token[i + 1] != '0' && token[i + 1] != '1'))
				return false;
			c = token[++i] == '0' ? '~' : '/';
		}
		if (c != *name)
			return false;
	}
	return *name == 0;
}

static json_t *
find_member(const json_t *object, const char *token, size_t n)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)object, name, value) {
		if (token_is(token, n, name))
			return value;
	}
	return NULL;
}

static json_t *
find_element(const json_t *array, const char *token, size_t n)
{
	size_t index = 0;

	if (n == 0 || n > 9 || (n > 1 && token[0] == '0'))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (token[i] < '0' || token[i] > '9')
			return NULL;
		index = index * 10 + (size_t)(token[i] - '0');
	}
	return json_array_get(array, index);
}

json_t *
pointer_find(const json_t *value, const char *pointer)
{
	json_t *at = (json_t *)value;

	while (at != NULL && *pointer == '/') {
		const char *token = pointer + 1;
		size_t n = strcspn(token, "/");

		at = json_is_array(at) ? find_element(at, token, n) : find_member(at, token, n);
		pointer = token + n;
	}
	return *pointer == 0 ? at : NULL;
}
