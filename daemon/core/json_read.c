/* json_read.c — the strict reader of JSON from outside (RFC 8259).
 * SPDX-License-Identifier: Apache-2.0
 *
 * It makes jansson's values but does its own reading: jansson takes a byte at a time through
 * several calls, and this is where the server spends what it does not spend on signatures. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define OBJECT_EXPECTED "one JSON object (RFC 8259)"

struct reader {
	const char *start, *at, *end;
	int depth;
	struct text scratch; /* strings with escapes, and numbers, which must end in NUL */
	struct fault *f;
};

/* Fill the fault with where the reader stands. False, so that a reader may end with it. */
static bool
refuse(struct reader *r, enum fault_code code, const char *expected, const char *why)
{
	int line = 1;
	long column = 1;

	for (const char *c = r->start; c < r->at; c++) {
		column = *c == '\n' ? 1 : column + 1;
		line += *c == '\n';
	}
	return fault_set(r->f, code, "", expected, "line %d, column %ld: %s", line, column, why);
}

static bool
wrong(struct reader *r, const char *why)
{
	return refuse(r, FAULT_NOT_JSON, OBJECT_EXPECTED, why);
}

static bool
no_memory(struct reader *r)
{
	return fault_set(r->f, FAULT_NO_MEMORY, "", "memory for a JSON document", "none");
}

/* What a reader of values gives back after a refusal. */
static json_t *
nothing(bool refused)
{
	(void)refused;
	return NULL;
}

/* A value just made, unless there was no memory for it. */
static json_t *
made(struct reader *r, json_t *value)
{
	return value != NULL ? value : nothing(no_memory(r));
}

static void
skip_blanks(struct reader *r)
{
	while (
	    r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
		r->at++;
}

static bool
next_is(const struct reader *r, char c)
{
	return r->at < r->end && *r->at == c;
}

/* ---- strings ---- */

static bool
hex4(struct reader *r, uint32_t *out)
{
	*out = 0;
	if (r->end - r->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = *r->at++;

		*out <<= 4;
		if (c >= '0' && c <= '9')
			*out |= (uint32_t)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			*out |= (uint32_t)((c | 32) - 'a' + 10);
		else
			return false;
	}
	return true;
}

static void
add_utf8(struct text *t, uint32_t point)
{
	char out[4];
	size_t n = 0;

	if (point < 0x80) {
		out[n++] = (char)point;
	} else if (point < 0x800) {
		out[n++] = (char)(0xc0 | point >> 6);
		out[n++] = (char)(0x80 | (point & 63));
	} else if (point < 0x10000) {
		out[n++] = (char)(0xe0 | point >> 12);
		out[n++] = (char)(0x80 | (point >> 6 & 63));
		out[n++] = (char)(0x80 | (point & 63));
	} else {
		out[n++] = (char)(0xf0 | point >> 18);
		out[n++] = (char)(0x80 | (point >> 12 & 63));
		out[n++] = (char)(0x80 | (point >> 6 & 63));
		out[n++] = (char)(0x80 | (point & 63));
	}
	text_add(t, out, n);
}

/* Behind "\u": one character, or a pair of surrogates. */
static bool
read_unicode(struct reader *r)
{
	uint32_t point, low;

	if (!hex4(r, &point))
		return wrong(r, "four hex digits must follow \\u");
	if (point == 0)
		return wrong(r, "\\u0000 is not allowed");
	if (point >= 0xd800 && point < 0xdc00) {
		if (r->end - r->at < 2 || r->at[0] != '\\' || r->at[1] != 'u')
			return wrong(r, "half a surrogate pair");
		r->at += 2;
		if (!hex4(r, &low) || low < 0xdc00 || low > 0xdfff)
			return wrong(r, "half a surrogate pair");
		point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
	} else if (point >= 0xdc00 && point < 0xe000) {
		return wrong(r, "half a surrogate pair");
	}
	add_utf8(&r->scratch, point);
	return true;
}

static bool
read_escape(struct reader *r)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *found;

	if (r->at == r->end)
		return wrong(r, "the end, inside a string");
	if (*r->at == 'u') {
		r->at++;
		return read_unicode(r);
	}
	found = *r->at != 0 ? strchr(letters, *r->at) : NULL;
	if (found == NULL)
		return wrong(r, "no such escape");
	text_add(&r->scratch, &meant[found - letters], 1);
	r->at++;
	return true;
}

/* Pass over bytes that stand for themselves, whole UTF-8 characters only. */
static bool
skip_plain(struct reader *r)
{
	uint32_t point;
	size_t n;

	for (; r->at < r->end; r->at += n) {
		unsigned char c = (unsigned char)*r->at;

		if (c == '"' || c == '\\')
			return true;
		if (c < 0x20)
			return wrong(r, "a control character inside a string");
		n = c < 0x80 ? 1 : utf8_read(r->at, (size_t)(r->end - r->at), &point);
		if (n == 0)
			return wrong(r, "not UTF-8");
	}
	return wrong(r, "the end, inside a string");
}

/* Read a string from its opening quote. *s is borrowed: from the input if it has no escapes, else
 * from the scratch, until the next string. */
static bool
read_string(struct reader *r, const char **s, size_t *n)
{
	const char *from = ++r->at;
	bool escaped = false;

	r->scratch.n = 0;
	while (skip_plain(r)) {
		bool ends = *r->at == '"';

		if (ends && !escaped) {
			*s = from;
			*n = (size_t)(r->at++ - from);
			return true;
		}
		escaped = true;
		text_add(&r->scratch, from, (size_t)(r->at - from));
		r->at++;
		if (ends) {
			*s = r->scratch.data;
			*n = r->scratch.n;
			return !r->scratch.failed || no_memory(r);
		}
		if (!read_escape(r))
			return false;
		from = r->at;
	}
	return false;
}

/* ---- numbers ---- */

static size_t
count_digits(const struct reader *r, const char *at)
{
	const char *c = at;

	while (c < r->end && *c >= '0' && *c <= '9')
		c++;
	return (size_t)(c - at);
}

/* Find where a number ends by the grammar of RFC 8259 §6; false if it is none. */
static bool
scan_number(const struct reader *r, const char **end, bool *real)
{
	const char *at = r->at + (*r->at == '-');
	size_t n = count_digits(r, at);

	*real = false;
	if (n == 0 || (n > 1 && *at == '0'))
		return false;
	at += n;
	if (at < r->end && *at == '.') {
		n = count_digits(r, ++at);
		at += n;
		*real = true;
		if (n == 0)
			return false;
	}
	if (at < r->end && (*at | 32) == 'e') {
		at++;
		at += at < r->end && (*at == '+' || *at == '-');
		n = count_digits(r, at);
		at += n;
		*real = true;
		if (n == 0)
			return false;
	}
	*end = at;
	return true;
}

static json_t *
read_number(struct reader *r)
{
	const char *end;
	long long whole;
	double real;
	bool is_real;

	if (!scan_number(r, &end, &is_real))
		return nothing(wrong(r, "not a number"));
	r->scratch.n = 0;
	text_add(&r->scratch, r->at, (size_t)(end - r->at));
	if (r->scratch.failed)
		return nothing(no_memory(r));
	errno = 0;
	if (is_real) {
		real = strtod(r->scratch.data, NULL);
		if (!isfinite(real))
			return nothing(wrong(r, "a number too large for a double"));
		r->at = end;
		return made(r, json_real(real));
	}
	whole = strtoll(r->scratch.data, NULL, 10);
	if (errno == ERANGE)
		return nothing(wrong(r, "an integer too large for 64 bits"));
	r->at = end;
	return made(r, json_integer(whole));
}

/* ---- values ---- */

static json_t *read_value(struct reader *r);

static json_t *
read_word(struct reader *r, const char *word, json_t *value)
{
	size_t n = strlen(word);

	if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0)
		return nothing(wrong(r, "no such word"));
	r->at += n;
	return value;
}

static bool
enter(struct reader *r)
{
	if (++r->depth > JSON_DEPTH_MAX)
		return refuse(
		    r, FAULT_TOO_DEEP, "at most 16 levels of objects and arrays", "a 17th");
	r->at++;
	skip_blanks(r);
	return true;
}

/* Behind an element or member: on to the next (true), or at the end (false), or neither (fault). */
static bool
separated(struct reader *r, char end, bool *done)
{
	skip_blanks(r);
	if (next_is(r, end)) {
		r->at++;
		r->depth--;
		*done = true;
		return false;
	}
	if (!next_is(r, ','))
		return wrong(r, end == '}' ? "',' or '}' is missing" : "',' or ']' is missing");
	r->at++;
	skip_blanks(r);
	return true;
}

static bool
read_element(struct reader *r, json_t *array)
{
	json_t *value = read_value(r);

	if (value == NULL)
		return false;
	return json_array_append_new(array, value) == 0 || no_memory(r);
}

static json_t *
read_array(struct reader *r)
{
	json_t *array = json_array();
	bool done = false;

	if (array == NULL)
		return nothing(no_memory(r));
	if (!enter(r)) {
		json_decref(array);
		return NULL;
	}
	if (next_is(r, ']'))
		(void)!separated(r, ']', &done);
	else
		while (read_element(r, array) && separated(r, ']', &done))
			continue;
	if (done)
		return array;
	json_decref(array);
	return NULL;
}

/* A name is kept beside the input while its value is read: long ones, and ones with escapes. */
static bool
keep_name(struct reader *r, const char *s, size_t n, char **kept)
{
	*kept = NULL;
	if (s != r->scratch.data)
		return true; /* it stands in the input */
	*kept = malloc(n + 1);
	if (*kept == NULL)
		return no_memory(r);
	memcpy(*kept, s, n);
	return true;
}

static json_t *
read_member_value(struct reader *r)
{
	skip_blanks(r);
	if (!next_is(r, ':'))
		return nothing(wrong(r, "':' is missing"));
	r->at++;
	skip_blanks(r);
	return read_value(r);
}

static bool
read_member(struct reader *r, json_t *object)
{
	size_t before = json_object_size(object), n;
	json_t *value;
	const char *s, *behind;
	char *kept;
	bool done;

	if (!next_is(r, '"'))
		return wrong(r, "a member's name is missing");
	if (!read_string(r, &s, &n) || !keep_name(r, s, n, &kept))
		return false;
	behind = r->at;
	value = read_member_value(r);
	done =
	    value != NULL &&
	    (json_object_setn_new_nocheck(object, kept ? kept : s, n, value) == 0 || no_memory(r));
	free(kept);
	if (!done || json_object_size(object) > before)
		return done;
	r->at = behind;
	return refuse(r, FAULT_DUPLICATE_MEMBER, "each member name once in an object",
	    "a name that was there before");
}

static json_t *
read_object(struct reader *r)
{
	json_t *object = json_object();
	bool done = false;

	if (object == NULL)
		return nothing(no_memory(r));
	if (!enter(r)) {
		json_decref(object);
		return NULL;
	}
	if (next_is(r, '}'))
		(void)!separated(r, '}', &done);
	else
		while (read_member(r, object) && separated(r, '}', &done))
			continue;
	if (done)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *
read_text(struct reader *r)
{
	const char *s;
	size_t n;

	return read_string(r, &s, &n) ? made(r, json_stringn_nocheck(s, n)) : NULL;
}

static json_t *
read_value(struct reader *r)
{
	if (r->at == r->end)
		return nothing(wrong(r, "the end, where a value should be"));
	if (*r->at == '{')
		return read_object(r);
	if (*r->at == '[')
		return read_array(r);
	if (*r->at == '"')
		return read_text(r);
	if (*r->at == 't')
		return read_word(r, "true", json_true());
	if (*r->at == 'f')
		return read_word(r, "false", json_false());
	if (*r->at == 'n')
		return read_word(r, "null", json_null());
	if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9'))
		return read_number(r);
	return nothing(wrong(r, "no JSON value begins so"));
}

json_t *
json_read_object(const char *data, size_t n, struct fault *f)
{
	struct reader r = {.start = data, .at = data, .end = data + n, .f = f};
	json_t *root = NULL;

	skip_blanks(&r);
	if (!next_is(&r, '{'))
		wrong(&r, r.at == r.end ? "nothing" : "no object");
	else
		root = read_object(&r);
	skip_blanks(&r);
	if (root != NULL && r.at != r.end) {
		wrong(&r, "something behind the object");
		json_decref(root);
		root = NULL;
	}
	text_clear(&r.scratch);
	return root;
}
