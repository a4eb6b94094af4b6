/* measured.c — what was measured, as people read it before they sign or send it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "measured.h"

#include <math.h>
#include <string.h>

#include "json.h"
#include "suite.h"
#include "term.h"
#include "text.h"

#define CONDITION "conditions."
#define NUMBER_SIZE 32

/* ---- from payloads ---- */

static void
add_condition(const struct suite *suite, const char *field, const json_t *result, struct text *out)
{
	const char *name = field + strlen(CONDITION);
	const struct suite_condition *c = suite_condition(suite, name);
	const json_t *value = json_object_get(json_object_get(result, "conditions"), name);
	struct text printed = {0};

	if (json_is_string(value))
		text_add_str(&printed, json_string_value(value));
	else if (value != NULL)
		json_print(value, &printed);
	if (printed.n > 0 && (c == NULL || strcmp(c->absent, printed.data) != 0))
		text_addf(out, "%s%s %s", out->n > 0 ? ", " : "", name, printed.data);
	text_clear(&printed);
}

static json_t *
entry_of(const struct suite *suite, const json_t *result)
{
	const char *metric = json_get_text(result, "metric");
	const struct suite_metric *m = suite_metric(suite, metric);
	const json_t *spread = json_object_get(result, "sd");
	struct text of = {0};
	json_t *entry;

	for (size_t k = 0; k < suite->cell_n; k++)
		if (strncmp(suite->cell[k], CONDITION, strlen(CONDITION)) == 0)
			add_condition(suite, suite->cell[k], result, &of);
	entry = json_pack("{s:s, s:s, s:O*, s:O?, s:s, s:O?}", "metric", metric, "of",
	    of.data != NULL ? of.data : "", "conditions", json_object_get(result, "conditions"),
	    "value", json_object_get(result, "value"), "unit", m != NULL ? m->unit : "", "n",
	    json_object_get(result, "n"));
	if (spread == NULL)
		spread = json_object_get(result, "se");
	if (entry != NULL && spread != NULL)
		json_object_set(entry, "spread", (json_t *)spread);
	text_clear(&of);
	return entry;
}

void
measured_add(const json_t *bodies, const struct suite_set *suites, json_t *out)
{
	const json_t *body, *result;
	size_t i, k;

	json_array_foreach (bodies, i, body) {
		const json_t *named = json_object_get(body, "suite");
		const struct suite *suite = suite_find(
		    suites, json_get_text(named, "name"), json_get_whole(named, "version"));

		if (suite == NULL)
			continue;
		json_array_foreach (json_object_get(body, "results"), k, result)
			json_array_append_new(out, entry_of(suite, result));
	}
}

/* ---- for people ---- */

/* Four digits, and never an exponent where there need not be one. */
static void
print_number(double value, char out[NUMBER_SIZE])
{
	bool whole = fabs(value) >= 1000 && fabs(value) < 1e15;

	snprintf(out, NUMBER_SIZE, whole ? "%.0f" : "%.4g", value);
}

static int
widest(const json_t *measured, const char *member)
{
	const json_t *one;
	size_t k, most = 0;

	json_array_foreach (measured, k, one) {
		size_t n = json_string_length(json_object_get(one, member));

		if (k < MEASURED_LINES && n > most)
			most = n;
	}
	return (int)most;
}

static void
show_entry(const json_t *one, int metric_n, int of_n, FILE *out)
{
	const json_t *spread = json_object_get(one, "spread");
	char value[NUMBER_SIZE], error[NUMBER_SIZE] = "";
	struct text line = {0};

	print_number(json_get_real(one, "value"), value);
	if (spread != NULL)
		print_number(json_number_value(spread), error);
	text_addf(&line, "    %-*s  %-*s%s%9s%s%s%s%s, n %lld", metric_n,
	    json_get_text(one, "metric"), of_n, json_get_text(one, "of"), of_n > 0 ? "  " : "",
	    value, error[0] ? " ± " : "", error, json_get_text(one, "unit")[0] ? " " : "",
	    json_get_text(one, "unit"), (long long)json_get_whole(one, "n"));
	if (line.data != NULL)
		term_say(out, line.data);
	text_clear(&line);
}

void
measured_show(const json_t *measured, FILE *out)
{
	int metric_n = widest(measured, "metric"), of_n = widest(measured, "of");
	const json_t *one;
	size_t k;

	json_array_foreach (measured, k, one) {
		if (k == MEASURED_LINES) {
			fprintf(out, "    and %zu more\n", json_array_size(measured) - k);
			break;
		}
		show_entry(one, metric_n, of_n, out);
	}
}
