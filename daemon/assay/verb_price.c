/* verb_price.c — staff say what a model or a device costs, and by which source.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <time.h>

#include "args.h"
#include "encode.h"
#include "price.h"
#include "say.h"

#define DATE_N 10 /* of YYYY-MM-DD */

static const struct flag flags[] = {
    {.name = "amount", .value = "DECIMAL", .help = "What it costs, e.g. 0.15. Needed."},
    {.name = "currency", .value = "CODE", .help = "Three letters of ISO 4217; USD if not given."},
    {.name = "unit",
	.value = "UNIT",
	.help = "Of a model million_input_tokens or million_output_tokens; of hardware hour or "
		"device. Needed."},
    {.name = "valid-from",
	.value = "DATE",
	.help = "Since when, YYYY-MM-DD; today (UTC) if not given."},
    {.name = "source", .value = "TEXT", .help = "Where it says so: an address. Needed."},
    FLAG_KEY,
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay price model acme/small --amount 0.15 --unit million_input_tokens --source "
     "https://acme.example/prices",
	"What a million tokens of prompt cost at the vendor's."},
    {"assay price hardware 'NVIDIA GeForce RTX 4090' --amount 0.34 --unit hour --valid-from "
     "2026-07-01 --source https://rent.example/gpus",
	"What an hour of a rented card costs."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "the price stands in the log, or waits for its place there"},
    {EXIT_CODE_REFUSED, "the server refused it, or the log made it void: you are not staff"},
    {EXIT_CODE_USAGE, "the command line is not understood, or no server is pinned"},
    {EXIT_CODE_LOCAL, "the key or the spool cannot be used"},
    {EXIT_CODE_LATER, "the server cannot be reached or is busy; what was signed is in the spool"},
    {EXIT_CODE_IDENTITY, "the server is not the one that was pinned; nothing was sent"},
    {0, NULL},
};

/* The beginning of the day named, or of today. */
static bool
read_day(const char *day, char out[TIME_SIZE], struct fault *f)
{
	int64_t at;

	time_print((int64_t)time(NULL), out);
	if (day != NULL && strlen(day) == DATE_N)
		memcpy(out, day, DATE_N);
	memcpy(out + DATE_N, "T00:00:00Z", TIME_SIZE - DATE_N);
	return ((day == NULL || strlen(day) == DATE_N) && time_parse(out, &at)) ||
	       fault_set(f, FAULT_OPTION, "valid-from", "a day as YYYY-MM-DD", "\"%s\"",
		   day != NULL ? day : "");
}

static bool
check_words(const struct args *a, struct fault *f)
{
	static const char *const needed[] = {"amount", "unit", "source"};
	const char *of = a->operands[0], *unit = args_text(a, "unit");

	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++)
		if (args_text(a, needed[i]) == NULL)
			return fault_set(f, FAULT_OPTION, needed[i], "a value", "nothing");
	if (strcmp(of, "model") != 0 && strcmp(of, "hardware") != 0)
		return fault_set(
		    f, FAULT_USAGE, "price", "model or hardware, then its name", "\"%s\"", of);
	if (price_unit_named(of, unit) == NULL)
		return fault_set(f, FAULT_OPTION, "unit",
		    "of a model million_input_tokens or million_output_tokens, of hardware hour or "
		    "device",
		    "%s of %s", unit, of);
	return price_amount_valid(args_text(a, "amount")) ||
	       fault_set(f, FAULT_OPTION, "amount", "a decimal number, e.g. 0.15", "\"%s\"",
		   args_text(a, "amount"));
}

static bool
run(struct task *t, struct problem *p)
{
	const struct args *a = t->args;
	const char *currency = args_text(a, "currency");
	char day[TIME_SIZE];

	if (!check_words(a, &p->fault) || !read_day(args_text(a, "valid-from"), day, &p->fault))
		return false;
	return speak(t, KIND_PRICE,
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "of", a->operands[0], "name",
		a->operands[1], "amount", args_text(a, "amount"), "currency",
		currency != NULL ? currency : "USD", "unit", args_text(a, "unit"), "valid_from",
		day, "source", args_text(a, "source")),
	    p);
}

const struct verb verb_price = {
    .name = "price",
    .operands = "model|hardware NAME",
    .operands_min = 2,
    .operands_max = 2,
    .summary = "staff: say what a model or a device costs",
    .about = "Signs a price with its source and the day since which it is asked, sends it, and "
	     "waits for the log to settle it. Prices are public, in data/v1/prices.json; a newer "
	     "one stands beside the older. `assay retract ID` takes an own one back.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = say_show,
};
