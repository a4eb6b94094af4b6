/* catalogue.c — read the catalogue's tables, and index their rows by name.
 * SPDX-License-Identifier: Apache-2.0 */
#include "catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue_key.h"
#include "catalogue_shape.h"
#include "file.h"
#include "json.h"
#include "lines.h"
#include "text.h"

#define NAMED_N (CATALOGUE_QUANTIZATIONS + 1)

/* Where a reader is. */
struct place {
	enum catalogue_table table;
	size_t line;
};

const char *
catalogue_table_name(enum catalogue_table table)
{
	return catalogue_forms[table].name;
}

/* ---- faults ---- */

static bool
wrong(struct fault *f, struct place at, const char *pointer, const char *expected, const char *got)
{
	char path[320];

	snprintf(path, sizeof(path), "%s:%zu%s", catalogue_table_name(at.table), at.line, pointer);
	return fault_set(f, FAULT_CATALOGUE, path, expected, "%s", got);
}

static bool
no_memory(struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for the catalogue", "none");
}

/* ---- rows ---- */

/* YYYY, YYYY-MM or YYYY-MM-DD */
static bool
is_date(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (i == 4 || i == 7 ? s[i] != '-' : s[i] < '0' || s[i] > '9')
			return false;
	return n == 4 || n == 7 || n == 10;
}

/* Slugs name files and go into cells. */
static bool
is_slug(const char *s)
{
	return strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-._") == strlen(s) && s[0] != '.' &&
	       strstr(s, "-mig-") == NULL;
}

static bool
check_row(const json_t *row, struct place at, struct fault *f)
{
	const struct catalogue_form *form = &catalogue_forms[at.table];
	struct fault local = {0};

	if (!shape_check(form->shape, row, "", &local))
		return wrong(f, at, local.path, local.expected, local.got);
	if (!is_date(json_get_text(row, "date")))
		return wrong(f, at, "/date", "a date as YYYY, YYYY-MM or YYYY-MM-DD",
		    json_get_text(row, "date"));
	return strcmp(form->key, "slug") != 0 || is_slug(json_get_text(row, "slug")) ||
	       wrong(f, at, "/slug", "lower-case letters, digits, '-', '.' and '_'",
		   json_get_text(row, "slug"));
}

static bool
add_row(struct catalogue *c, struct place at, struct line line, struct fault *f)
{
	struct fault local = {0};
	json_t *row = json_read_object(line.s, line.n, &local);

	if (row == NULL)
		return local.code == FAULT_NO_MEMORY ? no_memory(f)
						     : wrong(f, at, "", local.expected, local.got);
	if (!check_row(row, at, f)) {
		json_decref(row);
		return false;
	}
	return json_array_append_new(c->rows[at.table], row) == 0 || no_memory(f);
}

/* ---- names ---- */

static bool
add_device_names(struct name_index *ix, const char *name, size_t row)
{
	struct device_name read;

	if (!device_name_read(name, &read))
		return true; /* it can be found by its other names */
	/* a part may be called "X60": then that is no count */
	return name_index_add(ix, read.key[DEVICE_KEY_ALL], row) &&
	       (read.count > 1 || read.key[DEVICE_KEY_PART][0] == 0 ||
		   name_index_add(ix, read.key[DEVICE_KEY_PART], row));
}

/* "org/name" is also found as "name" and, from who only converts, as "org-name". */
static bool
add_model_bases(struct name_index *ix, const char *key, size_t row)
{
	const char *base = strchr(key, '/');
	char joined[NAME_KEY_SIZE];

	if (base == NULL)
		return true;
	snprintf(joined, sizeof(joined), "%s", key);
	joined[base - key] = '-';
	return name_index_add(ix, base + 1, row) && name_index_add(ix, joined, row);
}

static bool
add_name(struct catalogue *c, enum catalogue_table table, const char *name, size_t row)
{
	struct name_index *ix = &c->names[table];
	char key[NAME_KEY_SIZE];
	bool has;

	if (table == CATALOGUE_HARDWARE)
		return add_device_names(ix, name, row);
	if (table == CATALOGUE_MODELS)
		has = model_key(name, key);
	else if (table == CATALOGUE_ENGINES)
		has = engine_key(name, key);
	else
		has = quantization_key(name, key);
	return !has || (name_index_add(ix, key, row) &&
			   (table != CATALOGUE_MODELS || add_model_bases(&c->bases, key, row)));
}

static bool
add_list(struct catalogue *c, enum catalogue_table table, const json_t *list, size_t row)
{
	const json_t *name;
	size_t i;

	json_array_foreach (list, i, name)
		if (!add_name(c, table, json_string_value(name), row))
			return false;
	return true;
}

static bool
add_names(struct catalogue *c, enum catalogue_table table)
{
	const json_t *row;
	size_t i;

	json_array_foreach (c->rows[table], i, row) {
		bool spoken = table == CATALOGUE_HARDWARE || table == CATALOGUE_ENGINES;

		if (!add_name(c, table, json_get_text(row, catalogue_forms[table].key), i) ||
		    (spoken && !add_name(c, table, json_get_text(row, "name"), i)) ||
		    !add_list(c, table, json_object_get(row, "aliases"), i) ||
		    !add_list(c, table, json_object_get(row, "ambiguous_aliases"), i))
			return false;
	}
	name_index_sort(&c->names[table]);
	return true;
}

/* A name of two rows names neither; parts of hardware may share some, since memory tells. */
static bool
check_names(const struct catalogue *c, enum catalogue_table table, struct fault *f)
{
	const struct name_index *ix = &c->names[table];

	for (size_t i = 1; table != CATALOGUE_HARDWARE && i < ix->n; i++)
		if (strcmp(ix->at[i - 1].name, ix->at[i].name) == 0)
			return wrong(f, (struct place){table, ix->at[i].row + 2}, "",
			    "names that no other row has", ix->at[i].name);
	return true;
}

/* ---- what rows are about ---- */

static bool
add_about(struct name_index *ix, const json_t *rows, const char *member)
{
	const json_t *row;
	size_t i;

	json_array_foreach (rows, i, row) {
		const char *of = json_get_text(row, member);

		if (of[0] != 0 && !name_index_add(ix, of, i))
			return false;
	}
	name_index_sort(ix);
	return true;
}

static bool
check_keys(const struct catalogue *c, enum catalogue_table table, struct fault *f)
{
	struct name_index keys = {0};
	bool done = add_about(&keys, c->rows[table], catalogue_forms[table].key) || no_memory(f);

	for (size_t i = 1; done && i < keys.n; i++)
		if (strcmp(keys.at[i - 1].name, keys.at[i].name) == 0)
			done = wrong(f, (struct place){table, keys.at[i].row + 2}, "",
			    "a key that no other row has", keys.at[i].name);
	name_index_clear(&keys);
	return done;
}

static bool
index_rows(struct catalogue *c, struct fault *f)
{
	for (int t = 0; t < CATALOGUE__MAX; t++) {
		enum catalogue_table table = (enum catalogue_table)t;

		if (t < NAMED_N && !add_names(c, table))
			return no_memory(f);
		if ((t < NAMED_N && !check_names(c, table, f)) || !check_keys(c, table, f))
			return false;
		if (!add_about(&c->of_model[t], c->rows[t], "hf_repo") ||
		    !add_about(&c->of_hardware[t], c->rows[t], "hardware"))
			return no_memory(f);
	}
	name_index_sort(&c->bases);
	return true;
}

/* ---- the bytes ---- */

static bool
is_head(struct line line, enum catalogue_table table)
{
	char head[80];

	snprintf(head, sizeof(head), "{\"table\": \"%s\"}", catalogue_table_name(table));
	return line_is(line, head);
}

static bool
read_tables(struct catalogue *c, struct fault *f)
{
	struct lines in = {c->bytes, c->bytes_n};
	struct place at = {CATALOGUE_HARDWARE, 1};
	struct line line;

	if (c->bytes_n == 0)
		return true;
	if (!line_next(&in, &line) || !is_head(line, at.table))
		return wrong(f, at, "", "the line {\"table\": \"hardware\"}", "another");
	while (line_next(&in, &line)) {
		at.line++;
		if (at.table + 1 < CATALOGUE__MAX && is_head(line, at.table + 1)) {
			at = (struct place){at.table + 1, 1};
			continue;
		}
		if (!add_row(c, at, line, f))
			return false;
	}
	if (in.n > 0)
		return wrong(f, at, "", "lines that end with LF", "one that does not");
	return at.table + 1 == CATALOGUE__MAX || wrong(f, at, "", "ten tables", "fewer");
}

struct catalogue *
catalogue_read(const char *bytes, size_t n, struct fault *f)
{
	struct catalogue *c = n <= CATALOGUE_MAX_BYTES ? calloc(1, sizeof(*c)) : NULL;
	bool done = c != NULL;

	if (n > CATALOGUE_MAX_BYTES)
		fault_set(f, FAULT_CATALOGUE, "", "at most 8 MiB", "%zu bytes", n);
	for (int t = 0; done && t < CATALOGUE__MAX; t++)
		done = (c->rows[t] = json_array()) != NULL;
	if (done)
		done = (c->bytes = malloc(n + 1)) != NULL;
	if (done) {
		if (n > 0)
			memcpy(c->bytes, bytes, n);
		c->bytes[n] = 0;
		c->bytes_n = n;
		sha256_of(bytes, n, c->digest);
	}
	if (done ? read_tables(c, f) && index_rows(c, f) : no_memory(f))
		return c;
	catalogue_free(c);
	return NULL;
}

struct catalogue *
catalogue_load(const char *dir, struct fault *f)
{
	struct catalogue *c = NULL;
	struct text all = {0};
	bool done = true;

	for (int t = 0; done && t < CATALOGUE__MAX; t++) {
		char name[80], *path, *data = NULL;
		size_t n = 0;

		snprintf(name, sizeof(name), "%s.jsonl", catalogue_forms[t].name);
		path = path_join(dir, name);
		done = path != NULL && file_read(path, CATALOGUE_MAX_BYTES, &data, &n, f);
		if (done)
			text_add(&all, data, n);
		free(data);
		free(path);
	}
	if (done && !all.failed)
		c = catalogue_read(all.data ? all.data : "", all.n, f);
	else
		no_memory(f);
	text_clear(&all);
	return c;
}

void
catalogue_free(struct catalogue *c)
{
	if (c == NULL)
		return;
	for (int t = 0; t < CATALOGUE__MAX; t++) {
		json_decref(c->rows[t]);
		name_index_clear(&c->of_model[t]);
		name_index_clear(&c->of_hardware[t]);
	}
	for (int t = 0; t < NAMED_N; t++)
		name_index_clear(&c->names[t]);
	name_index_clear(&c->bases);
	free(c->bytes);
	free(c);
}
