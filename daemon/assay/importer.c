/* importer.c — the list of importers, and what they share.
 * SPDX-License-Identifier: Apache-2.0 */
#include "importer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "glance.h"
#include "records.h"
#include "suite_folder.h"

#define NOTES_MAX 50 /* of one file */

const struct importer *const importers[] = {
    &importer_llama_bench,
    &importer_llama_perplexity,
    &importer_lm_eval,
    &importer_fastchat_single,
    &importer_fastchat_pairwise,
    &importer_alpaca_eval,
    &importer_evalplus,
    &importer_vllm,
    &importer_localscore,
    &importer_helm,
    &importer_inspect_ai,
    &importer_every_eval_ever,
    &importer_refusals,
    &importer_chat,
    &importer_serving,
    NULL,
};

const struct importer *
importer_named(const char *name)
{
	for (const struct importer *const *i = importers; *i != NULL; i++)
		if (strcmp((*i)->name, name) == 0)
			return *i;
	return NULL;
}

const struct importer *
importer_of(const struct glance *g)
{
	for (const struct importer *const *i = importers; *i != NULL; i++)
		if ((*i)->recognise(g))
			return *i;
	return NULL;
}

const struct importer *
importer_of_companion(const struct glance *g)
{
	for (const struct importer *const *i = importers; *i != NULL; i++)
		if ((*i)->companion != NULL && (*i)->companion(g))
			return *i;
	return NULL;
}

const struct suite *
task_suite(const struct source *in, const char *name, const char *where, struct fault *f)
{
	const struct suite *suite = suite_newest(in->suites, name);

	if (suite == NULL)
		fault_set(f, FAULT_UNKNOWN_SUITE, where,
		    "a benchmark with a folder in eval-suites; eval-suites/README.md says how to "
		    "add "
		    "one, without touching C",
		    "\"%.80s\", which has none", name);
	return suite;
}

const char *
importer_media_type(const struct importer *i, const char *data, size_t n)
{
	return i->media != NULL ? i->media : i->media_type(data, n);
}

static bool
read_records(const struct importer *i, const struct source *in, struct drafts *out, struct fault *f)
{
	struct records records = {0};
	bool done;

	memset(out, 0, sizeof(*out));
	done = records_read_python(in->data, in->n, &records, f);
	for (size_t k = 0; done && k < records.n; k++)
		done = i->read_record(in, &records.list[k], out, f);
	records_clear(&records);
	return done;
}

bool
importer_read(
    const struct importer *i, const struct source *in, struct drafts *out, struct fault *f)
{
	return i->read_record != NULL ? read_records(i, in, out, f) : i->read(in, out, f);
}

struct draft *
draft_add(struct drafts *d)
{
	struct draft *more;

	if ((d->n & (d->n - 1)) == 0) {
		more = realloc(d->list, (d->n ? 2 * d->n : 1) * sizeof(*more));
		if (more == NULL)
			return NULL;
		d->list = more;
	}
	memset(&d->list[d->n], 0, sizeof(*d->list));
	return &d->list[d->n++];
}

void
drafts_note(struct drafts *d, const char *fmt, ...)
{
	const json_t *told;
	char note[512];
	va_list args;
	size_t i;

	va_start(args, fmt);
	vsnprintf(note, sizeof(note), fmt, args);
	va_end(args);
	if (d->notes == NULL)
		d->notes = json_array();
	json_array_foreach (d->notes, i, told)
		if (strcmp(json_string_value(told), note) == 0)
			return;
	if (json_array_size(d->notes) == NOTES_MAX)
		snprintf(note, sizeof(note), "more was left out than is noted here");
	if (json_array_size(d->notes) <= NOTES_MAX)
		json_array_append_new(d->notes, json_string(note));
}

void
drafts_clear(struct drafts *d)
{
	for (size_t i = 0; i < d->n; i++) {
		json_decref(d->list[i].body);
		json_decref(d->list[i].asks);
		free(d->list[i].model_file);
		free(d->list[i].task);
	}
	free(d->list);
	json_decref(d->notes);
	memset(d, 0, sizeof(*d));
}

const char *
base_name(const char *path)
{
	const char *base = path;

	for (const char *s = path; *s; s++)
		if (*s == '/' || *s == '\\')
			base = s + 1;
	return base;
}
