/* serving_results.c — from when pieces came to how fast a model is served.
 * SPDX-License-Identifier: Apache-2.0 */
#include "serving_results.h"

#include <math.h>
#include <stdlib.h>

#include "json.h"

/* What one metric is made of. */
struct sample {
	double *values;
	size_t n;
};

struct level {
	const json_t *line;
	long at_once;
	int64_t max_tokens;
	bool counted; /* by the server, believably */
	json_t *results;
};

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Nearest rank: the smallest value that at least this share of all reach. */
static double
rank(struct sample *s, double share)
{
	size_t k = (size_t)ceil(share * (double)s->n);

	qsort(s->values, s->n, sizeof(*s->values), by_value);
	return s->values[k > 0 ? k - 1 : 0];
}

static double
median(struct sample *s)
{
	double low = rank(s, 0.5);

	return s->n % 2 ? low : (low + s->values[s->n / 2]) / 2;
}

static double
mean(const struct sample *s)
{
	double sum = 0;

	for (size_t k = 0; k < s->n; k++)
		sum += s->values[k];
	return sum / (double)s->n;
}

static double
deviation(const struct sample *s, double about)
{
	double sum = 0;

	for (size_t k = 0; k < s->n; k++)
		sum += (s->values[k] - about) * (s->values[k] - about);
	return sqrt(sum / (double)(s->n - 1));
}

static const json_t *
streams_of(const struct level *l)
{
	return json_object_get(l->line, "streams");
}

static bool
is_failed(const json_t *stream)
{
	return json_is_true(json_object_get(stream, "failed"));
}

static int64_t
tokens_of(const struct level *l, const json_t *stream)
{
	return json_get_whole(stream, l->counted ? "tokens" : "pieces");
}

static bool
is_counted(const struct level *l)
{
	const json_t *stream;
	bool all = true;
	size_t k;

	json_array_foreach (streams_of(l), k, stream) {
		int64_t tokens = json_get_whole(stream, "tokens");

		all = all && (is_failed(stream) ||
				 (tokens > 0 && tokens >= json_get_whole(stream, "pieces") &&
				     tokens <= l->max_tokens));
	}
	return all;
}

/* sd < 0: not told. */
static bool
add(const struct level *l, const char *metric, double value, size_t n, double sd)
{
	json_t *result = json_pack("{s:s, s:{s:I, s:I, s:s}, s:f, s:I}", "metric", metric,
	    "conditions", "concurrency", (json_int_t)l->at_once, "max_tokens",
	    (json_int_t)l->max_tokens, "token_count", l->counted ? "server" : "estimated", "value",
	    value, "n", (json_int_t)n);

	if (sd >= 0)
		json_object_set_new(result, "sd", json_real(sd));
	return json_array_append_new(l->results, result) == 0;
}

static bool
add_first(const struct level *l, struct sample *s)
{
	const json_t *stream;
	size_t k;

	s->n = 0;
	json_array_foreach (streams_of(l), k, stream)
		if (!is_failed(stream))
			s->values[s->n++] = json_get_real(stream, "ttft_s");
	return s->n == 0 ||
	       (add(l, "ttft", median(s), s->n, -1) && add(l, "ttft_p95", rank(s, 0.95), s->n, -1));
}

/* Of streams with two tokens at least, that did not all come at once. */
static bool
add_rates(const struct level *l, struct sample *s)
{
	const json_t *stream;
	double m;
	size_t k;

	s->n = 0;
	json_array_foreach (streams_of(l), k, stream) {
		double span_s = json_get_real(stream, "span_s");

		if (!is_failed(stream) && span_s > 0 && tokens_of(l, stream) > 1)
			s->values[s->n++] = (double)(tokens_of(l, stream) - 1) / span_s;
	}
	if (s->n == 0)
		return true;
	m = mean(s);
	if (!add(l, "decode", m, s->n, s->n > 1 ? deviation(s, m) : -1))
		return false;
	for (k = 0; k < s->n; k++)
		s->values[k] = 1 / s->values[k];
	m = mean(s);
	return add(l, "inter_token", m, s->n, s->n > 1 ? deviation(s, m) : -1);
}

static bool
add_totals(const struct level *l)
{
	double wall_s = json_get_real(l->line, "wall_s");
	size_t n = json_array_size(streams_of(l)), failed = 0, k;
	const json_t *stream;
	int64_t tokens = 0;

	json_array_foreach (streams_of(l), k, stream) {
		failed += is_failed(stream);
		tokens += is_failed(stream) ? 0 : tokens_of(l, stream);
	}
	return (failed == n || !(wall_s > 0) ||
		   add(l, "total", (double)tokens / wall_s, n - failed, -1)) &&
	       add(l, "failed", (double)failed / (double)n, n, -1);
}

bool
serving_results(const json_t *line, long at_once, int64_t max_tokens, json_t *results)
{
	struct level l = {
	    .line = line, .at_once = at_once, .max_tokens = max_tokens, .results = results};
	size_t n = json_array_size(streams_of(&l));
	struct sample s = {.values = calloc(n + 1, sizeof(double))};
	bool done;

	l.counted = is_counted(&l);
	done = s.values != NULL &&
	       (n == 0 || (add_first(&l, &s) && add_rates(&l, &s) && add_totals(&l)));
	free(s.values);
	return done;
}
