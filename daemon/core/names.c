/* names.c — which raw name stands for which, as staff said it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"

#define JOINT " + " /* between the names of different accelerators in a cell */
#define PARTS_MAX 64

static const char *const texts[NAME__MAX] = {
    [NAME_HARDWARE] = "hardware",
    [NAME_MODEL] = "model",
    [NAME_ENGINE] = "engine",
    [NAME_QUANTIZATION] = "quantization",
};

const char *
name_of_text(enum name_of of)
{
	return texts[of];
}

bool
name_of_named(const char *text, enum name_of *out)
{
	for (int of = 0; of < NAME__MAX; of++)
		if (strcmp(texts[of], text) == 0) {
			*out = (enum name_of)of;
			return true;
		}
	return false;
}

/* ---- what is said ---- */

static void
alias_free(void *thing)
{
	struct alias *a = thing;

	free(a->raw);
	free(a->canonical);
	free(a);
}

void
names_clear(struct names *n)
{
	map_clear(&n->aliases, alias_free);
	n->in_force = 0;
}

static void
alias_id(enum name_of of, const char *raw, uint8_t out[SHA256_SIZE])
{
	struct text all = {0};

	text_addf(&all, "%s\n%s", texts[of], raw);
	sha256_of(all.data != NULL ? all.data : "", all.n, out);
	text_clear(&all);
}

static struct alias *
find(const struct names *n, enum name_of of, const char *raw)
{
	uint8_t id[SHA256_SIZE];

	if (n->aliases.n == 0)
		return NULL;
	alias_id(of, raw, id);
	return map_find(&n->aliases, id);
}

const struct alias *
names_find(const struct names *n, enum name_of of, const char *raw)
{
	return find(n, of, raw);
}

const char *
names_canonical(const struct names *n, enum name_of of, const char *raw)
{
	const struct supposed *s = n->supposed;
	const struct alias *a;

	if (s != NULL && s->of == of && strcmp(s->raw, raw) == 0)
		return s->canonical != NULL ? s->canonical : raw;
	a = n->in_force > 0 ? find(n, of, raw) : NULL;
	return a != NULL && a->canonical != NULL ? a->canonical : raw;
}

bool
names_lead_to(const struct names *n, enum name_of of, const char *name)
{
	const struct alias *a;
	size_t at = 0;

	while ((a = map_next(&n->aliases, &at)) != NULL)
		if (a->of == of && a->canonical != NULL && strcmp(a->canonical, name) == 0)
			return true;
	return false;
}

static struct alias *
add(struct names *n, enum name_of of, const char *raw)
{
	struct alias *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	alias_id(of, raw, a->id);
	a->of = of;
	a->raw = strdup(raw);
	if (a->raw != NULL && map_put(&n->aliases, a))
		return a;
	alias_free(a);
	return NULL;
}

bool
names_put(struct names *n, enum name_of of, const char *raw, const char *canonical, int64_t index)
{
	char *copy = canonical != NULL ? strdup(canonical) : NULL;
	struct alias *a = find(n, of, raw);

	if (a == NULL)
		a = add(n, of, raw);
	if (a == NULL || (copy == NULL && canonical != NULL)) {
		free(copy);
		return false;
	}
	n->in_force += (copy != NULL) - (size_t)(a->canonical != NULL);
	free(a->canonical);
	a->canonical = copy;
	a->index = index;
	a->changed = true;
	n->said_n++;
	if (index > n->last_index)
		n->last_index = index;
	return true;
}

void
names_begin(struct names *n)
{
	struct alias *a;
	size_t at = 0;

	while ((a = map_next(&n->aliases, &at)) != NULL)
		a->changed = false;
}

/* ---- things with names ---- */

static void
add_part(const struct names *n, enum name_of of, const char *part, size_t size, struct text *out)
{
	char *name = strndup(part, size);

	if (name == NULL) {
		out->failed = true;
		return;
	}
	text_add_str(out, names_canonical(n, of, name));
	free(name);
}

/* The last c in the first n bytes; n: there is none. */
static size_t
last_of(const char *s, size_t n, char c)
{
	for (size_t i = n; i > 0; i--)
		if (s[i - 1] == c)
			return i - 1;
	return n;
}

void
names_subject(const struct names *n, const char *subject, struct text *out)
{
	const char *whole = names_canonical(n, NAME_MODEL, subject);
	size_t size = strlen(subject), plus, at;

	text_add_str(out, ""); /* never without any bytes */
	if (whole != subject || (n->in_force == 0 && n->supposed == NULL)) {
		text_add_str(out, whole);
		return;
	}
	plus = last_of(subject, size, '+');
	at = last_of(subject, plus, '@');
	add_part(n, NAME_MODEL, subject, at, out);
	text_add(out, subject + at, plus - at);
	if (plus == size)
		return;
	text_add_str(out, "+");
	add_part(n, NAME_QUANTIZATION, subject + plus + 1, size - plus - 1, out);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The parts in order, each once, as the cell field has them. */
static void
join(const char **parts, size_t n, struct text *out)
{
	qsort(parts, n, sizeof(*parts), by_text);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(parts[i], parts[i - 1]) != 0)
			text_addf(out, "%s%s", i > 0 ? JOINT : "", parts[i]);
}

static void
hardware_called(const struct names *n, const char *value, struct text *out)
{
	const char *whole = names_canonical(n, NAME_HARDWARE, value), *parts[PARTS_MAX];
	char *copy, *at, *end;
	size_t parts_n = 0;

	if (whole != value || strstr(value, JOINT) == NULL) {
		text_add_str(out, whole);
		return;
	}
	at = copy = strdup(value);
	out->failed = out->failed || copy == NULL;
	while (at != NULL && parts_n < PARTS_MAX) {
		end = strstr(at, JOINT);
		if (end != NULL)
			*end = 0;
		parts[parts_n++] = names_canonical(n, NAME_HARDWARE, at);
		at = end != NULL ? end + strlen(JOINT) : NULL;
	}
	join(parts, parts_n, out);
	free(copy);
}

static void
engine_called(const struct names *n, const char *value, struct text *out)
{
	text_add_str(out, names_canonical(n, NAME_ENGINE, value));
}

static void
quantization_called(const struct names *n, const char *value, struct text *out)
{
	text_add_str(out, names_canonical(n, NAME_QUANTIZATION, value));
}

static const struct named_field {
	const char *name;
	void (*add)(const struct names *n, const char *value, struct text *out);
} named_fields[] = {
    {"subject", names_subject},
    {"base", names_subject},
    {"hardware", hardware_called},
    {"engine", engine_called},
    {"quantization", quantization_called},
};

void
names_value(const struct names *n, const char *field, const char *value, struct text *out)
{
	for (size_t i = 0; i < sizeof(named_fields) / sizeof(*named_fields); i++)
		if (strcmp(named_fields[i].name, field) == 0) {
			named_fields[i].add(n, value, out);
			return;
		}
	text_add_str(out, value);
}

static bool
call(const struct names *n, json_t *fields, const char *field)
{
	const char *value = json_string_value(json_object_get(fields, field));
	struct text called = {0};
	bool done = true;

	if (value == NULL)
		return true;
	names_value(n, field, value, &called);
	if (!called.failed && strcmp(called.data, value) != 0)
		done = json_object_set_new(fields, field, json_stringn(called.data, called.n)) == 0;
	done = done && !called.failed;
	text_clear(&called);
	return done;
}

json_t *
names_fields(const struct names *n, const json_t *fields)
{
	static const char *const named[] = {"subject", "base", "hardware", "engine"};
	json_t *called = json_copy((json_t *)fields);

	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++)
		if (called == NULL || !call(n, called, named[i])) {
			json_decref(called);
			return NULL;
		}
	return called;
}

json_t *
names_model(const struct names *n, json_t *model)
{
	const char *name = json_get_text(model, "name"),
		   *quantization = json_get_text(model, "quantization"),
		   *to = names_canonical(n, NAME_MODEL, name),
		   *to_quantization = names_canonical(n, NAME_QUANTIZATION, quantization);
	json_t *called;

	if (to == name && to_quantization == quantization)
		return json_incref(model);
	called = json_copy(model);
	if (called != NULL &&
	    (json_object_set_new(called, "name", json_string(to)) != 0 ||
		(to_quantization != quantization && json_object_set_new(called, "quantization",
							json_string(to_quantization)) != 0))) {
		json_decref(called);
		return NULL;
	}
	return called;
}
