/* facts.c — what the catalogue says of models and hardware, as documents carry it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "facts.h"

#include <string.h>

#include "json.h"

/* A member under the name that documents give it. */
struct renamed {
	const char *from, *to;
};

static json_t *
pick(const json_t *row, const struct renamed *members, size_t n)
{
	json_t *made = json_object();

	for (size_t i = 0; i < n; i++) {
		json_t *value = json_object_get(row, members[i].from);

		if (value != NULL)
			json_object_set(made, members[i].to, value);
	}
	return made;
}

#define PICK(row, members) pick(row, members, sizeof(members) / sizeof(*(members)))

json_t *
model_facts(const struct catalogue *c, const char *name)
{
	static const struct renamed members[] = {{"hf_repo", "hf_repo"}, {"name", "name"},
	    {"family", "family"}, {"organisation", "organisation"}, {"kind", "kind"},
	    {"params_total_b", "parameters_b"}, {"params_active_b", "active_parameters_b"},
	    {"moe", "moe"}, {"context_length", "context_length"}, {"licence", "licence"},
	    {"release_date", "release_date"}, {"source", "source"}, {"date", "date"}};
	const json_t *row;

	if (c == NULL || catalogue_model(c, name, &row) != MATCH_ONE)
		return NULL;
	return PICK(row, members);
}

json_t *
hardware_facts(const struct catalogue *c, const char *hardware)
{
	static const struct renamed members[] = {{"name", "name"}, {"vendor", "vendor"},
	    {"kind", "kind"}, {"source", "source"}, {"date", "date"}};
	const struct device_query q = {.raw = hardware};
	struct catalogue_device device;
	json_t *made;

	if (c == NULL || strstr(hardware, " + ") != NULL ||
	    catalogue_device(c, &q, &device) != MATCH_ONE)
		return NULL;
	made = PICK(device.part, members);
	json_object_set_new(made, "slug", json_string(device.slug));
	if (device.memory_gib > 0)
		json_object_set_new(made, "memory_gib", json_real(device.memory_gib));
	if (device.bandwidth_gbs > 0)
		json_object_set_new(made, "bandwidth_gbs", json_real(device.bandwidth_gbs));
	if (device.tdp_w > 0)
		json_object_set_new(made, "tdp_w", json_real(device.tdp_w));
	return made;
}

/* ---- scores ---- */

static void
add_score(json_t *list, const json_t *row, const char *benchmark, const char *metric,
    const char *value, const char *se)
{
	static const struct renamed members[] = {{"judge", "judge"}, {"reporter", "reporter"},
	    {"baseline", "baseline"}, {"leaderboard_mode", "mode"}, {"source", "source"},
	    {"date", "date"}};
	json_t *score, *rest = PICK(row, members);

	if (json_is_number(json_object_get(row, value))) {
		score = json_pack("{s:s, s:s, s:s, s:f}", "standing", "reported", "benchmark",
		    benchmark, "metric", metric, "value",
		    json_number_value(json_object_get(row, value)));
		if (json_is_number(json_object_get(row, se)))
			json_object_set_new(
			    score, "se", json_real(json_number_value(json_object_get(row, se))));
		json_object_update(score, rest);
		json_array_append_new(list, score);
	}
	json_decref(rest);
}

json_t *
reported_scores(const struct catalogue *c, const char *hf_repo)
{
	struct catalogue_rows mt = catalogue_about_model(c, CATALOGUE_MT_BENCH, hf_repo),
			      alpaca = catalogue_about_model(c, CATALOGUE_ALPACA_EVAL, hf_repo);
	json_t *list = json_array();

	for (size_t i = 0; i < mt.n; i++)
		add_score(list, catalogue_row(&mt, i), "MT-Bench", "overall", "overall", "");
	for (size_t i = 0; i < alpaca.n; i++) {
		const json_t *row = catalogue_row(&alpaca, i);

		if (json_is_true(json_object_get(row, "adversarial")))
			continue;
		add_score(list, row, "AlpacaEval 2", "length_controlled_win_rate", "lc_win_rate",
		    "lc_standard_error");
	}
	return list;
}
