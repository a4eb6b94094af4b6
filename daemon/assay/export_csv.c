/* export_csv.c — results as CSV (RFC 4180): one row a result.
 * SPDX-License-Identifier: Apache-2.0 */
#include "csv.h"
#include "export.h"
#include "json.h"
#include "text.h"

static const char head[] =
    "statement,state,submitter,submitter_name,created_at,started_at,suite,suite_version,model,"
    "revision,quantization,weights_sha256,engine,engine_version,backend,cpu,accelerators,judge,"
    "metric,unit,better,conditions,value,n,sd,se\n";

static void
add_text(const char *s, struct text *out)
{
	csv_add_text(out, s);
	text_add_str(out, ",");
}

static void
add_number(const json_t *object, const char *name, const char *end, struct text *out)
{
	const json_t *value = json_object_get(object, name);

	if (json_is_number(value))
		json_print(value, out);
	text_add_str(out, end);
}

static void
add_accelerators(const json_t *hardware, struct text *out)
{
	const json_t *device;
	struct text names = {0};
	size_t k;

	json_array_foreach (json_object_get(hardware, "accelerators"), k, device)
		text_addf(&names, "%s%s", k > 0 ? " + " : "", json_get_text(device, "name"));
	add_text(names.data != NULL ? names.data : "", out);
	text_clear(&names);
}

/* What all rows of one statement begin with. */
static void
add_run(const struct export_row *row, struct text *out)
{
	static const char *const model_names[] = {"name", "revision", "quantization", "sha256"};
	static const char *const engine_names[] = {"name", "version", "backend"};
	const json_t *b = row->body, *hardware = json_object_get(b, "hardware");

	add_text(row->id, out);
	add_text(row->state, out);
	add_text(row->submitter, out);
	add_text(row->name, out);
	add_text(json_get_text(b, "created_at"), out);
	add_text(json_get_text(b, "started_at"), out);
	add_text(json_get_text(json_object_get(b, "suite"), "name"), out);
	add_number(json_object_get(b, "suite"), "version", ",", out);
	for (size_t k = 0; k < sizeof(model_names) / sizeof(model_names[0]); k++)
		add_text(json_get_text(json_object_get(b, "model"), model_names[k]), out);
	for (size_t k = 0; k < sizeof(engine_names) / sizeof(engine_names[0]); k++)
		add_text(json_get_text(json_object_get(b, "engine"), engine_names[k]), out);
	add_text(json_get_text(json_object_get(hardware, "cpu"), "name"), out);
	add_accelerators(hardware, out);
	add_text(json_get_text(json_object_get(b, "judge"), "name"), out);
}

static void
add_result(const struct export_row *row, const json_t *result, struct text *out)
{
	const char *name = json_get_text(result, "metric");
	const struct suite_metric *metric =
	    row->suite != NULL ? suite_metric(row->suite, name) : NULL;
	struct text conditions = {0};

	export_conditions(result, "; ", &conditions);
	add_text(name, out);
	add_text(metric != NULL ? metric->unit : "", out);
	add_text(metric == NULL ? "" : metric->higher_is_better ? "higher" : "lower", out);
	add_text(conditions.data != NULL ? conditions.data : "", out);
	add_number(result, "value", ",", out);
	add_number(result, "n", ",", out);
	add_number(result, "sd", ",", out);
	add_number(result, "se", "\n", out);
	out->failed = out->failed || conditions.failed;
	text_clear(&conditions);
}

static bool
write_csv(struct task *t, const struct export *e, json_t *files, struct fault *f)
{
	struct text out = {0};
	bool done;

	(void)t;
	text_add_str(&out, head);
	for (size_t k = 0; k < e->n; k++) {
		const json_t *result;
		struct text run = {0};
		size_t i;

		add_run(&e->rows[k], &run);
		json_array_foreach (json_object_get(e->rows[k].body, "results"), i, result) {
			text_add(&out, run.data, run.n);
			add_result(&e->rows[k], result, &out);
		}
		out.failed = out.failed || run.failed;
		text_clear(&run);
	}
	done = !out.failed &&
	       json_object_set_new(files, "results.csv", json_stringn(out.data, out.n)) == 0;
	text_clear(&out);
	return done || fault_set(f, FAULT_NO_MEMORY, "", "memory for a table", "none");
}

const struct exporter exporter_csv = {
    .name = "csv",
    .summary = "one table, results.csv, a row a result; text is kept from being a formula",
    .write = write_csv,
};
