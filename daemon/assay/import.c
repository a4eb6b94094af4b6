/* import.c — read result files, and cut what would be too large for one envelope.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto.h"
#include "file.h"
#include "home.h"
#include "import_parts.h"
#include "json.h"

#define FILE_MAX_BYTES (64 * 1024 * 1024)

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

/* Weights that a file does not name go by the name of the file. */
static bool
name_untold(struct import_file *file, struct fault *f)
{
	for (size_t k = 0; k < file->drafts.n; k++) {
		struct draft *d = &file->drafts.list[k];

		if (d->model_file[0] != 0)
			continue;
		free(d->model_file);
		d->model_untold = true;
		d->model_file = strdup(base_name(file->path));
		if (d->model_file == NULL)
			return fault_set(f, FAULT_NO_MEMORY, "", "memory for a name", "none");
	}
	return true;
}

/* The files of a folder as one JSON object by name, so that one digest stands for all of them. */
static bool
read_folder(const char *const *names, struct import_file *file, struct fault *f)
{
	struct text bound = {0};
	bool done = true;

	for (; done && *names != NULL; names++) {
		char *path = path_join(file->path, *names), *data;
		size_t n;

		if (path != NULL && access(path, F_OK) == 0) {
			done = file_read(path, FILE_MAX_BYTES, &data, &n, f);
			text_addf(&bound, "%s\n\"%s\": ", bound.n > 0 ? "," : "{", *names);
			if (done)
				text_add(&bound, data, n);
			if (done)
				free(data);
		}
		free(path);
	}
	text_add_str(&bound, bound.n > 0 ? "\n}\n" : "");
	file->n = bound.n;
	file->data = text_take(&bound);
	if (done && file->n > FILE_MAX_BYTES)
		return fault_set(
		    f, FAULT_FILE, file->path, "files of at most 64 MiB together", "more");
	return done && (file->data != NULL ||
			   fault_set(f, FAULT_NO_MEMORY, "", "memory for a folder", "none"));
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

const struct suite *
import_suite(const struct import *i, const struct draft *d)
{
	return d->suite != NULL ? d->suite : i->suite;
}

bool
import_read(const struct import *i, struct import_file *file, struct fault *f)
{
	struct fault local = {0};
	uint8_t digest[SHA256_SIZE];
	bool done;

	if (i->importer->folder != NULL && is_folder(file->path))
		done = read_folder(i->importer->folder, file, f);
	else
		done = file_read(file->path, FILE_MAX_BYTES, &file->data, &file->n, f);
	if (!done)
		return false;
	sha256_of(file->data, file->n, digest);
	hex_print(digest, SHA256_SIZE, file->sha256);
	done = i->importer->read_any != NULL
		   ? i->importer->read_any(file->data, file->n, i->suites, &file->drafts, &local)
		   : i->importer->read(file->data, file->n, i->suite, &file->drafts, &local);
	return done ? name_untold(file, f) : import_fault(file, &local, f);
}

bool
import_keep(const struct import_file *file, const struct home *home, bool *kept, struct fault *f)
{
	char *path = path_join(home->evidence, file->sha256);
	struct fault local = {0};
	bool done;

	*kept = file->n <= EVIDENCE_MAX_BYTES;
	done = !*kept || (path != NULL && file_write(path, file->data, file->n, 0600, &local)) ||
	       fault_set(
		   f, FAULT_SPOOL, home->evidence, "a folder this user can write", "%s", local.got);
	free(path);
	return done;
}

void
import_file_clear(struct import_file *file)
{
	free(file->data);
	drafts_clear(&file->drafts);
	json_decref(file->bodies);
	memset(file, 0, sizeof(*file));
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
	return part;
}

bool
import_split(const json_t *body, json_t *out)
{
	size_t n = json_array_size(json_object_get(body, "results"));
	struct text printed = {0};
	json_t *first, *second;
	bool fits, done;

	json_print(body, &printed);
	fits = !printed.failed && printed.n <= IMPORT_PAYLOAD_BYTES && n <= IMPORT_RESULTS;
	text_clear(&printed);
	if (fits || n < 2)
		return json_array_append(out, (json_t *)body) == 0;
	first = part_of(body, 0, n / 2);
	second = part_of(body, n / 2, n);
	done = import_split(first, out) && import_split(second, out);
	json_decref(first);
	json_decref(second);
	return done;
}
