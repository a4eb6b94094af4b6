/* import_read.c — from loaded files to drafts: whose companions they have, which models are wanted.
 * SPDX-License-Identifier: Apache-2.0 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "import.h"
#include "import_parts.h"
#include "model_names.h"
#include "suite_folder.h"
#include "text.h"

static bool
no_memory(struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for an import", "none");
}

/* Give a file what was given beside it. */
static bool
take_companions(const struct import *i, struct import_file *file, struct fault *f)
{
	if (file->parts != NULL)
		return true;
	file->parts = calloc(i->n + 1, sizeof(*file->parts));
	if (file->parts == NULL)
		return no_memory(f);
	for (size_t k = 0; k < i->n; k++) {
		const struct import_file *other = &i->files[k];

		if (other->companion && other->importer == file->importer)
			file->parts[file->parts_n++] = (struct source_part){
			    .name = base_name(other->path), .data = other->data, .n = other->n};
	}
	return true;
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

bool
import_read(const struct import *i, struct import_file *file, struct fault *f)
{
	const struct importer *importer = file->importer;
	struct source in = {.name = base_name(file->path),
	    .data = file->data,
	    .n = file->n,
	    .suites = i->suites,
	    .baseline = args_text(i->args, "baseline")};
	struct fault local = {0};

	if (!take_companions(i, file, f))
		return false;
	in.parts = file->parts;
	in.parts_n = file->parts_n;
	if (importer->suite != NULL) {
		in.suite = suite_newest(i->suites, importer->suite);
		if (in.suite == NULL)
			return fault_set(f, FAULT_UNKNOWN_SUITE, "--suites", importer->suite,
			    "a folder without it");
	}
	if (!importer_read(importer, &in, &file->drafts, &local))
		return import_fault(file, &local, f);
	for (size_t k = 0; k < file->drafts.n; k++)
		if (file->drafts.list[k].suite == NULL)
			file->drafts.list[k].suite = in.suite;
	return name_untold(file, f);
}

static bool
is_chosen(const struct args *a, const struct draft *d)
{
	const char *pattern;
	size_t cursor = 0;

	while ((pattern = args_next(a, "only", &cursor)) != NULL)
		if (model_file_fits(pattern, d->model_file) ||
		    (d->task != NULL && fnmatch(pattern, d->task, 0) == 0))
			return true;
	return false;
}

static void
choose(const struct args *a, struct drafts *drafts, struct text *names)
{
	size_t kept = 0;

	for (size_t k = 0; k < drafts->n; k++) {
		struct draft *d = &drafts->list[k];

		if (names->n < 200)
			text_addf(names, "%s%s", names->n > 0 ? ", " : "",
			    d->task != NULL ? d->task : d->model_file);
		if (is_chosen(a, d)) {
			drafts->list[kept++] = *d;
			continue;
		}
		json_decref(d->body);
		json_decref(d->asks);
		free(d->model_file);
		free(d->task);
	}
	drafts->n = kept;
}

bool
import_choose(struct import *i, struct fault *f)
{
	struct text names = {0};
	size_t left = 0;

	if (!args_has(i->args, "only"))
		return true;
	for (size_t k = 0; k < i->n; k++) {
		choose(i->args, &i->files[k].drafts, &names);
		left += i->files[k].drafts.n;
	}
	if (left == 0)
		fault_set(f, FAULT_OPTION, "--only",
		    "a model or task of the files, or a pattern for some",
		    "none that fits; they have %s", names.data ? names.data : "none");
	text_clear(&names);
	return left > 0;
}

bool
import_check_suites(const struct import *i, struct import_file *file, struct fault *f)
{
	struct text tasks = {0};
	struct fault local = {0};

	(void)i;
	for (size_t k = 0; k < file->drafts.n; k++) {
		const struct draft *d = &file->drafts.list[k];

		if (d->suite == NULL && tasks.n < 200 &&
		    (k == 0 || strcmp(d->task, file->drafts.list[k - 1].task) != 0))
			text_addf(&tasks, "%s%s", tasks.n > 0 ? ", " : "", d->task);
	}
	if (tasks.n == 0)
		return true;
	fault_set(&local, FAULT_UNKNOWN_SUITE, "",
	    "benchmarks with a folder in eval-suites: eval-suites/README.md says how to add one, "
	    "without touching C; --only NAME takes the others alone",
	    "%s, without one", tasks.data);
	text_clear(&tasks);
	return import_fault(file, &local, f);
}

static bool
is_used(const struct import *i, const struct import_file *companion)
{
	for (size_t k = 0; k < i->n; k++)
		for (size_t p = 0; p < i->files[k].parts_n; p++)
			if (i->files[k].parts[p].data == companion->data &&
			    i->files[k].parts[p].used)
				return true;
	return false;
}

bool
import_check_companions(const struct import *i, struct fault *f)
{
	struct fault local = {0};

	fault_set(&local, FAULT_FILE_FORMAT, "",
	    "a file that goes with the results given beside it", "one that goes with none of them");
	for (size_t k = 0; k < i->n; k++)
		if (i->files[k].companion && !is_used(i, &i->files[k]))
			return import_fault(&i->files[k], &local, f);
	return true;
}
