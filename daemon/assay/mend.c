/* mend.c — the JSON that Python writes, made into JSON.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mend.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

struct mending {
	const char *data;
	size_t n, at;
	size_t kept; /* up to here all is in out */
	size_t values, line;
	struct text out;
};

static const struct word {
	const char *from, *to;
} words[] = {
    {"NaN", "\"NaN\""},
    {"Infinity", "\"Infinity\""},
    {"-Infinity", "\"-Infinity\""},
    {"nan", "\"NaN\""},
    {"-nan", "\"NaN\""},
    {"inf", "\"Infinity\""},
    {"-inf", "\"-Infinity\""},
};

/* Put what was passed over, then to instead of the next n bytes. */
static void
replace(struct mending *m, size_t n, const char *to)
{
	text_add(&m->out, m->data + m->kept, m->at - m->kept);
	text_add_str(&m->out, to);
	m->at += n;
	m->kept = m->at;
}

static bool
is_word_part(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.';
}

static bool
pass_word(struct mending *m)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i].from);

		if (m->n - m->at < n || memcmp(m->data + m->at, words[i].from, n) != 0)
			continue;
		if (m->at + n < m->n && is_word_part(m->data[m->at + n]))
			continue;
		replace(m, n, words[i].to);
		return true;
	}
	return false;
}

/* Read \uXXXX; -1 if it is none. */
static long
escape_at(const struct mending *m, size_t at)
{
	long point = 0;

	if (m->n - at < 6 || m->data[at] != '\\' || m->data[at + 1] != 'u')
		return -1;
	for (size_t i = at + 2; i < at + 6; i++) {
		char c = m->data[i], low = (char)(c | 32);

		if (c >= '0' && c <= '9')
			point = point * 16 + (c - '0');
		else if (low >= 'a' && low <= 'f')
			point = point * 16 + (low - 'a' + 10);
		else
			return -1;
	}
	return point;
}

static void
pass_escape(struct mending *m)
{
	long point = escape_at(m, m->at), next;

	if (point < 0) {
		m->at += 2;
		return;
	}
	if (point >= 0xd800 && point < 0xdc00) {
		next = m->at + 6 < m->n ? escape_at(m, m->at + 6) : -1;
		if (next >= 0xdc00 && next < 0xe000) {
			m->at += 12;
			return;
		}
	}
	if (point == 0 || (point >= 0xd800 && point < 0xe000))
		replace(m, 6, "\\ufffd");
	else
		m->at += 6;
}

static void
pass_text(struct mending *m)
{
	m->at++;
	while (m->at < m->n && m->data[m->at] != '"') {
		if (m->data[m->at] == '\\') {
			pass_escape(m);
			continue;
		}
		m->line += m->data[m->at] == '\n';
		m->at++;
	}
	m->at += m->at < m->n;
}

static bool
too_many(const struct mending *m, struct fault *f)
{
	char line[24];

	snprintf(line, sizeof(line), "%zu", m->line);
	return fault_set(
	    f, FAULT_FILE_FORMAT, line, "at most 8 million values in one file", "more");
}

static bool
pass_all(struct mending *m, struct fault *f)
{
	while (m->at < m->n) {
		char c = m->data[m->at];

		if (c == '"') {
			pass_text(m);
			continue;
		}
		m->values += c == ',' || c == '[' || c == '{';
		if (m->values > MEND_VALUES_MAX)
			return too_many(m, f);
		if ((c == 'N' || c == 'I' || c == '-' || c == 'n' || c == 'i') && pass_word(m))
			continue;
		m->line += c == '\n';
		m->at++;
	}
	m->at = m->n;
	return true;
}

bool
mend(const char *data, size_t n, char **out, size_t *out_n, struct fault *f)
{
	struct mending m = {.data = data, .n = n, .line = 1};

	*out = NULL;
	*out_n = n;
	if (!pass_all(&m, f)) {
		text_clear(&m.out);
		return false;
	}
	if (m.kept == 0)
		return true;
	text_add(&m.out, data + m.kept, n - m.kept);
	*out_n = m.out.n;
	*out = text_take(&m.out);
	return *out != NULL || fault_set(f, FAULT_NO_MEMORY, "", "memory for a file", "none");
}

enum real_kind
real_of(const json_t *value, double *out)
{
	static const char *const unbounded[] = {"NaN", "Infinity", "-Infinity"};

	if (value == NULL || json_is_null(value))
		return REAL_ABSENT;
	if (json_is_number(value)) {
		*out = json_number_value(value);
		return REAL_FINITE;
	}
	for (size_t i = 0; json_is_string(value) && i < 3; i++)
		if (strcmp(json_string_value(value), unbounded[i]) == 0)
			return REAL_NOT_FINITE;
	return REAL_OTHER;
}
