/* export_hf.c — results as .eval_results/NAME.yaml of model repositories on the Hugging Face Hub.
 * Form: huggingface.co/docs/hub/eval-results.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "export.h"
#include "json.h"
#include "number.h"
#include "text.h"

/* What the board of a data set on the Hub wants to know. All borrowed. */
struct board {
	const char *dataset, *task, *metric;
	json_t *source; /* owned: the suite's source.json */
};

/* The options first, then what the suite says. */
static struct board
board_of(const struct export *e, const struct suite *suite)
{
	struct board b = {.source = export_suite_source(e, suite)};
	const json_t *hub = json_object_get(b.source, "hub");

	b.dataset = args_text(e->args, "dataset");
	b.task = args_text(e->args, "task");
	b.metric = args_text(e->args, "metric");
	if (b.dataset == NULL)
		b.dataset = json_get_text(hub, "dataset");
	if (b.task == NULL)
		b.task = json_get_text(hub, "task");
	if (b.metric == NULL)
		b.metric = json_get_text(hub, "metric");
	return b;
}

static bool
is_complete(const struct board *b, struct text *missing)
{
	const struct {
		const char *value, *ask;
	} rows[] = {{b->dataset, "--dataset ORG/NAME, the benchmark's data set on the Hub"},
	    {b->task, "--task ID, as the data set's eval.yaml names it"},
	    {b->metric, "--metric NAME, the one that its board shows"}};

	text_reset(missing);
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
		if (rows[k].value[0] == 0)
			text_addf(missing, "%s%s", missing->n > 0 ? "; " : "", rows[k].ask);
	return missing->n == 0;
}

/* JSON's strings are YAML's double-quoted ones (YAML 1.2, 5.7). */
static void
add_line(const char *name, const char *value, struct text *out)
{
	text_add_str(out, name);
	json_print_string(value, strlen(value), out);
	text_add_str(out, "\n");
}

static void
add_value(const struct export *e, const json_t *result, struct text *out)
{
	double value = json_number_value(json_object_get(result, "value"));
	char number[REAL_SIZE];

	/* A rounded hundredfold: 0.29 is 29, not 28.999999999999996. */
	if (args_has(e->args, "percent")) {
		text_addf(out, "  value: %.12g\n", 100 * value);
		return;
	}
	real_print(value, number);
	text_addf(out, "  value: %s\n", number);
}

static void
add_source(const struct export *e, const struct export_row *row, struct text *out)
{
	struct text url = {0};

	if (e->server[0] == 0)
		return;
	text_addf(&url, "%s/v1/statements/%s", e->server, row->id);
	text_add_str(out, "  source:\n");
	add_line("    url: ", url.data ? url.data : "", out);
	add_line("    name: ", "Signed statement in an Assay log", out);
	text_clear(&url);
}

static void
add_notes(const struct export_row *row, const json_t *result, struct text *out)
{
	const char *quantization =
	    json_get_text(json_object_get(row->body, "model"), "quantization");
	struct text notes = {0};

	if (quantization[0] != 0)
		text_addf(&notes, "%s; ", quantization);
	export_conditions(result, ", ", &notes);
	if (json_object_size(json_object_get(result, "conditions")) > 0)
		text_add_str(&notes, "; ");
	text_addf(&notes, "statement %s", row->id);
	add_line("  notes: ", notes.data ? notes.data : "", out);
	text_clear(&notes);
}

static void
add_entry(const struct export *e, const struct export_row *row, const struct board *b,
    const json_t *result, struct text *out)
{
	const char *date = json_get_text(row->body, "started_at");

	text_add_str(out, "- dataset:\n");
	add_line("    id: ", b->dataset, out);
	add_line("    task_id: ", b->task, out);
	add_value(e, result, out);
	add_line("  date: ", date[0] ? date : json_get_text(row->body, "created_at"), out);
	add_source(e, row, out);
	add_notes(row, result, out);
}

static bool
add_statement(
    const struct export *e, const struct export_row *row, const struct board *b, json_t *files)
{
	const json_t *results = json_object_get(row->body, "results"), *result;
	struct text path = {0}, out = {0};
	bool done = true;
	size_t k;

	json_array_foreach (results, k, result)
		if (strcmp(json_get_text(result, "metric"), b->metric) == 0)
			add_entry(e, row, b, result, &out);
	/* Of 16 digits: 8 of another's could be searched for, and its file would be replaced. */
	export_model_path(json_get_text(json_object_get(row->body, "model"), "name"), &path);
	text_addf(&path, "/.eval_results/assay-%s-%.16s.yaml",
	    json_get_text(json_object_get(row->body, "suite"), "name"), row->id);
	if (out.n > 0)
		done = !out.failed && !path.failed &&
		       json_object_set_new(files, path.data, json_stringn(out.data, out.n)) == 0;
	text_clear(&path);
	text_clear(&out);
	return done;
}

static bool
write_hf(struct task *t, const struct export *e, json_t *files, struct fault *f)
{
	struct text missing = {0};
	size_t unasked = 0;
	bool done = true;

	for (size_t k = 0; done && k < e->n; k++) {
		struct board b = board_of(e, e->rows[k].suite);

		if (!is_complete(&b, &missing))
			unasked++;
		else
			done = add_statement(e, &e->rows[k], &b, files) ||
			       fault_set(f, FAULT_NO_MEMORY, "", "memory for a file", "none");
		json_decref(b.source);
	}
	if (done && unasked > 0 && unasked == e->n)
		done = fault_set(
		    f, FAULT_OPTION, "hf", missing.data, "suites that are no benchmark of the Hub");
	else if (done && unasked > 0)
		task_note(t, "%zu statements left out: their suites are no benchmark of the Hub",
		    unasked);
	text_clear(&missing);
	return done;
}

const struct exporter exporter_hf = {
    .name = "hf",
    .summary = "Hugging Face: MODEL/.eval_results/NAME.yaml, for a pull request to that model's "
	       "repository",
    .write = write_hf,
};
