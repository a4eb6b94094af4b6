/* records.c — the objects of a JSON array or of JSON lines, each with its line in the file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "records.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "mend.h"

struct scan {
	const char *data;
	size_t n, at, line, depth_max;
	struct records *out;
	struct fault *f;
};

/* A walk over the text of one object, from key to key. It must do with text that is not JSON: it
 * serves to say where that begins. */
struct walk {
	const char *text;
	size_t n, at, depth, line;
};

struct key {
	const char *name;
	size_t n, at, line, depth; /* depth 1: of the outermost object */
};

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Return the place behind the string that begins at `at`; n if it does not end. */
static size_t
string_end(const char *s, size_t n, size_t at)
{
	for (at++; at < n; at++) {
		if (s[at] == '\\')
			at++;
		else if (s[at] == '"')
			return at + 1;
	}
	return n;
}

static bool
is_followed_by_colon(const struct walk *w)
{
	size_t at = w->at;

	while (at < w->n && is_space(w->text[at]))
		at++;
	return at < w->n && w->text[at] == ':';
}

static bool
next_key(struct walk *w, struct key *out)
{
	while (w->at < w->n) {
		size_t start = w->at;
		char c = w->text[w->at];

		if (c == '"') {
			w->at = string_end(w->text, w->n, w->at);
			if (w->depth == 0 || !is_followed_by_colon(w))
				continue;
			*out = (struct key){
			    w->text + start + 1, w->at - start - 2, start, w->line, w->depth};
			return true;
		}
		w->at++;
		w->line += c == '\n';
		w->depth += c == '{' || c == '[';
		w->depth -= w->depth > 0 && (c == '}' || c == ']');
	}
	return false;
}

/* Return the line where a member is, or where the last of its parents is that can be found. */
static size_t
line_of(const struct record *r, const char *key)
{
	struct walk w = {.text = r->text, .n = r->n, .line = r->line};
	size_t line = r->line, level = 1, n = strcspn(key, "\n");
	struct key found;

	while (next_key(&w, &found)) {
		if (found.depth < level)
			break;
		if (found.depth > level || found.n != n || memcmp(found.name, key, n) != 0)
			continue;
		line = found.line;
		if (key[n] == 0)
			break;
		key += n + 1;
		n = strcspn(key, "\n");
		level++;
	}
	return line;
}

bool
record_fault(struct fault *f, const struct record *r, const char *key, const char *expected,
    const char *got_fmt, ...)
{
	char path[160], got[256];
	va_list args;

	snprintf(
	    path, sizeof(path), "%zu: record %zu, key %.100s", line_of(r, key), r->number, key);
	for (char *c = path; *c; c++)
		*c = *c == '\n' ? '/' : *c;
	va_start(args, got_fmt);
	vsnprintf(got, sizeof(got), got_fmt, args);
	va_end(args);
	return fault_set(f, FAULT_FILE_FORMAT, path, expected, "%s", got);
}

static bool
scan_fault(const struct scan *s, const char *expected, const char *got)
{
	char path[80];

	snprintf(path, sizeof(path), "%zu: record %zu", s->line, s->out->n + 1);
	return fault_set(s->f, FAULT_FILE_FORMAT, path, expected, "%s", got);
}

/* Something that cannot stand here, quoted up to the end of its line. */
static bool
strange(const struct scan *s, const char *expected)
{
	size_t n = 0;
	char got[64];

	while (
	    s->at + n < s->n && n < 40 && s->data[s->at + n] != '\n' && s->data[s->at + n] != '\r')
		n++;
	snprintf(got, sizeof(got), "'%.*s'", (int)n, s->data + s->at);
	return scan_fault(s, expected, got);
}

static void
skip_space(struct scan *s)
{
	while (s->at < s->n && is_space(s->data[s->at])) {
		s->line += s->data[s->at] == '\n';
		s->at++;
	}
}

/* Tell which member the reader stumbled over: the last key before that place. */
static bool
syntax_fault(const struct scan *s, const struct record *r, const json_error_t *error)
{
	struct walk w = {.text = r->text, .n = r->n, .line = r->line};
	struct key found, last = {0};
	char path[256];
	int n;

	while (next_key(&w, &found) && (int)found.at < error->position)
		last = found;
	n = snprintf(
	    path, sizeof(path), "%zu: record %zu", r->line + (size_t)error->line - 1, r->number);
	if (last.name != NULL)
		snprintf(path + n, sizeof(path) - (size_t)n, ", key %.*s",
		    last.n < 100 ? (int)last.n : 100, last.name);
	return fault_set(s->f, FAULT_FILE_FORMAT, path,
	    "JSON (RFC 8259): each name once, numbers finite, text in UTF-8", "%s", error->text);
}

static bool
too_deep(const struct scan *s)
{
	char expected[60];

	snprintf(expected, sizeof(expected), "objects nested at most %zu deep", s->depth_max);
	return scan_fault(s, expected, "more");
}

/* Find the end of the object that begins here. */
static bool
object_end(struct scan *s, size_t *end, size_t *lines)
{
	size_t depth = 0, at = s->at;

	*lines = 0;
	while (at < s->n) {
		char c = s->data[at];

		if (c == '"') {
			at = string_end(s->data, s->n, at);
			continue;
		}
		at++;
		*lines += c == '\n';
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		if (depth > s->depth_max)
			return too_deep(s);
		if (depth == 0) {
			*end = at;
			return true;
		}
	}
	return scan_fault(s,
	    "the whole record: the file was cut off, or the tool was ended before it was done",
	    "the end of the file within this record");
}

static bool
add_record(struct scan *s, const struct record *r)
{
	size_t n = s->out->n;

	if ((n & (n - 1)) == 0) {
		struct record *more = realloc(s->out->list, (n ? 2 * n : 1) * sizeof(*more));

		if (more == NULL)
			return fault_set(s->f, FAULT_NO_MEMORY, "", "memory for records", "none");
		s->out->list = more;
	}
	s->out->list[s->out->n++] = *r;
	return true;
}

static bool
read_record(struct scan *s)
{
	struct record r = {.text = s->data + s->at, .line = s->line, .number = s->out->n + 1};
	json_error_t error;
	size_t end = 0, lines = 0;

	if (!object_end(s, &end, &lines))
		return false;
	r.n = end - s->at;
	r.json = json_loadb(r.text, r.n, JSON_REJECT_DUPLICATES, &error);
	if (r.json == NULL)
		return syntax_fault(s, &r, &error);
	if (!add_record(s, &r)) {
		json_decref(r.json);
		return false;
	}
	s->at = end;
	s->line += lines;
	return true;
}

static bool
array_cut_off(const struct scan *s, size_t found)
{
	if (found == 0)
		return scan_fault(s, "records, then ']'",
		    "a lone '[': the tool ended before its first record, see what it wrote to "
		    "stderr");
	return scan_fault(s, "']' behind the last record",
	    "the end of the file: the tool was ended before it was done");
}

/* Read behind '[' up to and with ']'. */
static bool
read_array(struct scan *s)
{
	size_t before = s->out->n;

	s->at++;
	skip_space(s);
	if (s->at < s->n && s->data[s->at] == ']') {
		s->at++;
		return true;
	}
	for (;;) {
		if (s->at < s->n && s->data[s->at] != '{')
			return strange(s, "'{', the begin of a record");
		if (s->at >= s->n)
			return array_cut_off(s, s->out->n - before);
		if (!read_record(s))
			return false;
		skip_space(s);
		if (s->at < s->n && s->data[s->at] == ']')
			break;
		if (s->at < s->n && s->data[s->at] != ',')
			return strange(s, "',' or ']' behind a record");
		s->at += s->at < s->n;
		skip_space(s);
	}
	s->at++;
	return true;
}

/* Only a plain begin is looked for; the tables of importers know their own formats better. */
static bool
read_values(struct scan *s)
{
	for (skip_space(s); s->at < s->n; skip_space(s)) {
		bool done;

		if (s->data[s->at] == '[')
			done = read_array(s);
		else if (s->data[s->at] == '{')
			done = read_record(s);
		else
			done = strange(
			    s, "a JSON array of records, or one record a line, and nothing else");
		if (!done)
			return false;
	}
	return s->out->n > 0 || scan_fault(s, "records", s->n == 0 ? "an empty file" : "none");
}

static bool
read_all(const char *data, size_t n, size_t depth_max, struct records *out, struct fault *f)
{
	static const char utf8_mark[] = "\xef\xbb\xbf";
	struct scan s = {
	    .data = data, .n = n, .line = 1, .depth_max = depth_max, .out = out, .f = f};

	if (n >= 3 && memcmp(data, utf8_mark, 3) == 0)
		s.at = 3;
	if (n >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0))
		return scan_fault(&s, "text in UTF-8",
		    "UTF-16, as PowerShell's > writes it: use `| Out-File -Encoding utf8` or cmd");
	return read_values(&s);
}

bool
records_read(const char *data, size_t n, struct records *out, struct fault *f)
{
	memset(out, 0, sizeof(*out));
	return read_all(data, n, JSON_DEPTH_MAX, out, f);
}

bool
records_read_python(const char *data, size_t n, struct records *out, struct fault *f)
{
	memset(out, 0, sizeof(*out));
	if (!mend(data, n, &out->mended, &n, f))
		return false;
	return read_all(out->mended ? out->mended : data, n, RECORDS_PYTHON_DEPTH, out, f);
}

void
records_clear(struct records *r)
{
	for (size_t i = 0; i < r->n; i++)
		json_decref(r->list[i].json);
	free(r->list);
	free(r->mended);
	memset(r, 0, sizeof(*r));
}
