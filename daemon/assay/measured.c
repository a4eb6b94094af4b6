/* measured.c — what was measured, as people read it before they sign or send it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "measured.h"

#include <string.h>

#include "json.h"
#include "number.h"
#include "suite.h"
#include "term.h"
#include "text.h"

#define CONDITION "conditions."
#define DIGITS 4 /* of a value and its error */
#define LONG 24  /* bytes of a condition's value; of a longer one its begin is shown */

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
		text_addf(out, printed.n > LONG ? "%s%s %.8s…" : "%s%s %s", out->n > 0 ? ", " : "",
		    name, printed.data);
	text_clear(&printed);
}

static json_t *
entry_of(const struct suite *suite, const json_t *model, const json_t *result)
{
	const char *metric = json_get_text(result, "metric");
	const struct suite_metric *m = suite_metric(suite, metric);
	const json_t *spread = json_object_get(result, "sd");
	struct text of = {0}, subject = {0};
	json_t *entry;

	for (size_t k = 0; k < suite->cell_n; k++)
		if (strncmp(suite->cell[k], CONDITION, strlen(CONDITION)) == 0)
			add_condition(suite, suite->cell[k], result, &of);
	text_addf(
	    &subject, "%s %s", json_get_text(model, "name"), json_get_text(model, "quantization"));
	entry = json_pack("{s:s, s:s, s:s, s:O*, s:O?, s:s, s:O?}", "subject",
	    subject.data != NULL ? subject.data : "", "metric", metric, "of",
	    of.data != NULL ? of.data : "", "conditions", json_object_get(result, "conditions"),
	    "value", json_object_get(result, "value"), "unit", m != NULL ? m->unit : "", "n",
	    json_object_get(result, "n"));
	if (spread == NULL)
		spread = json_object_get(result, "se");
	if (entry != NULL && spread != NULL)
		json_object_set(entry, "spread", (json_t *)spread);
	text_clear(&of);
	text_clear(&subject);
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
			json_array_append_new(
			    out, entry_of(suite, json_object_get(body, "model"), result));
	}
}

/* ---- for people ---- */

/* Entries from `at` on that are of one model, and perhaps of one condition too. */
static size_t
group_n(const json_t *measured, size_t at, bool *alike)
{
	const json_t *first = json_array_get(measured, at), *one;
	size_t k = at;

	*alike = true;
	for (; (one = json_array_get(measured, k)) != NULL; k++) {
		if (strcmp(json_get_text(first, "subject"), json_get_text(one, "subject")) != 0)
			break;
		*alike =
		    *alike && strcmp(json_get_text(first, "of"), json_get_text(one, "of")) == 0;
	}
	return k - at;
}

static int
widest(const json_t *measured, size_t at, size_t n, const char *member)
{
	size_t most = 0;

	for (size_t k = at; k < at + n; k++) {
		const json_t *one = json_array_get(measured, k);

		if (strlen(json_get_text(one, member)) > most)
			most = strlen(json_get_text(one, member));
	}
	return (int)most;
}

static void
show_entry(const json_t *one, int metric_n, int of_n, FILE *out)
{
	const json_t *spread = json_object_get(one, "spread");
	const char *unit = json_get_text(one, "unit");
	char value[SAID_SIZE], error[SAID_SIZE] = "";
	struct text line = {0};

	real_say(json_get_real(one, "value"), DIGITS, value);
	if (spread != NULL)
		real_say(json_number_value(spread), DIGITS, error);
	text_addf(&line, "    %-*s  ", metric_n, json_get_text(one, "metric"));
	if (of_n > 0)
		text_addf(&line, "%-*s  ", of_n, json_get_text(one, "of"));
	text_addf(
	    &line, "%8s%s%s%s%s", value, error[0] ? " ± " : "", error, unit[0] ? " " : "", unit);
	if (json_get_whole(one, "n") > 1)
		text_addf(&line, ", n %lld", (long long)json_get_whole(one, "n"));
	if (line.data != NULL)
		term_say(out, line.data);
	text_clear(&line);
}

static void
show_group(const json_t *measured, size_t at, size_t n, bool alike, FILE *out)
{
	const json_t *first = json_array_get(measured, at);
	const char *of = alike ? json_get_text(first, "of") : "";
	int metric_n = widest(measured, at, n, "metric");
	int of_n = alike ? 0 : widest(measured, at, n, "of");

	fputs("  ", out);
	term_put(out, json_get_text(first, "subject"));
	fputs(of[0] ? ", " : "", out);
	term_say(out, of);
	for (size_t k = at; k < at + n; k++)
		show_entry(json_array_get(measured, k), metric_n, of_n, out);
}

void
measured_show(const json_t *measured, FILE *out)
{
	size_t total = json_array_size(measured), n;
	bool alike;

	for (size_t at = 0; at < total; at += n) {
		n = group_n(measured, at, &alike);
		if (at + n > MEASURED_LINES && at > 0) {
			fprintf(out, "  and %zu more\n", total - at);
			break;
		}
		show_group(measured, at, n < MEASURED_LINES ? n : MEASURED_LINES, alike, out);
		if (n > MEASURED_LINES)
			fprintf(out, "    and %zu more\n", n - MEASURED_LINES);
	}
}
