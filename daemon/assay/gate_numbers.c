/* gate_numbers.c — a finding's numbers, for people: from the verb's result.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gate_report.h"
#include "json.h"
#include "number.h"
#include "text.h"

#define DIGITS 4

static void
add_number(const json_t *object, const char *name, struct text *out)
{
	char number[SAID_SIZE];

	real_say(json_number_value(json_object_get(object, name)), DIGITS, number);
	text_add_str(out, number);
}

bool
gate_has_numbers(const json_t *finding)
{
	return json_object_get(finding, "point") != NULL;
}

/* Nothing is known of how sure it is; or it is looked up. */
static bool
has_interval(const json_t *finding)
{
	const char *kind = json_get_text(finding, "kind");

	return strcmp(kind, "none") != 0 && strcmp(kind, "listed") != 0;
}

void
gate_numbers(const json_t *rule, const json_t *finding, struct text *out)
{
	bool compares = strcmp(json_get_text(rule, "compare"), "baseline") == 0;
	const char *unit = json_get_text(rule, "unit");
	bool ratio = compares && strcmp(unit, "ratio") == 0;

	add_number(finding, "point", out);
	if (has_interval(finding)) {
		text_add_str(out, " [");
		add_number(finding, "low", out);
		text_add_str(out, ", ");
		add_number(finding, "high", out);
		text_add_str(out, "]");
	}
	if (!ratio)
		text_addf(out, "%s%s", unit[0] != 0 ? " " : "", unit);
	if (compares)
		text_addf(out, " %s the baseline's", ratio ? "times" : "against");
}

void
gate_limit(const json_t *rule, struct text *out)
{
	add_number(rule, "limit", out);
}

static const char *
kind_words(const char *kind)
{
	static const char *const words[][2] = {
	    {"none", "no interval: nothing tells how much runs differ"},
	    {"within_run", "one submitter's own noise, which decides nothing"},
	    {"wilson", "one submitter's own noise, which decides nothing"},
	    {"student", "95 % over submitters, Student's t"},
	    {"hettmansperger_sheather", "95 % over submitters, order statistics"},
	    {"unpaired", "95 %, unpaired: too few measured both"},
	    {"unpaired_single", "unpaired, and one side is a single submitter's"},
	    {"listed", "a listed price"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i][0], kind) == 0)
			return words[i][1];
	return kind;
}

const char *
gate_standing_words(const json_t *finding)
{
	const char *standing = json_get_text(finding, "standing");

	return strcmp(standing, "none") == 0 ? "no standing yet" : standing;
}

void
gate_basis(const json_t *finding, struct text *out)
{
	const char *oldest = json_get_text(finding, "oldest");
	const char *newest = json_get_text(finding, "newest");
	long long voters = (long long)json_get_whole(finding, "voters");

	text_addf(out, "%s; ", kind_words(json_get_text(finding, "kind")));
	if (voters > 0)
		text_addf(out, "%lld submitter%s", voters, voters > 1 ? "s" : "");
	if (json_get_whole(finding, "unpublished_voters") > 0)
		text_addf(out, ", %lld of them unpublished",
		    (long long)json_get_whole(finding, "unpublished_voters"));
	text_addf(out, "%s%s", voters > 0 ? ", " : "", gate_standing_words(finding));
	if (oldest[0] != 0 && strncmp(oldest, newest, 10) == 0)
		text_addf(out, "; runs of %.10s", oldest);
	else if (oldest[0] != 0)
		text_addf(out, "; runs of %.10s to %.10s", oldest, newest);
}

/* ---- costs ---- */

static void
add_price(const json_t *price, struct text *out)
{
	const char *unit = json_get_text(price, "unit");

	text_addf(out, "%s %s ", json_get_text(price, "amount"), json_get_text(price, "currency"));
	if (strcmp(unit, "hour") == 0)
		text_add_str(out, "an hour of ");
	else
		text_addf(out, "for a million %s tokens of ",
		    strcmp(unit, "million_input_tokens") == 0 ? "input" : "output");
	text_addf(out, "%s since %.10s, statement %lld; %s", json_get_text(price, "name"),
	    json_get_text(price, "valid_from"), (long long)json_get_whole(price, "index"),
	    json_get_text(price, "source"));
}

static void
add_formula(const json_t *cost, struct text *out)
{
	const json_t *price = json_object_get(cost, "price");
	double devices = json_number_value(json_object_get(cost, "devices"));
	char used[SAID_SIZE];

	real_say(100 * json_number_value(json_object_get(cost, "utilisation")), DIGITS, used);
	text_addf(
	    out, "%s %s × ", json_get_text(price, "amount"), json_get_text(price, "currency"));
	add_number(cost, "devices", out);
	text_addf(out, " device%s × 1,000,000 ÷ (3,600 s × ", devices > 1 ? "s" : "");
	add_number(json_object_get(cost, "rate"), "point", out);
	text_addf(out, " tokens/s × %s %% at work)", used);
}

void
gate_cost_words(const json_t *finding, const char *between, struct text *out)
{
	const json_t *cost = json_object_get(finding, "cost");
	const json_t *price = json_object_get(cost, "price");
	const json_t *other = json_object_get(cost, "baseline_price");
	size_t before = out->n;

	if (price != NULL && json_object_get(cost, "rate") != NULL) {
		text_add_str(out, "= ");
		add_formula(cost, out);
	}
	if (price != NULL) {
		text_add_str(out, out->n > before ? between : "");
		add_price(price, out);
	}
	if (other != NULL) {
		text_addf(out, "%sagainst ", out->n > before ? between : "");
		add_price(other, out);
	}
}
