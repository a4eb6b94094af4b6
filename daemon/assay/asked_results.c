/* asked_results.c — results of a suite that was asked, as a submission has them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run_asked.h"

/* Reals also where the mean is whole: the type of a value must not depend on it. */
static bool
add_result(const struct asked *a, const char *metric, double mean, size_t n, json_t *end)
{
	return json_array_append_new(json_object_get(end, "results"),
		   json_pack("{s:s, s:{s:f, s:I}, s:f, s:I}", "metric", metric, "conditions",
		       "temperature", a->subject.temperature, "max_tokens",
		       (json_int_t)a->subject.max_tokens, "value", mean, "n", (json_int_t)n)) == 0;
}

bool
asked_add_mean(
    const struct asked *a, const char *metric, json_t *scores, bool with_items, json_t *end)
{
	const json_t *score;
	double sum = 0;
	size_t n = 0, k;
	bool done = scores != NULL;

	json_array_foreach (scores, k, score) {
		n += json_is_number(score);
		sum += json_number_value(score);
	}
	if (done && n > 0)
		done = add_result(a, metric, sum / (double)n, n, end);
	if (done && n > 0 && with_items)
		done = json_array_append_new(json_object_get(end, "items"),
			   json_pack("{s:s, s:s, s:O}", "metric", metric, "digest",
			       a->protocol.items_sha256, "scores", scores)) == 0;
	json_decref(scores);
	return done;
}

json_t *
asked_judge(const struct asked *a)
{
	json_t *told = json_pack("{s:s, s:s, s:f, s:[]}", "name", a->judge.name, "prompt_digest",
	    a->protocol.sha256, "temperature", a->judge.temperature, "anchors");

	if (a->judge.revision[0] != 0)
		json_object_set_new(told, "version", json_string(a->judge.revision));
	if (a->judge.present)
		json_object_set_new(told, "endpoint_host", json_string(a->judge.host));
	return told;
}
