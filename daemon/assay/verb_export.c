/* verb_export.c — write submissions in the forms of others.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "export.h"
#include "file.h"
#include "json.h"
#include "term.h"

static const struct exporter *const exporters[] = {
    &exporter_eee,
    &exporter_hf,
    &exporter_csv,
    NULL,
};

static const struct flag flags[] = {
    {.name = "from",
	.value = "WHERE",
	.path = true,
	.help = "spool: what was signed here, sent or not (the default); server: the log of the "
		"pinned server; else the log at this address or in this mirror folder."},
    {.name = "out",
	.value = "DIR",
	.path = true,
	.help = "Write the files below this folder instead of printing them."},
    {.name = "suite", .value = "NAME", .many = true, .help = "Only this suite; may be repeated."},
    {.name = "model",
	.value = "ORG/NAME",
	.many = true,
	.help = "Only this model; may be repeated."},
    {.name = "all",
	.help = "Also what is held, superseded, retracted or quarantined, or was refused; the "
		"state stands beside it."},
    {.name = "relationship",
	.value = "WORD",
	.help = "eee: what the submitter is to the model's maker: first_party, third_party, "
		"collaborative, other."},
    {.name = "availability",
	.value = "WORD",
	.help = "eee: open_weights, closed_weights or unknown."},
    {.name = "dataset",
	.value = "ORG/NAME",
	.help = "hf: the benchmark's data set, where the suite does not name it."},
    {.name = "task", .value = "ID", .help = "hf: the task of that data set."},
    {.name = "metric", .value = "NAME", .help = "hf: the suite's metric that its board shows."},
    {.name = "percent", .help = "hf: print shares of 1 as percent."},
    {.name = "vkey",
	.value = "VKEY",
	.help = "The log's verifier key, instead of that of the pinned server."},
    {.name = "keep",
	.value = "DIR",
	.path = true,
	.help = "Where what a log never changes is kept; HOME/audit if not given."},
    FLAG_SUITES,
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay export csv > mine.csv", "A table of what was signed here."},
    {"assay export eee --from server --out datastore", "Everything that counts in the log."},
    {"assay export hf --suite mmlu --model org/model --dataset cais/mmlu --task mmlu --metric acc",
	"A file for the model's repository."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "it is printed or written; notes say what was left out"},
    {EXIT_CODE_REFUSED, "a log does not hold together; nothing of it was exported"},
    {EXIT_CODE_USAGE, "something has to be told by an option, or no server is pinned"},
    {EXIT_CODE_LOCAL, "a file or folder cannot be read or written"},
    {EXIT_CODE_LATER, "the server cannot be reached"},
    {EXIT_CODE_IDENTITY, "the checkpoint is not signed by the log's key"},
    {0, NULL},
};

static bool
find_exporter(const struct task *t, const struct exporter **out, struct problem *p)
{
	const char *name = t->args->operands[0];

	for (const struct exporter *const *x = exporters; *x != NULL; x++)
		if (strcmp((*x)->name, name) == 0) {
			*out = *x;
			return true;
		}
	return fault_set(&p->fault, FAULT_USAGE, "", "eee, hf or csv", "\"%s\"", name);
}

static bool
write_one(const char *out, const char *path, const json_t *text, struct fault *f)
{
	char *file = path_join(out, path), *folder = file != NULL ? strdup(file) : NULL;
	bool done = folder != NULL;

	if (done) {
		*strrchr(folder, '/') = 0;
		done = folder_make(folder, 0755, f) &&
		       file_write(file, json_string_value(text), json_string_length(text), 0644, f);
	}
	free(folder);
	free(file);
	return done || fault_set(f, FAULT_NO_MEMORY, "", "memory for a path", "none");
}

/* Files of a name are written whole or not at all; those that are there are replaced. */
static bool
write_all(struct task *t, const json_t *files, struct problem *p)
{
	const char *out = args_text(t->args, "out"), *path;
	json_t *list = json_array(), *text;

	if (out != NULL && !folder_make(out, 0755, &p->fault)) {
		json_decref(list);
		return false;
	}
	json_object_foreach ((json_t *)files, path, text) {
		if (out != NULL && !write_one(out, path, text, &p->fault)) {
			json_decref(list);
			return false;
		}
		json_array_append_new(
		    list, out != NULL ? json_pack("{s:s}", "path", path)
				      : json_pack("{s:s, s:O}", "path", path, "text", text));
	}
	if (out != NULL)
		json_object_set_new(t->result, "out", path_json(out));
	return json_object_set_new(t->result, "files", list) == 0 || task_no_memory(p);
}

static bool
run(struct task *t, struct problem *p)
{
	const struct exporter *x = NULL;
	struct export e = {0};
	json_t *files = json_object();
	bool done = find_exporter(t, &x, p) && export_read(t, &e, p);

	if (done && e.left_out > 0)
		task_note(t,
		    "%zu submission%s left out: not counted, taken back or refused; --all has "
		    "them",
		    e.left_out, e.left_out == 1 ? "" : "s");
	done = done && x->write(t, &e, files, &p->fault);
	if (done) {
		t->result =
		    json_pack("{s:s, s:I}", "format", x->name, "statements", (json_int_t)e.n);
		done = write_all(t, files, p);
	}
	json_decref(files);
	export_clear(&e);
	return done;
}

static void
show(const json_t *result, FILE *out)
{
	const json_t *files = json_object_get(result, "files"), *file;
	bool written = json_object_get(result, "out") != NULL;
	size_t k;

	json_array_foreach (files, k, file) {
		if (written)
			term_say(out, json_get_text(file, "path"));
		else
			fputs(json_get_text(file, "text"), out);
	}
	if (written)
		fprintf(out, "%zu file%s of %lld statement%s below %s\n", json_array_size(files),
		    json_array_size(files) == 1 ? "" : "s",
		    (long long)json_get_whole(result, "statements"),
		    json_get_whole(result, "statements") == 1 ? "" : "s",
		    json_get_text(result, "out"));
}

const struct verb verb_export = {
    .name = "export",
    .operands = "FORMAT [ID...]",
    .operands_min = 1,
    .operands_max = 100000,
    .summary = "write results in the forms of others",
    .about =
	"Formats:\n"
	"    eee  Every Eval Ever, schema 0.3.0: data/SUITE/DEVELOPER/MODEL/UUID.json, a file a "
	"statement, and UUID_samples.jsonl where its items can be told honestly\n"
	"    hf   Hugging Face: DEVELOPER/MODEL/.eval_results/NAME.yaml, for a pull request to "
	"that model's repository\n"
	"    csv  one table, a row a result; no text in it is taken for a formula\n"
	"A log is checked first as `assay audit --log-only` checks it, and of it only what counts "
	"is exported. The same statement always makes the same file; its id stands in it, so that "
	"anyone can look up who signed it. What no statement says (whether weights are open, what "
	"a submitter is to the model's maker) is told by options, or said to be unknown.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
