/* shape.c — check an object against the table of its members.
 * SPDX-License-Identifier: Apache-2.0 */
#include "shape.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "crypto.h"
#include "encode.h"
#include "json.h"
#include "number.h"

#define PATH_ROOM 256
#define MAP_NAME_MAX 64
#define MAP_TEXT_MAX 1024

static bool check_value(const struct shape *row, const json_t *value, char *path, struct fault *f);

static const char *
type_word(const json_t *value)
{
	static const char *const words[] = {
	    [JSON_OBJECT] = "an object",
	    [JSON_ARRAY] = "an array",
	    [JSON_STRING] = "a string",
	    [JSON_INTEGER] = "an integer",
	    [JSON_REAL] = "a real number",
	    [JSON_TRUE] = "true",
	    [JSON_FALSE] = "false",
	    [JSON_NULL] = "null",
	};

	return words[json_typeof(value)];
}

static bool
wrong_type(const char *expected, const json_t *value, const char *path, struct fault *f)
{
	return fault_set(f, FAULT_WRONG_TYPE, path, expected, "%s", type_word(value));
}

static bool
check_length(const struct shape *row, size_t n, const char *unit, const char *path, struct fault *f)
{
	char expected[80];

	if ((double)n >= row->low && (double)n <= row->high)
		return true;
	snprintf(expected, sizeof(expected), "%.0f to %.0f %s", row->low, row->high, unit);
	return fault_set(f, (double)n > row->high ? FAULT_TOO_LONG : FAULT_OUT_OF_RANGE, path,
	    expected, "%zu", n);
}

/* Control characters are C0, DEL and, in UTF-8, C1 (U+0080 to U+009F). */
static bool
check_characters(const json_t *value, bool lines, const char *path, struct fault *f)
{
	const unsigned char *s = (const unsigned char *)json_string_value(value);

	for (size_t i = 0; s[i] != 0; i++) {
		bool control = s[i] < 0x20 || s[i] == 0x7f;
		bool c1 = s[i] == 0xc2 && s[i + 1] >= 0x80 && s[i + 1] < 0xa0;

		if (lines && (s[i] == '\n' || s[i] == '\t'))
			continue;
		if (control || c1)
			return fault_set(f, FAULT_WRONG_FORM, path,
			    "text without control characters", "U+%04X at byte %zu",
			    c1 ? s[i + 1] : s[i], i);
	}
	return true;
}

static bool
check_text(const struct shape *row, const json_t *value, const char *path, struct fault *f)
{
	if (!json_is_string(value))
		return wrong_type("a string", value, path, f);
	return check_length(row, json_string_length(value), "bytes", path, f) &&
	       check_characters(value, row->type == SHAPE_TEXT, path, f);
}

static bool
check_whole(const struct shape *row, const json_t *value, const char *path, struct fault *f)
{
	char expected[80];
	json_int_t n;

	if (!json_is_integer(value))
		return wrong_type("an integer", value, path, f);
	n = json_integer_value(value);
	if (n < INTEGER_MAX && n > -INTEGER_MAX && (double)n >= row->low && (double)n <= row->high)
		return true;
	snprintf(expected, sizeof(expected), "an integer from %.0f to %.0f", row->low, row->high);
	return fault_set(f, FAULT_OUT_OF_RANGE, path, expected, "%lld", (long long)n);
}

static bool
check_real(const struct shape *row, const json_t *value, const char *path, struct fault *f)
{
	char low[REAL_SIZE], high[REAL_SIZE], got[REAL_SIZE], expected[96];
	double n;

	if (!json_is_number(value))
		return wrong_type("a number", value, path, f);
	n = json_number_value(value);
	if (isfinite(n) && n >= row->low && n <= row->high)
		return true;
	real_print(row->low, low);
	real_print(row->high, high);
	real_print(n, got);
	snprintf(expected, sizeof(expected), "a number from %s to %s", low, high);
	return fault_set(f, FAULT_OUT_OF_RANGE, path, expected, "%s", got);
}

/* The exact forms of DESIGN §12: what each is called, and whether a string has it. */
static bool
form_fits(enum shape_type type, const char *s)
{
	uint8_t bytes[SIGNATURE_SIZE];
	int64_t at;

	if (type == SHAPE_KEY)
		return base64_parse_exact(s, bytes, KEY_SIZE);
	if (type == SHAPE_SIGNATURE)
		return base64_parse_exact(s, bytes, SIGNATURE_SIZE);
	if (type == SHAPE_NONCE)
		return base64_parse_exact(s, bytes, NONCE_SIZE);
	if (type == SHAPE_DIGEST)
		return strlen(s) == 2 * SHA256_SIZE && hex_parse(s, bytes, SHA256_SIZE);
	if (type == SHAPE_COUNTER)
		return strlen(s) == 16 && hex_parse(s, bytes, 8);
	return time_parse(s, &at);
}

static bool
check_form(const struct shape *row, const json_t *value, const char *path, struct fault *f)
{
	static const char *const forms[] = {
	    [SHAPE_KEY] = "padded base64 of 32 bytes (a public key)",
	    [SHAPE_SIGNATURE] = "padded base64 of 64 bytes (a signature)",
	    [SHAPE_NONCE] = "padded base64 of 16 bytes (a nonce)",
	    [SHAPE_DIGEST] = "64 lower-case hex digits",
	    [SHAPE_COUNTER] = "16 lower-case hex digits",
	    [SHAPE_TIME] = "UTC time as YYYY-MM-DDTHH:MM:SSZ",
	};

	if (!json_is_string(value))
		return wrong_type(forms[row->type], value, path, f);
	if (!form_fits(row->type, json_string_value(value)))
		return fault_set(f, FAULT_WRONG_FORM, path, forms[row->type], "\"%.80s\"",
		    json_string_value(value));
	return true;
}

static bool
check_array(const struct shape *row, const json_t *value, char *path, struct fault *f)
{
	const json_t *element;
	size_t i;

	if (!json_is_array(value))
		return wrong_type("an array", value, path, f);
	if (!check_length(row, json_array_size(value), "elements", path, f))
		return false;
	json_array_foreach (value, i, element) {
		size_t old = pointer_push_index(path, PATH_ROOM, i);

		if (!check_value(row->of, element, path, f))
			return false;
		path[old] = 0;
	}
	return true;
}

static bool
map_value_fits(enum shape_type type, const json_t *value)
{
	if (type == SHAPE_TEXT_MAP)
		return json_is_string(value);
	if (type == SHAPE_REAL_MAP)
		return json_is_number(value);
	return json_is_string(value) || json_is_number(value) || json_is_boolean(value);
}

static bool
check_map(const struct shape *row, const json_t *value, char *path, struct fault *f)
{
	static const char *const words[] = {
	    [SHAPE_TEXT_MAP] = "a string",
	    [SHAPE_REAL_MAP] = "a number",
	    [SHAPE_SCALAR_MAP] = "a string, number or boolean",
	};
	static const struct shape text = {.type = SHAPE_TEXT, .low = 0, .high = MAP_TEXT_MAX};
	const char *name;
	json_t *element;

	if (!json_is_object(value))
		return wrong_type("an object", value, path, f);
	if (!check_length(row, json_object_size(value), "members", path, f))
		return false;
	json_object_foreach ((json_t *)value, name, element) {
		size_t old = pointer_push(path, PATH_ROOM, name);

		if (strlen(name) > MAP_NAME_MAX)
			return fault_set(f, FAULT_TOO_LONG, path,
			    "a member name of at most 64 bytes", "%zu", strlen(name));
		if (!map_value_fits(row->type, element))
			return wrong_type(words[row->type], element, path, f);
		if (json_is_string(element) && !check_text(&text, element, path, f))
			return false;
		path[old] = 0;
	}
	return true;
}

static const struct shape *
row_named(const struct shape *table, const char *name)
{
	for (; table->name != NULL; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

static bool
check_members(const struct shape *table, const json_t *object, char *path, struct fault *f)
{
	const struct shape *row;
	const char *name;
	json_t *value;

	if (!json_is_object(object))
		return wrong_type("an object", object, path, f);
	json_object_foreach ((json_t *)object, name, value) {
		size_t old = pointer_push(path, PATH_ROOM, name);

		row = row_named(table, name);
		if (row == NULL)
			return fault_set(f, FAULT_UNKNOWN_MEMBER, path,
			    "only the members this kind has; anything else goes into \"extra\"",
			    "\"%.80s\"", name);
		if (!check_value(row, value, path, f))
			return false;
		path[old] = 0;
	}
	for (row = table; row->name != NULL; row++)
		if (!row->optional && json_object_get(object, row->name) == NULL) {
			pointer_push(path, PATH_ROOM, row->name);
			return fault_set(f, FAULT_MISSING_MEMBER, path, "this member", "nothing");
		}
	return true;
}

static bool
check_value(const struct shape *row, const json_t *value, char *path, struct fault *f)
{
	if (row->nullable && json_is_null(value))
		return true;
	switch (row->type) {
	case SHAPE_TEXT:
	case SHAPE_NAME:
		return check_text(row, value, path, f);
	case SHAPE_WHOLE:
		return check_whole(row, value, path, f);
	case SHAPE_REAL:
		return check_real(row, value, path, f);
	case SHAPE_BOOL:
		return json_is_boolean(value) || wrong_type("true or false", value, path, f);
	case SHAPE_KEY:
	case SHAPE_SIGNATURE:
	case SHAPE_NONCE:
	case SHAPE_DIGEST:
	case SHAPE_COUNTER:
	case SHAPE_TIME:
		return check_form(row, value, path, f);
	case SHAPE_OBJECT:
		return check_members(row->of, value, path, f);
	case SHAPE_ARRAY:
		return check_array(row, value, path, f);
	case SHAPE_TEXT_MAP:
	case SHAPE_REAL_MAP:
	case SHAPE_SCALAR_MAP:
		return check_map(row, value, path, f);
	}
	return false;
}

bool
shape_check(const struct shape *table, const json_t *object, const char *path, struct fault *f)
{
	char pointer[PATH_ROOM];

	snprintf(pointer, sizeof(pointer), "%s", path);
	return check_members(table, object, pointer, f);
}
