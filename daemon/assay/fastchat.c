/* fastchat.c — importers of FastChat's llm_judge: grades of single answers, and pairs of answers.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draft_parts.h"
#include "encode.h"
#include "glance.h"
#include "importer.h"
#include "json.h"
#include "mend.h"
#include "records.h"

#define NAME_MAX_BYTES 200
#define MODELS_MAX 1000 /* each with each judge; every row looks through them */

/* What the rows of one model, or one model against others, came to. The sides: of single grades
 * the first turn, the second, both; of pairs won, lost, tied. */
struct tally {
	const char *model, *judge;
	double sum[3];
	int64_t n[3];
	int64_t rows, failed; /* failed: no grade, or no verdict, could be read */
	double start_at;
	json_t *items;     /* question → [[sum, n] of each side] */
	json_t *opponents; /* names */
};

struct reading {
	const struct source *in;
	struct drafts *out;
	struct fault *f;
	const char *suite;
	struct tally *list;
	size_t n;
};

static bool
no_memory(struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for an import", "none");
}

/* MT-Bench has questions 81 to 160, Vicuna-Bench 1 to 80. */
static bool
check_question(struct reading *g, const struct record *r, bool pairs)
{
	int64_t id = json_get_whole(r->json, "question_id");
	const char *suite = id >= 81 && id <= 160 ? (pairs ? "mt-bench-pairwise" : "mt-bench")
			    : id >= 1 && id <= 80 && !pairs ? "vicuna-bench"
							    : NULL;

	if (suite == NULL)
		return record_fault(g->f, r, "question_id",
		    pairs ? "81 to 160 (MT-Bench)"
			  : "81 to 160 (MT-Bench) or 1 to 80 (Vicuna-Bench)",
		    "%lld", (long long)id);
	if (g->suite != NULL && strcmp(g->suite, suite) != 0)
		return record_fault(
		    g->f, r, "question_id", "questions of one benchmark", "%lld", (long long)id);
	g->suite = suite;
	return true;
}

static bool
check_name(const struct reading *g, const struct record *r, const char *key, const char *name)
{
	return (name[0] != 0 && strlen(name) <= NAME_MAX_BYTES) ||
	       record_fault(g->f, r, key, "a name of at most 200 bytes", "%s",
		   name[0] != 0 ? "a longer one" : "nothing");
}

static const char *
judge_of(const struct record *r)
{
	const char *judge = json_string_value(json_array_get(json_object_get(r->json, "judge"), 0));

	return judge != NULL ? judge : "";
}

/* NULL without memory, or where there are too many. */
static struct tally *
tally_of(struct reading *g, const struct record *r, const char *model, const char *judge)
{
	struct tally *t;

	for (size_t k = 0; k < g->n; k++)
		if (strcmp(g->list[k].model, model) == 0 && strcmp(g->list[k].judge, judge) == 0)
			return &g->list[k];
	if (g->n == MODELS_MAX) {
		record_fault(g->f, r, "model", "at most 1000 models in one file", "more");
		return NULL;
	}
	t = realloc(g->list, (g->n + 1) * sizeof(*t));
	if (t == NULL) {
		no_memory(g->f);
		return NULL;
	}
	g->list = t;
	t = &g->list[g->n++];
	memset(t, 0, sizeof(*t));
	t->model = model;
	t->judge = judge;
	t->items = json_object();
	t->opponents = json_object();
	return t;
}

/* Count one row of a question; kind < 0: it failed. */
static void
count(struct tally *t, const struct record *r, int kind, double value)
{
	char id[24];
	json_t *item;
	double at;

	t->rows++;
	if (real_of(json_object_get(r->json, "tstamp"), &at) == REAL_FINITE && at > 0 &&
	    (t->start_at == 0 || at < t->start_at))
		t->start_at = at;
	snprintf(id, sizeof(id), "%lld", (long long)json_get_whole(r->json, "question_id"));
	item = json_object_get(t->items, id);
	if (item == NULL) {
		item = json_pack("[[f,i],[f,i],[f,i]]", 0.0, 0, 0.0, 0, 0.0, 0);
		json_object_set_new(t->items, id, item);
	}
	if (kind < 0) {
		t->failed++;
		return;
	}
	t->sum[kind] += value;
	t->n[kind]++;
	item = json_array_get(item, (size_t)kind);
	json_real_set(json_array_get(item, 0), json_real_value(json_array_get(item, 0)) + value);
	json_integer_set(json_array_get(item, 1), json_integer_value(json_array_get(item, 1)) + 1);
}

/* ---- drafts ---- */

static json_t *
conditions_of(const struct tally *t, const char *baseline)
{
	json_t *conditions = json_object();

	if (json_object_size(t->items) != 80)
		json_object_set_new(
		    conditions, "questions", json_integer((json_int_t)json_object_size(t->items)));
	if (baseline != NULL && baseline[0] != 0)
		json_object_set_new(conditions, "baseline", json_string(baseline));
	return conditions;
}

static struct draft *
begin(struct reading *g, const struct tally *t)
{
	struct draft *d = draft_begin(g->in, g->out, g->suite, "question_id", g->f);
	char at[21];

	if (d == NULL)
		return NULL;
	draft_file_name(d, t->model);
	draft_model_name(d, t->model);
	d->wants_judge = true;
	d->devices_unclear = true;
	/* The tool's judge is asked at temperature 0 (fastchat/llm_judge/common.py). */
	json_object_set_new(d->body, "judge",
	    json_pack("{s:s, s:f}", "name", base_name(t->judge), "temperature", 0.0));
	moment_of_seconds(t->start_at, at);
	if (t->start_at > 0)
		set_text(d->body, "started_at", at);
	return d;
}

static json_t *
score_of(const json_t *item, int from, int to)
{
	double sum = 0;
	json_int_t n = 0;

	for (int k = from; k <= to; k++) {
		const json_t *side = json_array_get(item, (size_t)k);

		sum += json_real_value(json_array_get(side, 0));
		n += json_integer_value(json_array_get(side, 1));
	}
	return n > 0 ? json_real(sum / (double)n) : json_null();
}

/* Put the mean of each question over its sides from … to where the suite has it. */
static void
add_items(struct draft *d, const struct tally *t, const char *metric, int from, int to)
{
	json_t *items = json_object_get(d->body, "items"), *scores = json_array(), *item;
	char hex[HEX32_SIZE];
	const char *id;

	for (int64_t k = 0; k < d->suite->items_n; k++)
		json_array_append_new(scores, json_null());
	json_object_foreach (t->items, id, item) {
		int64_t place = suite_place(d->suite, "id", id);

		if (place >= 0 && place < d->suite->items_n)
			json_array_set_new(scores, (size_t)place, score_of(item, from, to));
	}
	if (items == NULL) {
		items = json_array();
		json_object_set_new(d->body, "items", items);
	}
	hex_print(d->suite->items_digest, SHA256_SIZE, hex);
	json_array_append_new(
	    items, json_pack("{s:s, s:s, s:o}", "metric", metric, "digest", hex, "scores", scores));
}

static void
add_failed(struct draft *d, const struct tally *t, const json_t *conditions)
{
	draft_result(d, "unparsable", conditions, (double)t->failed / (double)t->rows, t->rows);
}

/* As show_result.py: the average is over all rows of both turns, not of the turns' means. */
static bool
single_draft(struct reading *g, const struct tally *t)
{
	struct draft *d = begin(g, t);
	json_t *conditions;
	int64_t n = t->n[0] + t->n[1];

	if (d == NULL)
		return false;
	conditions = conditions_of(t, NULL);
	if (n > 0) {
		draft_result(d, "score", conditions, (t->sum[0] + t->sum[1]) / (double)n, n);
		add_items(d, t, "score", 0, 1);
	}
	if (t->n[0] > 0 && suite_metric(d->suite, "first_turn") != NULL) {
		draft_result(d, "first_turn", conditions, t->sum[0] / (double)t->n[0], t->n[0]);
		add_items(d, t, "first_turn", 0, 0);
	}
	if (t->n[1] > 0 && suite_metric(d->suite, "second_turn") != NULL) {
		draft_result(d, "second_turn", conditions, t->sum[1] / (double)t->n[1], t->n[1]);
		add_items(d, t, "second_turn", 1, 1);
	}
	add_failed(d, t, conditions);
	json_decref(conditions);
	return true;
}

/* The models it met, in order of their names. */
static void
opponents_of(const struct tally *t, char *out, size_t room)
{
	const char *before = "";
	size_t used = 0;

	out[0] = 0;
	for (size_t k = 0; k < json_object_size(t->opponents) && used < room; k++) {
		const char *next = NULL, *name;
		json_t *value;

		json_object_foreach (t->opponents, name, value)
			if (strcmp(name, before) > 0 && (next == NULL || strcmp(name, next) < 0))
				next = name;
		if (next == NULL)
			return;
		used +=
		    (size_t)snprintf(out + used, room - used, "%s%s", used > 0 ? " + " : "", next);
		before = next;
	}
}

static bool
pair_draft(struct reading *g, const struct tally *t)
{
	struct draft *d = begin(g, t);
	int64_t n = t->n[0] + t->n[1] + t->n[2];
	double all = (double)n;
	char opponents[500] = "";
	json_t *conditions;

	if (d == NULL)
		return false;
	if (g->in->baseline != NULL)
		opponents_of(t, opponents, sizeof(opponents));
	conditions = conditions_of(t, opponents);
	if (n > 0) {
		draft_result(d, "win_rate", conditions, (double)t->n[0] / all, n);
		draft_result(d, "loss_rate", conditions, (double)t->n[1] / all, n);
		draft_result(d, "win_rate_adjusted", conditions,
		    ((double)t->n[0] + 0.5 * (double)t->n[2]) / all, n);
		add_items(d, t, "win_rate_adjusted", 0, 2);
	}
	add_failed(d, t, conditions);
	json_decref(conditions);
	return true;
}

/* ---- rows ---- */

static bool
single_row(struct reading *g, const struct record *r)
{
	const char *model = json_get_text(r->json, "model");
	int64_t turn = json_get_whole(r->json, "turn");
	struct tally *t;
	double score;

	if (!check_question(g, r, false) || !check_name(g, r, "model", model) ||
	    !check_name(g, r, "judge", judge_of(r)))
		return false;
	if (real_of(json_object_get(r->json, "score"), &score) != REAL_FINITE ||
	    !((score >= 0 && score <= 10) || score == -1))
		return record_fault(
		    g->f, r, "score", "a grade from 0 to 10, or -1", "another value");
	if (turn != 1 && turn != 2)
		return record_fault(g->f, r, "turn", "1 or 2", "%lld", (long long)turn);
	t = tally_of(g, r, model, judge_of(r));
	if (t == NULL)
		return false;
	count(t, r, score == -1 ? -1 : (int)turn - 1, score);
	return true;
}

enum winner { WINNER_FIRST, WINNER_SECOND, WINNER_TIE, WINNER_ERROR, WINNER_UNKNOWN };

static enum winner
winner_of(const struct record *r, const char *key)
{
	static const char *const words[] = {"model_1", "model_2", "tie", "error"};
	const char *word = json_get_text(r->json, key);

	for (int k = 0; k < 4; k++)
		if (strcmp(word, words[k]) == 0)
			return (enum winner)k;
	return WINNER_UNKNOWN;
}

/* Who wins has won in both orders; all else is a tie, unless a verdict could not be read. */
static bool
pair_row(struct reading *g, const struct record *r)
{
	static const char *const keys[] = {"model_1", "model_2"};
	enum winner first = winner_of(r, "g1_winner"), second = winner_of(r, "g2_winner");

	if (!check_question(g, r, true) || !check_name(g, r, "judge", judge_of(r)))
		return false;
	if (first == WINNER_UNKNOWN || second == WINNER_UNKNOWN)
		return record_fault(g->f, r, first == WINNER_UNKNOWN ? "g1_winner" : "g2_winner",
		    "model_1, model_2, tie or error", "another word");
	for (int side = 0; side < 2; side++) {
		const char *model = json_get_text(r->json, keys[side]);
		const char *other = json_get_text(r->json, keys[!side]);
		bool failed = first == WINNER_ERROR || second == WINNER_ERROR;
		int kind = failed                              ? -1
			   : first != second || (int)first > 1 ? 2
			   : (int)first == side                ? 0
							       : 1;
		struct tally *t;

		if (!check_name(g, r, keys[side], model) || !check_name(g, r, keys[!side], other))
			return false;
		if (g->in->baseline != NULL && strcmp(g->in->baseline, "all") != 0 &&
		    strcmp(g->in->baseline, other) != 0)
			continue;
		t = tally_of(g, r, model, judge_of(r));
		if (t == NULL)
			return false;
		json_object_set_new(t->opponents, other, json_true());
		count(t, r, kind, kind == 0 ? 1 : kind == 2 ? 0.5 : 0);
	}
	return true;
}

static bool
check_baseline(const struct reading *g, const struct records *r)
{
	return g->n > 0 || r->n == 0 ||
	       fault_set(g->f, FAULT_OPTION, "--baseline",
		   "a model of the file that others were compared with, or all", "\"%s\"",
		   g->in->baseline != NULL ? g->in->baseline : "");
}

static bool
read_rows(const struct source *in, struct drafts *out, struct fault *f,
    bool (*row)(struct reading *g, const struct record *r),
    bool (*draft)(struct reading *g, const struct tally *t))
{
	struct reading g = {.in = in, .out = out, .f = f};
	struct records r = {0};
	bool done;

	memset(out, 0, sizeof(*out));
	done = records_read_python(in->data, in->n, &r, f);
	for (size_t k = 0; done && k < r.n; k++)
		done = row(&g, &r.list[k]);
	done = done && check_baseline(&g, &r);
	for (size_t k = 0; done && k < g.n; k++)
		done = draft(&g, &g.list[k]);
	for (size_t k = 0; k < g.n; k++) {
		json_decref(g.list[k].items);
		json_decref(g.list[k].opponents);
	}
	free(g.list);
	records_clear(&r);
	return done;
}

static bool
read_single(const struct source *in, struct drafts *out, struct fault *f)
{
	return read_rows(in, out, f, single_row, single_draft);
}

static bool
read_pair(const struct source *in, struct drafts *out, struct fault *f)
{
	return read_rows(in, out, f, pair_row, pair_draft);
}

static bool
is_single(const struct glance *g)
{
	return (g->kind == GLANCE_OBJECT || g->kind == GLANCE_LINES) &&
	       glance_has(g, "question_id") && glance_has(g, "judge") && glance_has(g, "score") &&
	       glance_has(g, "turn");
}

static bool
is_pair(const struct glance *g)
{
	return (g->kind == GLANCE_OBJECT || g->kind == GLANCE_LINES) &&
	       glance_has(g, "question_id") && glance_has(g, "g1_winner") &&
	       glance_has(g, "g2_winner");
}

const struct importer importer_fastchat_single = {
    .name = "fastchat-single",
    .summary = "FastChat's llm_judge, grades of single answers (MT-Bench, Vicuna-Bench)",
    .recognise = is_single,
    .read = read_single,
    .media = "application/jsonl",
};

const struct importer importer_fastchat_pairwise = {
    .name = "fastchat-pairwise",
    .summary = "FastChat's llm_judge, pairs of answers, against the model that --baseline names",
    .recognise = is_pair,
    .read = read_pair,
    .media = "application/jsonl",
};
