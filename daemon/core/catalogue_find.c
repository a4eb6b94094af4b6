/* catalogue_find.c — find parts, models, engines and quantization types by raw names.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "catalogue_key.h"
#include "json.h"

#define MIB_PER_GIB 1024.0
/* What a driver tells is the nominal size less error correction and its own needs: an L4 of 24 GiB
 * tells 23034 MiB, an H100 of 80 GiB 81559. The nearest two sizes of one name are 20 % apart. */
#define MEMORY_LEAST 0.90
#define MEMORY_MOST 1.02

/* ---- rows about a thing ---- */

static struct catalogue_rows
about(const json_t *table, const struct name_index *ix, const char *key)
{
	struct catalogue_rows rows = {.table = table};

	rows.n = name_index_find(ix, key, &rows.at);
	return rows;
}

struct catalogue_rows
catalogue_about_model(const struct catalogue *c, enum catalogue_table table, const char *hf_repo)
{
	return about(c->rows[table], &c->of_model[table], hf_repo);
}

struct catalogue_rows
catalogue_about_hardware(const struct catalogue *c, enum catalogue_table table, const char *slug)
{
	return about(c->rows[table], &c->of_hardware[table], slug);
}

const json_t *
catalogue_row(const struct catalogue_rows *rows, size_t i)
{
	return json_array_get(rows->table, rows->at[i].row);
}

/* ---- devices ---- */

static bool
near(double got, double nominal)
{
	return got >= MEMORY_LEAST * nominal && got <= MEMORY_MOST * nominal;
}

static double
number_of(const json_t *row, const char *member)
{
	const json_t *value = json_object_get(row, member);

	return value != NULL ? json_number_value(value) : 0;
}

static double
devices_of(const json_t *part)
{
	double n = number_of(part, "devices");

	return n > 0 ? n : 1;
}

/* Memory that is the machine's own is as large as the buyer chose. */
static bool
shares_memory(const json_t *part)
{
	return strcmp(json_get_text(part, "kind"), "gpu") != 0;
}

static bool
fits_memory(const json_t *part, double gib)
{
	const json_t *options = json_object_get(part, "memory_options_gib"), *option;
	double nominal = number_of(part, "memory_gib");
	size_t i;

	json_array_foreach (options, i, option)
		if (near(gib, json_number_value(option)))
			return true;
	return near(gib, nominal) || near(gib, nominal / devices_of(part));
}

static bool
same_vendor(const json_t *part, const char *vendor)
{
	const char *of = json_get_text(part, "vendor");

	for (; *of != 0 && *vendor != 0; of++, vendor++)
		if ((*of | 0x20) != *vendor)
			return false;
	return *of == 0 && *vendor == 0;
}

/* Several parts bear this name; alone tells whether only one does. */
static bool
is_candidate(const json_t *part, const struct device_name *name, const struct device_query *q,
    bool family, bool alone)
{
	bool shared = shares_memory(part);

	if (name->vendor != NULL && !same_vendor(part, name->vendor))
		return false;
	if (name->slice_compute > 0)
		return !shared &&
		       number_of(part, "memory_gib") * MEMORY_MOST >= (double)name->slice_gib;
	if (family && !fits_memory(part, name->memory_gib))
		return false;
	if (shared)
		return alone || q->system_mib == 0 ||
		       fits_memory(part, (double)q->system_mib / MIB_PER_GIB);
	return q->memory_mib == 0 || number_of(part, "memory_gib") == 0 ||
	       fits_memory(part, (double)q->memory_mib / MIB_PER_GIB);
}

/* The figures of one device; a slice has its share of memory, and so of what reads it. */
static void
describe(const json_t *part, const struct device_name *name, struct catalogue_device *out)
{
	double devices = devices_of(part), memory = number_of(part, "memory_gib"), share = 1;

	*out = (struct catalogue_device){.part = part, .count = name->count};
	snprintf(out->slug, sizeof(out->slug), "%s", json_get_text(part, "slug"));
	out->slice = name->slice_compute > 0;
	if (out->slice) {
		share = memory > 0 ? (double)name->slice_gib / memory : 1;
		share = share < 1 ? share : 1;
		snprintf(out->slug, sizeof(out->slug), "%s-mig-%lldg.%lldgb",
		    json_get_text(part, "slug"), (long long)name->slice_compute,
		    (long long)name->slice_gib);
	}
	out->memory_gib = out->slice ? (double)name->slice_gib : memory / devices;
	out->bandwidth_gbs = number_of(part, "memory_bandwidth_gbs") / devices * share;
	out->tdp_w = out->slice ? 0 : number_of(part, "tdp_w") / devices;
}

/* The entries of the fullest of the name's keys that has any. */
static size_t
find_entries(const struct catalogue *c, const struct device_name *name,
    const struct name_entry **at, enum device_key *by)
{
	for (int k = 0; k < DEVICE_KEY__MAX; k++) {
		size_t n;

		if (k >= DEVICE_KEY_PART && name->vendors_differ)
			break;
		*by = (enum device_key)k;
		n = name->key[k][0]
			? name_index_find(&c->names[CATALOGUE_HARDWARE], name->key[k], at)
			: 0;
		if (n > 0)
			return n;
	}
	return 0;
}

enum match
catalogue_device(
    const struct catalogue *c, const struct device_query *q, struct catalogue_device *out)
{
	const struct name_entry *at = NULL;
	struct device_name name;
	const json_t *found = NULL;
	enum device_key by = DEVICE_KEY_ALL;
	size_t n, fitting = 0;

	if (!device_name_read(q->raw, &name))
		return MATCH_NONE;
	n = find_entries(c, &name, &at, &by);
	if (by == DEVICE_KEY_ALL)
		name.count = 1; /* what looks like a count is part of the name */
	for (size_t i = 0; i < n; i++) {
		const json_t *part = json_array_get(c->rows[CATALOGUE_HARDWARE], at[i].row);

		if (!is_candidate(part, &name, q, by == DEVICE_KEY_FAMILY, n == 1))
			continue;
		found = part;
		fitting++;
	}
	if (fitting != 1)
		return fitting == 0 ? MATCH_NONE : MATCH_SEVERAL;
	describe(found, &name, out);
	return MATCH_ONE;
}

bool
catalogue_device_by_slug(const struct catalogue *c, const char *slug, struct catalogue_device *out)
{
	const char *slice = strstr(slug, "-mig-");
	size_t n = slice != NULL ? (size_t)(slice - slug) : strlen(slug), i;
	struct device_name name = {.count = 1};
	const json_t *part;
	char raw[32];

	if (slice != NULL) {
		snprintf(raw, sizeof(raw), "a mig-%s", slice + 5);
		if (!device_name_read(raw, &name) || name.slice_compute == 0)
			return false;
	}
	json_array_foreach (c->rows[CATALOGUE_HARDWARE], i, part) {
		const char *own = json_get_text(part, "slug");

		if (strncmp(own, slug, n) == 0 && own[n] == 0) {
			describe(part, &name, out);
			return strcmp(out->slug, slug) == 0;
		}
	}
	return false;
}

/* ---- models, engines, quantization types ---- */

static enum match
find_row(const struct catalogue *c, enum catalogue_table table, const struct name_index *ix,
    const char *key, const json_t **row)
{
	const struct name_entry *at;
	size_t n = name_index_find(ix, key, &at);

	if (n == 1)
		*row = json_array_get(c->rows[table], at->row);
	return n == 0 ? MATCH_NONE : n == 1 ? MATCH_ONE : MATCH_SEVERAL;
}

/* By the name alone: of no organisation, or of one that only converts. */
static enum match
find_base(const struct catalogue *c, const char *base, const json_t **row)
{
	enum match m = find_row(c, CATALOGUE_MODELS, &c->names[CATALOGUE_MODELS], base, row);

	return m != MATCH_NONE ? m : find_row(c, CATALOGUE_MODELS, &c->bases, base, row);
}

enum match
catalogue_model(const struct catalogue *c, const char *raw, const json_t **row)
{
	const struct name_index *names = &c->names[CATALOGUE_MODELS];
	char key[NAME_KEY_SIZE], *base;
	enum match m;
	bool cut;

	if (!model_key(raw, key))
		return MATCH_NONE;
	m = find_row(c, CATALOGUE_MODELS, names, key, row);
	if (m != MATCH_NONE)
		return m;
	base = strchr(key, '/');
	if (base == NULL && (m = find_base(c, key, row)) != MATCH_NONE)
		return m;
	cut = model_key_cut_form(key);
	if (base == NULL)
		return cut ? find_base(c, key, row) : MATCH_NONE;
	m = cut ? find_row(c, CATALOGUE_MODELS, names, key, row) : MATCH_NONE;
	*base = 0;
	return m == MATCH_NONE && organisation_converts(key) ? find_base(c, base + 1, row) : m;
}

enum match
catalogue_engine(const struct catalogue *c, const char *raw, const json_t **row)
{
	char key[NAME_KEY_SIZE];

	if (!engine_key(raw, key))
		return MATCH_NONE;
	return find_row(c, CATALOGUE_ENGINES, &c->names[CATALOGUE_ENGINES], key, row);
}

enum match
catalogue_quantization(const struct catalogue *c, const char *raw, const json_t **row)
{
	char key[NAME_KEY_SIZE];

	if (!quantization_key(raw, key))
		return MATCH_NONE;
	return find_row(c, CATALOGUE_QUANTIZATIONS, &c->names[CATALOGUE_QUANTIZATIONS], key, row);
}
