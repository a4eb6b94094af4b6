/* roofline.c — how fast hardware can decode at most.
 * SPDX-License-Identifier: Apache-2.0 */
#include "roofline.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "json.h"
#include "submission.h"
#include "text.h"

#define GIGA 1e9

/* ---- what makes several tokens of one reading ---- */

static bool
has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (; *text; text++)
		if (strncasecmp(text, word, n) == 0)
			return true;
	return false;
}

static bool
is_speculative_word(const char *text)
{
	static const char *const words[] = {
	    "specul", "spec_dec", "spec-dec", "draft", "medusa", "eagle", "lookahead", "mtp"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (has_word(text, words[i]))
			return true;
	return false;
}

static bool
declares_speculation(const json_t *map)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)map, name, value)
		if (is_speculative_word(name) ||
		    (json_is_string(value) && is_speculative_word(json_string_value(value))))
			return true;
	return false;
}

/* ---- bytes ---- */

/* All weights; 0: nobody tells. */
static double
weight_bytes(const json_t *model, const struct catalogue *c)
{
	double size = json_get_real(model, "size_bytes");
	double parameters = json_get_real(model, "parameters"), known = 0;
	double bits = json_get_real(model, "bits_per_weight");
	const json_t *row;

	if (catalogue_model(c, json_get_text(model, "name"), &row) == MATCH_ONE)
		known = json_get_real(row, "params_total_b") * GIGA;
	if (parameters <= 0)
		parameters = known;
	if (bits <= 0 &&
	    catalogue_quantization(c, json_get_text(model, "quantization"), &row) == MATCH_ONE)
		bits = json_get_real(row, "bits_per_weight");
	if (size <= 0)
		size = parameters * bits / 8;
	return size > known / 8 ? size : known / 8;
}

/* A letter before a number and a 'B': "8x7B", "30B-A3B", "E4B". */
static bool
counts_experts(const char *at)
{
	size_t digits = strspn(at + 1, "0123456789.");

	return digits > 0 && at[0] != 0 && strchr("xXaAeE", at[0]) != NULL &&
	       (at[0] == 'x' || at[0] == 'X' || at[1 + digits] == 'b' || at[1 + digits] == 'B');
}

/* Does its name say that a token does not use all weights? */
static bool
is_mixture_by_name(const char *name)
{
	bool found = has_word(name, "moe") || has_word(name, "mixtral") || has_word(name, "expert");

	for (; !found && *name; name++)
		found = counts_experts(name);
	return found;
}

static double
share_of(double active, double all)
{
	double share = all > 0 ? active / all : 0;

	return share > 1 ? 1 : share < ROOFLINE_SHARE_MIN ? ROOFLINE_SHARE_MIN : share;
}

/* The share of the weights that a token uses. */
static double
active_share(const json_t *model, const struct catalogue *c)
{
	const char *name = json_get_text(model, "name");
	double active = json_get_real(model, "active_parameters");
	const json_t *row = NULL;

	if (active > 0)
		return share_of(active, json_get_real(model, "parameters"));
	if (catalogue_model(c, name, &row) == MATCH_ONE) {
		active = json_get_real(row, "params_active_b");
		if (active > 0)
			return share_of(active, json_get_real(row, "params_total_b"));
		if (json_is_true(json_object_get(row, "moe")))
			return ROOFLINE_SHARE_MIN;
	}
	return is_mixture_by_name(name) ? ROOFLINE_SHARE_MIN : 1;
}

/* ---- bandwidth ---- */

/* Add all accelerators' bandwidth, and what their caches hold; false: one of them is not known. */
static bool
add_accelerators(
    const json_t *hardware, const struct catalogue *c, struct roofline *out, double *cached)
{
	const json_t *list = json_object_get(hardware, "accelerators"), *one;
	struct catalogue_device device;
	size_t i;

	json_array_foreach (list, i, one) {
		const struct device_query q = {.raw = json_get_text(one, "name"),
		    .memory_mib = json_get_whole(one, "memory_mib"),
		    .system_mib = json_get_whole(hardware, "memory_mib")};
		double n;

		if (catalogue_device(c, &q, &device) != MATCH_ONE || device.bandwidth_gbs <= 0)
			return false;
		n = device.count > 0 ? (double)device.count : 1;
		out->bandwidth_gbs += n * device.bandwidth_gbs;
		*cached += n * ROOFLINE_CACHE_GB;
	}
	return json_array_size(list) > 0;
}

/* Behind an endpoint nobody knows what there is: the processor is "unknown". */
static bool
add_host(const json_t *hardware, struct roofline *out, double *cached)
{
	const char *cpu = json_get_text(json_object_get(hardware, "cpu"), "name");

	out->bandwidth_gbs += ROOFLINE_HOST_GBS;
	*cached += ROOFLINE_HOST_CACHE_GB;
	return cpu[0] != 0 && strcmp(cpu, "unknown") != 0;
}

static bool
find_bandwidth(const json_t *body, const char *offload, const struct catalogue *c,
    struct roofline *out, double *cached)
{
	const json_t *hardware = json_object_get(body, "hardware");

	if (strcmp(offload, "none") == 0)
		return add_host(hardware, out, cached);
	if (!add_accelerators(hardware, c, out, cached))
		return false;
	return strcmp(offload, "full") == 0 || add_host(hardware, out, cached);
}

/* One stream that decodes on hardware which the run tells. */
static bool
is_decode(const struct suite *suite, const json_t *result)
{
	const json_t *conditions = json_object_get(result, "conditions");

	for (size_t i = 0; i < suite->cell_n; i++)
		if (strcmp(suite->cell[i], "hardware") == 0)
			return strcmp(json_get_text(result, "metric"), "decode") == 0 &&
			       json_get_whole(conditions, "concurrency") <= 1;
	return false;
}

bool
roofline_find(const json_t *body, const json_t *result, const struct suite *suite,
    const struct catalogue *c, struct roofline *out)
{
	const json_t *model = json_object_get(body, "model");
	struct text offload = {0};
	double cached = 0, read;
	bool found;

	memset(out, 0, sizeof(*out));
	if (c == NULL || !is_decode(suite, result) ||
	    !cell_field(suite, "offload", body, result, &offload))
		return false;
	found = !offload.failed && offload.data != NULL &&
		find_bandwidth(body, offload.data, c, out, &cached);
	text_clear(&offload);
	out->speculative = declares_speculation(pointer_find(body, "/engine/flags")) ||
			   declares_speculation(json_object_get(body, "extra"));
	out->gigabytes = active_share(model, c) * weight_bytes(model, c) / GIGA;
	if (!found || !(out->gigabytes > 0))
		return false;
	read = fmax(out->gigabytes - cached, out->gigabytes / ROOFLINE_CACHE_TIMES);
	out->bound = ROOFLINE_SLACK * out->bandwidth_gbs / read;
	out->bound *= out->speculative ? ROOFLINE_SPECULATIVE : 1;
	return true;
}
