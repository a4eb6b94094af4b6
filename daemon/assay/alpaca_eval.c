/* alpaca_eval.c — importer of AlpacaEval: annotations, and rows of its leaderboards.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draft_parts.h"
#include "glance.h"
#include "importer.h"
#include "json.h"
#include "mend.h"
#include "number.h"
#include "records.h"

#define SUITE "alpaca-eval"
#define NAME_MAX_BYTES 200
#define COLUMNS_MAX 32
#define SIDES_MAX 1000 /* every row looks through them */
#define LINE_MAX_BYTES 4096

static bool
no_memory(struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for an import", "none");
}

/* ---- annotations ---- */

/* The preferences for one model against one baseline, by one judge. */
struct side {
	const char *model, *baseline, *judge;
	double *points; /* 0: the baseline is better … 1: the model is */
	size_t n, room;
	int64_t failed;
};

struct sides {
	struct side *list;
	size_t n;
};

static struct side *
side_of(struct sides *s, const char *model, const char *baseline, const char *judge)
{
	struct side *more;

	for (size_t k = 0; k < s->n; k++)
		if (strcmp(s->list[k].model, model) == 0 &&
		    strcmp(s->list[k].baseline, baseline) == 0 &&
		    strcmp(s->list[k].judge, judge) == 0)
			return &s->list[k];
	more = realloc(s->list, (s->n + 1) * sizeof(*more));
	if (more == NULL)
		return NULL;
	s->list = more;
	s->list[s->n] = (struct side){.model = model, .baseline = baseline, .judge = judge};
	return &s->list[s->n++];
}

static bool
add_point(struct side *s, double point)
{
	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 1024;
		double *more = realloc(s->points, room * sizeof(*more));

		if (more == NULL)
			return false;
		s->points = more;
		s->room = room;
	}
	s->points[s->n++] = point;
	return true;
}

/* 1: the baseline is better, 2: the model; 0 in old files is a draw; null and NaN failed. */
static bool
read_preference(struct sides *sides, const struct record *r, struct fault *f)
{
	static const char *const names[] = {"generator_2", "generator_1", "annotator"};
	double preference = 0;
	enum real_kind kind = real_of(json_object_get(r->json, "preference"), &preference);
	struct side *s;

	for (size_t k = 0; k < 3; k++) {
		size_t n = strlen(json_get_text(r->json, names[k]));

		if ((n == 0 && k < 2) || n > NAME_MAX_BYTES)
			return record_fault(f, r, names[k], "a name of at most 200 bytes", "%s",
			    n == 0 ? "nothing" : "a longer one");
	}
	s = side_of(sides, json_get_text(r->json, names[0]), json_get_text(r->json, names[1]),
	    json_get_text(r->json, names[2]));
	if (s == NULL)
		return no_memory(f);
	if (sides->n > SIDES_MAX)
		return record_fault(f, r, names[0], "at most 1000 models in one file", "more");
	if (kind == REAL_ABSENT || kind == REAL_NOT_FINITE) {
		s->failed++;
		return true;
	}
	if (kind == REAL_OTHER || (preference != 0 && (preference < 1 || preference > 2)))
		return record_fault(
		    f, r, "preference", "a number from 1 to 2, or 0", "another value");
	return add_point(s, preference == 0 ? 0.5 : preference - 1) || no_memory(f);
}

/* Pairs of halves, as the tool's numpy adds: so that the last digits are the same. */
static double
sum_of(const double *x, size_t n)
{
	double eight[8] = {0}, sum = 0;
	size_t k, half;

	if (n < 8) {
		for (k = 0; k < n; k++)
			sum += x[k];
		return sum;
	}
	if (n > 128) {
		half = n / 2 - (n / 2) % 8;
		return sum_of(x, half) + sum_of(x + half, n - half);
	}
	for (k = 0; k + 8 <= n; k += 8)
		for (int i = 0; i < 8; i++)
			eight[i] += x[k + (size_t)i];
	sum = ((eight[0] + eight[1]) + (eight[2] + eight[3])) +
	      ((eight[4] + eight[5]) + (eight[6] + eight[7]));
	for (; k < n; k++)
		sum += x[k];
	return sum;
}

static double
error_of(const struct side *s, double mean)
{
	double *squares = malloc(s->n * sizeof(*squares)), sum;

	if (squares == NULL)
		return 0;
	for (size_t k = 0; k < s->n; k++)
		squares[k] = (s->points[k] - mean) * (s->points[k] - mean);
	sum = sum_of(squares, s->n);
	free(squares);
	return sqrt(sum / (double)(s->n - 1)) / sqrt((double)s->n);
}

static void
extra_count(struct draft *d, const char *name, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	draft_extra(d, name, text);
}

static struct draft *
begin(const struct source *in, struct drafts *out, const char *model, const char *judge,
    struct fault *f)
{
	struct draft *d = draft_begin(in, out, SUITE, "generator_2", f);

	if (d == NULL)
		return NULL;
	draft_file_name(d, model);
	draft_model_name(d, model);
	d->wants_judge = true;
	d->devices_unclear = true;
	if (judge[0] != 0)
		json_object_set_new(d->body, "judge", json_pack("{s:s}", "name", base_name(judge)));
	return d;
}

static bool
side_draft(const struct source *in, struct drafts *out, const struct side *s, struct fault *f)
{
	struct draft *d = begin(in, out, s->model, s->judge, f);
	json_t *conditions, *result;
	int64_t wins = 0, losses = 0;
	double mean;

	if (d == NULL)
		return false;
	conditions = json_pack("{s:s}", "baseline", base_name(s->baseline));
	for (size_t k = 0; k < s->n; k++) {
		wins += s->points[k] > 0.5;
		losses += s->points[k] < 0.5;
	}
	if (s->n > 0) {
		int64_t n = (int64_t)s->n;

		mean = sum_of(s->points, s->n) / (double)s->n;
		result = draft_result(d, "win_rate", conditions, 100 * mean, n);
		if (s->n > 1)
			json_object_set_new(result, "se", json_real(100 * error_of(s, mean)));
		draft_result(d, "discrete_win_rate", conditions,
		    ((double)wins + 0.5 * (double)(n - wins - losses)) / (double)n * 100, n);
		extra_count(d, "n_wins", wins);
		extra_count(d, "n_wins_base", losses);
		extra_count(d, "n_draws", n - wins - losses);
		extra_count(d, "n_total", n);
	}
	draft_result(d, "unparsable", conditions,
	    (double)s->failed / (double)(s->failed + (int64_t)s->n), s->failed + (int64_t)s->n);
	json_decref(conditions);
	return true;
}

static bool
read_annotations(const struct source *in, struct drafts *out, struct fault *f)
{
	struct records r = {0};
	struct sides sides = {0};
	bool done = records_read_python(in->data, in->n, &r, f);

	for (size_t k = 0; done && k < r.n; k++)
		done = read_preference(&sides, &r.list[k], f);
	for (size_t k = 0; done && k < sides.n; k++)
		done = side_draft(in, out, &sides.list[k], f);
	for (size_t k = 0; k < sides.n; k++)
		free(sides.list[k].points);
	free(sides.list);
	records_clear(&r);
	return done;
}

/* ---- leaderboards ---- */

/* A line cut into its columns; the first of the head has no name. */
struct row {
	char text[LINE_MAX_BYTES];
	const char *cells[COLUMNS_MAX];
	size_t n, line;
};

static bool
row_fault(const struct row *row, const char *expected, const char *got, struct fault *f)
{
	char where[24];

	snprintf(where, sizeof(where), "%zu", row->line);
	return fault_set(f, FAULT_FILE_FORMAT, where, expected, "%s", got);
}

static bool
cut(struct row *row, const char *line, size_t n, struct fault *f)
{
	char *s = row->text;

	row->n = 0;
	while (n > 0 && line[n - 1] == '\r')
		n--;
	if (n >= sizeof(row->text) || memchr(line, 0, n) != NULL || memchr(line, '"', n) != NULL)
		return row_fault(row, "a line of at most 4 KiB, without quotes", "another one", f);
	memcpy(s, line, n);
	s[n] = 0;
	for (;;) {
		char *comma = strchr(s, ',');

		if (row->n == COLUMNS_MAX)
			return row_fault(row, "at most 32 columns", "more", f);
		row->cells[row->n++] = s;
		if (comma == NULL)
			return true;
		*comma = 0;
		s = comma + 1;
	}
}

static const char *
cell(const struct row *head, const struct row *row, const char *name)
{
	for (size_t k = 1; k < head->n && k < row->n; k++)
		if (strcmp(head->cells[k], name) == 0)
			return row->cells[k];
	return "";
}

/* Add one result of a row, with its error where there is one. Empty cells are not told. */
static bool
row_result(struct draft *d, const struct row *head, const struct row *row, const char *metric,
    const char *error, struct fault *f)
{
	const char *text = cell(head, row, metric), *se_text = cell(head, row, error);
	double value, se, n = 0;
	json_t *result;
	char expected[80];

	if (text[0] == 0)
		return true;
	snprintf(expected, sizeof(expected), "numbers in the columns %s and n_total", metric);
	if (!real_parse(text, &value) || !real_parse(cell(head, row, "n_total"), &n) || n < 1 ||
	    n > 1e9)
		return row_fault(row, expected, text, f);
	result = draft_result(d, metric, NULL, value, (int64_t)n);
	if (result == NULL || se_text[0] == 0)
		return true;
	if (!real_parse(se_text, &se) || se < 0)
		return row_fault(row, "a standard error of at least 0", se_text, f);
	json_object_set_new(result, "se", json_real(se));
	return true;
}

static bool
row_draft(const struct source *in, struct drafts *out, const struct row *head,
    const struct row *row, struct fault *f)
{
	static const char *const told[] = {
	    "n_wins", "n_wins_base", "n_draws", "n_total", "mode", "avg_length"};
	struct draft *d;

	if (row->n != head->n || row->cells[0][0] == 0 || cell(head, row, "win_rate")[0] == 0)
		return row_fault(row, "a model's name, its win_rate and the other columns",
		    row->n != head->n ? "another number of columns" : "an empty cell", f);
	d = begin(in, out, row->cells[0], "", f);
	if (d == NULL)
		return false;
	for (size_t k = 0; k < sizeof(told) / sizeof(told[0]); k++)
		if (cell(head, row, told[k])[0] != 0)
			draft_extra(d, told[k], cell(head, row, told[k]));
	return row_result(d, head, row, "win_rate", "standard_error", f) &&
	       row_result(d, head, row, "discrete_win_rate", "", f) &&
	       row_result(d, head, row, "length_controlled_winrate", "lc_standard_error", f);
}

static bool
read_leaderboard(const struct source *in, struct drafts *out, struct fault *f)
{
	static const char mark[] = "\xef\xbb\xbf";
	struct row head = {.line = 0}, row = {.line = 0};
	size_t at = in->n >= 3 && memcmp(in->data, mark, 3) == 0 ? 3 : 0;
	bool done = true;

	while (done && at < in->n) {
		const char *line = in->data + at, *end = memchr(line, '\n', in->n - at);
		size_t n = end != NULL ? (size_t)(end - line) : in->n - at;

		at += n + 1;
		row.line++;
		if (row.line == 1) {
			head.line = 1;
			done = cut(&head, line, n, f);
		} else if (n > 0) {
			done = cut(&row, line, n, f) && row_draft(in, out, &head, &row, f);
		}
	}
	return done && (out->n > 0 || row_fault(&row, "rows behind the head", "none", f));
}

static bool
is_leaderboard(const struct glance *g)
{
	return glance_starts(g, ",win_rate,standard_error");
}

static bool
read(const struct source *in, struct drafts *out, struct fault *f)
{
	struct glance g;

	memset(out, 0, sizeof(*out));
	glance_at(in->data, in->n, &g);
	return is_leaderboard(&g) ? read_leaderboard(in, out, f) : read_annotations(in, out, f);
}

static bool
recognise(const struct glance *g)
{
	return is_leaderboard(g) ||
	       (g->kind == GLANCE_ARRAY && glance_has(g, "preference") &&
		   glance_has(g, "generator_1") && glance_has(g, "generator_2"));
}

static const char *
media_type(const char *data, size_t n)
{
	return n > 0 && data[0] == '[' ? "application/json" : "text/csv";
}

const struct importer importer_alpaca_eval = {
    .name = "alpaca-eval",
    .summary = "AlpacaEval's annotations.json, or rows of a leaderboard's CSV",
    .recognise = recognise,
    .read = read,
    .media_type = media_type,
};
