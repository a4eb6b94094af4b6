/* llama_perplexity.c — logs of llama.cpp's llama-perplexity: perplexity, and KL divergence from a
 * base.
 * SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "glance.h"
#include "importer.h"
#include "json.h"
#include "number.h"
#include "text.h"

#define WORD_MAX_BYTES 1024

/* A log, line by line. */
struct log {
	const char *data;
	size_t n, at;
	size_t line;
	bool whole; /* the present line has its end */
	char *text; /* the present line, without NUL bytes; room for the longest */
};

/* What is read from it. */
struct reading {
	json_t *results;
	json_t *conditions;
	char build[24], commit[24]; /* "" if not told */
	char file[512];             /* base name of the weights; "" if not told */
	char type[64];              /* of the weights, as the loader prints it */
	int64_t rows_n;             /* chunks that have a row in the table */
	size_t perplexity_line;     /* of the final estimate; 0: none */
	size_t divergence_line;     /* of the mean KL divergence; 0: none */
};

/* One line of the statistics. What stands behind the label is the value, then perhaps "± error",
 * then perhaps a unit. A label is looked for anywhere in its line: the two streams of the tool may
 * run into each other. */
static const struct statistic {
	const char *label; /* blanks stand for any number of blanks */
	const char *metric;
} statistics[] = {
    {"Final estimate: PPL =", "perplexity"},
    {"Mean PPL(Q) :", "perplexity"},
    {"Mean PPL(Q)/PPL(base) :", "perplexity_ratio"},
    {"Mean KLD:", "kl_divergence_mean"},
    {"Maximum KLD:", "kl_divergence_max"},
    {"99.9% KLD:", "kl_divergence_p999"},
    {"Median KLD:", "kl_divergence_median"},
    {"RMS Δp :", "delta_p_rms"},
    {"Same top p:", "same_top_token"},
};

static bool
next_line(struct log *l)
{
	const char *from = l->data + l->at, *end;
	size_t n;

	if (l->at >= l->n)
		return false;
	end = memchr(from, '\n', l->n - l->at);
	n = end != NULL ? (size_t)(end - from) : l->n - l->at;
	l->at += n + (end != NULL);
	l->whole = end != NULL;
	l->line++;
	for (size_t i = 0; i < n; i++)
		l->text[i] = from[i] != 0 ? from[i] : ' ';
	l->text[n] = 0;
	return true;
}

static bool
fault_at(const struct log *l, const char *expected, const char *got, struct fault *f)
{
	char where[32], clean[80];

	snprintf(where, sizeof(where), "%zu", l->line);
	utf8_clean(clean, sizeof(clean), got, strlen(got));
	return fault_set(f, FAULT_FILE_FORMAT, where, expected, "%s", clean);
}

/* Return what stands behind the label where it begins here, NULL if it does not. */
static const char *
behind_here(const char *s, const char *label)
{
	for (; *label != 0; label++) {
		if (*label == ' ') {
			while (*s == ' ')
				s++;
		} else if (*s++ != *label) {
			return NULL;
		}
	}
	return s;
}

static const char *
behind(const char *s, const char *label)
{
	for (; *s != 0; s++) {
		const char *rest = behind_here(s, label);

		if (rest != NULL)
			return rest;
	}
	return NULL;
}

/* Read a number up to a blank, '%' or the end of the line, and move *s behind it. */
static bool
take_real(const char **s, double *out)
{
	char number[40];
	size_t n;

	while (**s == ' ')
		++*s;
	n = strcspn(*s, " %\r\t");
	if (n == 0 || n >= sizeof(number))
		return false;
	memcpy(number, *s, n);
	number[n] = 0;
	*s += n;
	return real_parse(number, out);
}

static bool
take_whole(const char *s, json_int_t *out)
{
	char *end;

	if (!isdigit((unsigned char)*s))
		return false;
	*out = strtoll(s, &end, 10);
	return end - s < 12;
}

/* ---- lines ---- */

static bool
add_result(
    struct reading *r, const struct log *l, const char *metric, const char *rest, struct fault *f)
{
	const char *number = rest, *error;
	double value, se;
	json_t *result;

	if (!l->whole)
		return fault_at(l, "a whole line", "the end of the file in it", f);
	if (!take_real(&rest, &value))
		return fault_at(l, "a number behind the name of the statistic", number, f);
	result = json_pack("{s:s, s:f, s:i, s:O}", "metric", metric, "value", value, "n", 1,
	    "conditions", r->conditions);
	error = number = behind(rest, "±");
	if (error == NULL)
		error = number = behind(rest, "+/-");
	if (error != NULL && !take_real(&error, &se)) {
		json_decref(result);
		return fault_at(l, "a standard error behind ±", number, f);
	}
	if (error != NULL && se > 0)
		json_object_set_new(result, "se", json_real(se));
	return json_array_append_new(r->results, result) == 0 ||
	       fault_set(f, FAULT_NO_MEMORY, "", "memory for results", "none");
}

static bool
has_metric(const struct reading *r, const char *metric)
{
	return json_find_with(r->results, "metric", metric) != NULL;
}

/* The old builds print a percentile twice: the first line of a label counts. What marks a run is
 * there once. */
static bool
read_statistic(struct reading *r, const struct log *l, struct fault *f)
{
	for (size_t i = 0; i < sizeof(statistics) / sizeof(statistics[0]); i++) {
		const struct statistic *s = &statistics[i];
		const char *rest = behind(l->text, s->label);
		size_t *mark = i == 0                                         ? &r->perplexity_line
			       : strcmp(s->metric, "kl_divergence_mean") == 0 ? &r->divergence_line
									      : NULL;

		if (rest == NULL)
			continue;
		if (mark != NULL && *mark != 0)
			return fault_at(l, "the log of one run", "a second result", f);
		if (mark != NULL)
			*mark = l->line;
		return has_metric(r, s->metric) || add_result(r, l, s->metric, rest, f);
	}
	return true;
}

/* "… over 29 chunks, n_ctx=512, batch_size=2048, n_seq=4" */
static bool
read_head(struct reading *r, const struct log *l, struct fault *f)
{
	static const struct {
		const char *label, *condition;
	} rows[] = {{" over ", "chunks"}, {"n_ctx=", "n_ctx"}, {"batch_size=", "n_batch"},
	    {"n_seq=", "n_seq"}};
	json_int_t value;

	if (behind(l->text, "perplexity: calculating perplexity over ") == NULL &&
	    behind(l->text, "kl_divergence: computing over ") == NULL)
		return true;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *rest = behind(l->text, rows[i].label);

		if (rest == NULL && i > 1)
			continue;
		if (rest == NULL || !take_whole(rest, &value))
			return fault_at(
			    l, "\"over N chunks, n_ctx=N\"", rest != NULL ? rest : l->text, f);
		json_object_set_new(r->conditions, rows[i].condition, json_integer(value));
	}
	return true;
}

/* Copy up to one of the stops. */
static void
copy_word(char *out, size_t room, const char *from, const char *stops)
{
	utf8_clean(out, room, from, strcspn(from, stops));
}

static void
read_facts(struct reading *r, const struct log *l)
{
	const char *rest = behind_here(l->text, "build: ");
	json_int_t n;

	if (rest != NULL && r->build[0] == 0 && take_whole(rest, &n)) {
		snprintf(r->build, sizeof(r->build), "b%lld", (long long)n);
		rest = strchr(rest, '(');
		if (rest != NULL)
			copy_word(r->commit, sizeof(r->commit), rest + 1, ")");
	}
	rest = strstr(l->text, "llama_model_loader: loaded meta data");
	rest = rest != NULL ? behind(rest, " tensors from ") : NULL;
	if (rest != NULL && r->file[0] == 0) {
		char path[WORD_MAX_BYTES];
		char *end;

		snprintf(path, sizeof(path), "%s", rest);
		end = strstr(path, " (version ");
		if (end != NULL)
			*end = 0;
		copy_word(r->file, sizeof(r->file), base_name(path), "\r");
	}
	rest = behind_here(l->text, "print_info: file type = ");
	if (rest != NULL && r->type[0] == 0)
		copy_word(r->type, sizeof(r->type), rest, "\r");
	rest = behind(l->text, "system_info: n_threads = ");
	if (rest != NULL && take_whole(rest, &n) && n > 0)
		json_object_set_new(r->conditions, "n_threads", json_integer(n));
}

/* A row of the table a KL divergence run prints: "  12      23.3462 ±    1.3823 …". */
static void
read_row(struct reading *r, const struct log *l)
{
	const char *s = l->text + strspn(l->text, " ");
	size_t digits = strspn(s, "0123456789");
	json_int_t n;

	if (digits > 0 && s[digits] == ' ' && strstr(s, "±") != NULL && take_whole(s, &n) &&
	    n == r->rows_n + 1)
		r->rows_n = n;
}

/* ---- the draft ---- */

static json_t *
body_of(const struct reading *r)
{
	json_t *model = json_object(), *engine = json_pack("{s:s}", "name", "llama.cpp");

	if (r->file[0] != 0)
		json_object_set_new(model, "file", json_string(r->file));
	if (r->type[0] != 0)
		json_object_set_new(model, "quantization", json_string(r->type));
	if (r->build[0] != 0)
		json_object_set_new(engine, "version", json_string(r->build));
	if (r->commit[0] != 0)
		json_object_set_new(engine, "commit", json_string(r->commit));
	return json_pack("{s:o, s:o, s:{s:[]}, s:O}", "model", model, "engine", engine, "hardware",
	    "accelerators", "results", r->results);
}

static bool
add_draft(const struct reading *r, struct drafts *out, struct fault *f)
{
	struct draft *d = draft_add(out);

	if (d == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for a draft", "none");
	d->body = body_of(r);
	d->model_file = strdup(r->file);
	d->devices_unclear = true;
	d->wants_base = r->divergence_line > 0;
	return (d->body != NULL && d->model_file != NULL) ||
	       fault_set(f, FAULT_NO_MEMORY, "", "memory for a draft", "none");
}

static bool
check_whole(const struct log *l, const struct reading *r, struct fault *f)
{
	if (r->perplexity_line == 0 && r->divergence_line == 0)
		return fault_at(l,
		    "\"Final estimate: PPL =\" or \"Mean KLD:\": the whole log of a run "
		    "that succeeded, both its streams (2>&1)",
		    "the end of the file without either", f);
	if (r->perplexity_line > 0 && r->divergence_line > 0)
		return fault_at(l, "the log of one run", "a perplexity and a KL divergence", f);
	if (r->divergence_line > 0 && !has_metric(r, "same_top_token"))
		return fault_at(l, "\"Same top p:\", the last line of a KL divergence run",
		    "the end of the file", f);
	return true;
}

static bool
read_all(struct log *l, struct reading *r, struct fault *f)
{
	while (next_line(l)) {
		read_facts(r, l);
		read_row(r, l);
		if (!read_head(r, l, f) || !read_statistic(r, l, f))
			return false;
	}
	return check_whole(l, r, f);
}

static bool
read_log(const struct source *in, struct drafts *out, struct fault *f)
{
	struct log l = {.data = in->data, .n = in->n, .text = malloc(in->n + 1)};
	struct reading r = {.results = json_array(), .conditions = json_object()};
	bool done;

	memset(out, 0, sizeof(*out));
	done = (l.text != NULL && r.results != NULL && r.conditions != NULL) ||
	       fault_set(f, FAULT_NO_MEMORY, "", "memory for a log", "none");
	done = done && read_all(&l, &r, f);
	if (done && r.rows_n > 0 && json_object_get(r.conditions, "chunks") == NULL)
		json_object_set_new(r.conditions, "chunks", json_integer(r.rows_n));
	done = done && add_draft(&r, out, f);
	json_decref(r.results);
	json_decref(r.conditions);
	free(l.text);
	if (!done)
		drafts_clear(out);
	return done;
}

static bool
recognise(const struct glance *g)
{
	return g->kind == GLANCE_TEXT &&
	       (glance_contains(g, "Final estimate: PPL =") || glance_contains(g, "Mean    KLD:"));
}

const struct importer importer_llama_perplexity = {
    .name = "llama-perplexity",
    .summary = "llama.cpp's llama-perplexity: the log of a run, with or without --kl-divergence",
    .suite = "quantization",
    .recognise = recognise,
    .read = read_log,
    .media = "text/plain",
};
