/* gate_world.c — evidence made by hand.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "list.h"
#include "meeting.h"
#include "unit.h"

static struct gate_policy judged_by;

static struct suite *
make_suite(bool higher_is_better, bool log_scale, int items)
{
	struct text json = {0}, lines = {0};
	struct fault f = {0};
	struct suite *suite;

	text_addf(&json,
	    "{\"name\":\"quality\",\"version\":1,\"title\":\"Quality\",\"requires\":[],"
	    "\"cell\":[\"subject\",\"hardware\",\"accelerator_count\",\"conditions.place\"],"
	    "\"rank_within\":[],"
	    "\"conditions\":{\"place\":\"string\"},\"metrics\":[{\"name\":\"score\",\"unit\":\"\","
	    "\"direction\":\"%s\",\"scale\":\"%s\",\"bounds\":[%s,1000],"
	    "\"tolerance\":{\"relative\":0.1},\"items\":%s},{\"name\":\"total\",\"unit\":\"tokens/"
	    "s\","
	    "\"direction\":\"higher\",\"scale\":\"log\",\"bounds\":[0.001,100000],"
	    "\"tolerance\":{\"relative\":0.1},\"items\":false}]",
	    higher_is_better ? "higher" : "lower", log_scale ? "log" : "linear",
	    log_scale ? "0.001" : "-1000", items > 0 ? "true" : "false");
	if (items > 0)
		text_addf(&json, ",\"items\":{\"count\":%d,\"cluster\":\"group\"}", items);
	text_add_str(&json, "}");
	for (int i = 0; i < items; i++)
		text_addf(&lines, "{\"group\":\"%d\"}\n", i / 2);
	suite = suite_read(json.data, json.n, lines.data, lines.n, &f);
	text_clear(&json);
	text_clear(&lines);
	assert_non_null(suite);
	return suite;
}

void
gate_world_begin(struct gate_world *w, bool higher_is_better, bool log_scale, int items)
{
	memset(w, 0, sizeof(*w));
	w->suite = make_suite(higher_is_better, log_scale, items);
	w->evidence.book = &w->book;
	w->items = json_array();
}

void
gate_world_end(struct gate_world *w)
{
	gate_evidence_clear(&w->evidence);
	book_clear(&w->book);
	json_decref(w->items);
	suite_free(w->suite);
	gate_policy_clear(&judged_by);
}

struct person *
gate_world_voter(struct gate_world *w, int voter)
{
	uint8_t id[SHA256_SIZE];
	struct person *p;

	sha256_of(&voter, sizeof(voter), id);
	p = book_person(&w->book, id);
	return p != NULL ? p : book_add_person(&w->book, id);
}

static struct gate_cell *
cell_of(struct gate_world *w, const char *model, const char *place)
{
	struct text name = {0};
	uint8_t id[SHA256_SIZE];
	struct gate_cell *c;

	text_addf(&name, "%s\n%s", model, place);
	sha256_of(name.data, name.n, id);
	text_clear(&name);
	c = map_find(&w->evidence.cells, id);
	if (c != NULL)
		return c;
	c = calloc(1, sizeof(*c));
	assert_non_null(c);
	memcpy(c->id, id, SHA256_SIZE);
	c->meeting = meeting_at(&w->book, id, w->suite, true);
	c->suite = w->suite;
	c->fields = json_pack("{s:s, s:s, s:s, s:s}", "subject", model, "hardware", place,
	    "accelerator_count", "2", "conditions.place", place);
	c->model = json_pack("{s:s}", "name", model);
	assert_true(map_put(&w->evidence.cells, c));
	return c;
}

static struct gate_source *
add_run(struct gate_world *w, const char *model, const char *place, int voter, const struct met *is)
{
	struct gate_evidence *e = &w->evidence;
	struct gate_cell *c = cell_of(w, model, place);
	struct gate_source *list =
	    list_room(e->sources, e->sources_n, &e->sources_room, sizeof(*list));
	struct met run = *is;

	run.by = gate_world_voter(w, voter);
	run.index = e->log_size;
	assert_non_null(list);
	e->sources = list;
	list = &list[e->sources_n++];
	*list = (struct gate_source){.index = e->log_size++, .accepted_at_ms = WORLD_NOW_MS};
	sha256_of(&list->index, sizeof(list->index), list->id);
	assert_true(meeting_add(meeting_at(&w->book, c->id, w->suite, false), &run));
	return list;
}

struct gate_source *
gate_world_run(struct gate_world *w, const char *model, const char *place, int voter, double value)
{
	const struct met run = {.value = value};

	return add_run(w, model, place, voter, &run);
}

struct gate_source *
gate_world_rate(struct gate_world *w, const char *model, const char *place, int voter, double value)
{
	const struct met run = {.metric = 1, .value = value};

	return add_run(w, model, place, voter, &run);
}

struct said_price *
gate_world_price(struct gate_world *w, const char *body)
{
	struct gate_evidence *e = &w->evidence;
	struct said_price price = {.index = e->log_size++, .accepted_at_ms = WORLD_NOW_MS};
	json_t *members = json_loads(body, 0, NULL);

	sha256_of(&price.index, sizeof(price.index), price.id);
	assert_true(prices_add(&e->prices, &price, members));
	json_decref(members);
	return &e->prices.list[e->prices.n - 1];
}

struct meeting *
gate_world_meeting(struct gate_world *w, const char *model, const char *place)
{
	return meeting_at(&w->book, cell_of(w, model, place)->id, w->suite, false);
}

void
gate_world_items(struct gate_world *w, const struct gate_source *of, const char *scores)
{
	json_t *items =
	    json_pack("[{s:s, s:o}]", "metric", "score", "scores", json_loads(scores, 0, NULL));
	struct meeting *m;
	size_t at = 0;

	assert_int_equal(json_array_append_new(w->items, items), 0);
	while ((m = map_next(&w->book.meetings, &at)) != NULL)
		for (size_t i = 0; i < m->runs_n; i++)
			if (m->runs[i].index == of->index)
				m->runs[i].items = items;
}

void
gate_world_policy(struct gate_world *w, const char *text, struct gate_policy *out)
{
	struct suite *suites[] = {w->suite};
	const struct suite_set set = {suites, 1};
	struct fault f = {0};

	assert_true(gate_policy_read(text, strlen(text), out, &f));
	assert_true(gate_policy_bind(out, &set, &f));
}

void
gate_world_judge(struct gate_world *w, const char *policy, struct gate_outcome *out)
{
	struct gate_query q = {.policy = &judged_by, .evaluated_at_ms = WORLD_NOW_MS};

	gate_policy_clear(&judged_by);
	memset(out, 0, sizeof(*out));
	gate_world_policy(w, policy, &judged_by);
	q.candidate = judged_by.candidate;
	q.baseline = judged_by.baseline;
	assert_true(gate_evaluate(&w->evidence, &q, out));
}
