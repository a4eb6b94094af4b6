/* import.c — keep result files, and cut what would be too large for one envelope.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "home.h"
#include "import_parts.h"
#include "json.h"

bool
import_fault(const struct import_file *file, const struct fault *from, struct fault *f)
{
	char path[512];
	size_t n = strlen(file->path);
	/* The end of a long path tells more than its begin, and the line must stay. */
	const char *shown = n > 120 ? file->path + n - 120 : file->path;
	bool is_line = from->path[0] >= '0' && from->path[0] <= '9';

	snprintf(path, sizeof(path), "%s%s%s%s", n > 120 ? "..." : "", shown,
	    from->path[0] == 0 ? "" : (is_line ? ":" : " at "), from->path);
	return fault_set(f, from->code, path, from->expected, "%s", from->got);
}

static bool
keep(const struct home *home, const char *hex, const char *data, size_t n, struct fault *f)
{
	char *path = path_join(home->evidence, hex);
	struct fault local = {0};
	bool done = (path != NULL && file_write(path, data, n, 0600, &local)) ||
		    fault_set(f, FAULT_SPOOL, home->evidence, "a folder this user can write", "%s",
			local.got);

	free(path);
	return done;
}

bool
import_keep(const struct import_file *file, const struct home *home, bool *kept, struct fault *f)
{
	bool is_folder = file->importer->members != NULL, done = true;

	*kept = true;
	if (!is_folder && file->n <= EVIDENCE_MAX_BYTES)
		return keep(home, file->sha256, file->data, file->n, f);
	*kept = is_folder;
	for (size_t k = 0; is_folder && done && k < file->parts_n; k++) {
		const struct source_part *part = &file->parts[k];
		char hex[HEX32_SIZE];

		if (part->data == NULL)
			continue;
		*kept = *kept && part->n <= EVIDENCE_MAX_BYTES;
		part_digest(part, hex);
		if (part->n <= EVIDENCE_MAX_BYTES)
			done = keep(home, hex, part->data, part->n, f);
	}
	return done;
}

void
part_digest(const struct source_part *part, char hex[HEX32_SIZE])
{
	uint8_t digest[SHA256_SIZE];

	sha256_of(part->data, part->n, digest);
	hex_print(digest, SHA256_SIZE, hex);
}

void
import_file_clear(struct import_file *file)
{
	bool folder = file->importer != NULL && file->importer->members != NULL &&
		      file->parts_n > 0 && file->data == file->parts[0].data;

	if (folder)
		for (size_t k = 0; k < file->parts_n; k++)
			free((char *)file->parts[k].data);
	else
		free(file->data);
	free(file->parts);
	drafts_clear(&file->drafts);
	json_decref(file->bodies);
	memset(file, 0, sizeof(*file));
}

/* Tell whether one of the results is of this metric. */
static bool
measures(const json_t *results, const char *metric)
{
	const json_t *result;
	size_t k;

	json_array_foreach (results, k, result)
		if (strcmp(json_get_text(result, "metric"), metric) == 0)
			return true;
	return false;
}

/* Keep the scores of those metrics that have a result here. */
static void
take_items(json_t *part, const json_t *results)
{
	json_t *some = json_array(), *one;
	size_t k;

	json_array_foreach (json_object_get(part, "items"), k, one)
		if (measures(results, json_get_text(one, "metric")))
			json_array_append(some, one);
	if (json_array_size(some) > 0)
		json_object_set(part, "items", some);
	else
		json_object_del(part, "items");
	json_decref(some);
}

/* Return the body with results from … to only. Returns new. */
static json_t *
part_of(const json_t *body, size_t from, size_t to)
{
	const json_t *results = json_object_get(body, "results");
	json_t *part = json_copy((json_t *)body), *some = json_array();

	for (size_t i = from; i < to; i++)
		json_array_append(some, json_array_get(results, i));
	json_object_set_new(part, "results", some);
	take_items(part, some);
	return part;
}

static bool
fits(const json_t *body)
{
	struct text printed = {0};
	bool small;

	json_print(body, &printed);
	small = !printed.failed && printed.n <= IMPORT_PAYLOAD_BYTES &&
		json_array_size(json_object_get(body, "results")) <= IMPORT_RESULTS;
	text_clear(&printed);
	return small;
}

/* One result whose scores are too many for an envelope goes without them. */
static bool
add_one(const json_t *body, json_t *out, bool *dropped)
{
	json_t *copy;

	if (fits(body) || json_object_get(body, "items") == NULL)
		return json_array_append(out, (json_t *)body) == 0;
	copy = json_copy((json_t *)body);
	json_object_del(copy, "items");
	*dropped = true;
	return json_array_append_new(out, copy) == 0;
}

bool
import_split(const json_t *body, json_t *out, bool *dropped)
{
	size_t n = json_array_size(json_object_get(body, "results"));
	json_t *first, *second;
	bool done;

	if (n < 2 || fits(body))
		return add_one(body, out, dropped);
	first = part_of(body, 0, n / 2);
	second = part_of(body, n / 2, n);
	done = import_split(first, out, dropped) && import_split(second, out, dropped);
	json_decref(first);
	json_decref(second);
	return done;
}
