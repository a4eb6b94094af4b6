/* gate_world.h — evidence made by hand, for a gate to judge: voters, cells, runs.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_TEST_GATE_WORLD_H
#define ASSAY_TEST_GATE_WORLD_H

#include "gate.h"

#define WORLD_NOW_MS INT64_C(1767225600000) /* 2026-01-01 */

struct gate_world {
	struct suite *suite; /* "quality", metrics "score" and "total" (tokens/s), cells by subject
				and place, which is the hardware too, two devices of it */
	struct book book;
	struct gate_evidence evidence;
	json_t *items; /* of all runs, owned */
};

/* items: 0 for a metric without. */
void gate_world_begin(struct gate_world *w, bool higher_is_better, bool log_scale, int items);
void gate_world_end(struct gate_world *w);

/* The numbered voter; made if it is not there. */
struct person *gate_world_voter(struct gate_world *w, int voter);

/* One more counted run. Returns its source, whose age may be changed. */
struct gate_source *gate_world_run(
    struct gate_world *w, const char *model, const char *place, int voter, double value);

/* The same of "total". */
struct gate_source *gate_world_rate(
    struct gate_world *w, const char *model, const char *place, int voter, double value);

/* One more price, the members of its statement. What is returned may be changed until the next. */
struct said_price *gate_world_price(struct gate_world *w, const char *body);

/* The meeting of a model and place that somebody measured. */
struct meeting *gate_world_meeting(struct gate_world *w, const char *model, const char *place);

/* Read a policy that must be good, and bind it. text lives as long as out. */
void gate_world_policy(struct gate_world *w, const char *text, struct gate_policy *out);

/* Give a run the scores of its items, a JSON array. */
void gate_world_items(struct gate_world *w, const struct gate_source *of, const char *scores);

/* Read a policy that must be good, bind it and judge. The outcome is to be cleared; policy lives
 * until the world ends or judges again. */
void gate_world_judge(struct gate_world *w, const char *policy, struct gate_outcome *out);

#endif
