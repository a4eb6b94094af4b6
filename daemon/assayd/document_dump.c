/* document_dump.c — the daily dumps: what a day brought to the log, as JSON Lines and as CSV.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "column.h"
#include "csv.h"
#include "days.h"
#include "document.h"
#include "documents.h"
#include "encode.h"
#include "json.h"

enum {
	INDEX,
	ID,
	KIND,
	ACCEPTED_AT,
	SUBMITTER,
	STATE,
	REASON,
	WITHHELD,
	BODY,
	MOVED,
	STANDINGS
}; /* of QUERY_DUMP */

static void
print_day(int64_t number, char out[TIME_SIZE])
{
	time_print(number * (DAY_LENGTH_MS / 1000), out);
	out[10] = 0; /* the date alone */
}

/* One part of a day, by the name "DAY PART". */
struct part {
	const struct day *day;
	int64_t number, first, behind;
};

static bool
part_named(const struct view *v, const char *name, struct part *out)
{
	char *end;

	out->day = days_find(v->days, strtoll(name, &end, 10));
	if (out->day == NULL)
		return false;
	out->number = strtoll(end, NULL, 10);
	out->first = out->day->first + out->number * DAY_PART_LEAVES;
	out->behind = out->first + DAY_PART_LEAVES;
	if (out->behind > out->day->behind)
		out->behind = out->day->behind;
	return true;
}

static struct db_rows *
ask_part(struct dbsync *db, const struct part *part, struct fault *f)
{
	char first[24], behind[24], end[24];
	struct db_param params[] = {{.data = first}, {.data = behind}, {.data = end}};

	params[0].n = (size_t)snprintf(first, sizeof(first), "%lld", (long long)part->first);
	params[1].n = (size_t)snprintf(behind, sizeof(behind), "%lld", (long long)part->behind);
	params[2].n = (size_t)snprintf(end, sizeof(end), "%lld", (long long)part->day->behind);
	return dbsync_ask(db, QUERY_DUMP, params, f);
}

static json_t *
body_of(const struct db_rows *rows, size_t i)
{
	const char *text = column_text(rows, i, BODY);

	return text != NULL ? json_read_object(text, strlen(text), NULL) : NULL;
}

/* ---- JSON Lines ---- */

static json_t *
list_or_nothing(const struct db_rows *rows, size_t i, int column)
{
	return db_null(rows, i, column) ? NULL : json_read_printed(db_text(rows, i, column));
}

static void
add_line(const struct db_rows *rows, size_t i, struct text *out)
{
	json_t *body = body_of(rows, i);
	json_t *line = json_pack("{s:I, s:s, s:s, s:o, s:s?, s:s, s:s*, s:b, s:o?, s:o*, s:o*}",
	    "index", (json_int_t)db_whole(rows, i, INDEX), "id", column_hex(rows, i, ID), "kind",
	    db_text(rows, i, KIND), "accepted_at", column_time(rows, i, ACCEPTED_AT), "submitter",
	    column_hex(rows, i, SUBMITTER), "state", db_text(rows, i, STATE), "reason",
	    column_text(rows, i, REASON), "withheld", db_bool(rows, i, WITHHELD), "statement", body,
	    "moved", list_or_nothing(rows, i, MOVED), "standings",
	    list_or_nothing(rows, i, STANDINGS));

	if (line == NULL)
		out->failed = true;
	else
		json_print(line, out);
	text_add_str(out, "\n");
	json_decref(line);
}

/* ---- CSV ---- */

static const char head[] =
    "index,id,accepted_at,state,submitter,suite,suite_version,model,revision,quantization,file,"
    "weights_sha256,bits_per_weight,parameters,size_bytes,engine,engine_version,backend,cpu,"
    "accelerators,judge,metric,conditions,value,n,sd,se\r\n";

/* Any member, text or number; "," stands before it. */
static void
add_member(const json_t *object, const char *name, struct text *out)
{
	const json_t *value = json_object_get(object, name);

	text_add_str(out, ",");
	if (json_is_number(value))
		json_print(value, out);
	else
		csv_add_text(out, json_get_text(object, name));
}

static void
add_members(const json_t *object, const char *const names[], struct text *out)
{
	for (size_t i = 0; names[i] != NULL; i++)
		add_member(object, names[i], out);
}

static void
add_accelerators(const json_t *hardware, struct text *out)
{
	const json_t *device;
	struct text names = {0};
	size_t k;

	json_array_foreach (json_object_get(hardware, "accelerators"), k, device)
		text_addf(&names, "%s%s", k > 0 ? " + " : "", json_get_text(device, "name"));
	text_add_str(out, ",");
	csv_add_text(out, names.data != NULL ? names.data : "");
	text_clear(&names);
}

/* What all rows of one submission begin with. */
static void
add_run(const struct db_rows *rows, size_t i, const json_t *body, struct text *out)
{
	static const char *const suite[] = {"name", "version", NULL};
	static const char *const model[] = {"name", "revision", "quantization", "file", "sha256",
	    "bits_per_weight", "parameters", "size_bytes", NULL};
	static const char *const engine[] = {"name", "version", "backend", NULL};
	const json_t *hardware = json_object_get(body, "hardware");
	char at[TIME_SIZE];

	time_print(db_whole(rows, i, ACCEPTED_AT) / 1000, at);
	text_addf(out, "%lld,%s,%s,%s,%s", (long long)db_whole(rows, i, INDEX),
	    column_hex(rows, i, ID), at, db_text(rows, i, STATE), column_hex(rows, i, SUBMITTER));
	add_members(json_object_get(body, "suite"), suite, out);
	add_members(json_object_get(body, "model"), model, out);
	add_members(json_object_get(body, "engine"), engine, out);
	add_member(json_object_get(hardware, "cpu"), "name", out);
	add_accelerators(hardware, out);
	add_member(json_object_get(body, "judge"), "name", out);
}

static void
add_result(const json_t *result, struct text *out)
{
	static const char *const numbers[] = {"value", "n", "sd", "se", NULL};
	const json_t *conditions = json_object_get(result, "conditions");
	struct text text = {0};

	if (conditions != NULL)
		json_print(conditions, &text);
	add_member(result, "metric", out);
	text_add_str(out, ",");
	csv_add_text(out, text.data != NULL ? text.data : "{}");
	for (size_t i = 0; numbers[i] != NULL; i++) {
		text_add_str(out, ",");
		if (json_object_get(result, numbers[i]) != NULL)
			json_print(json_object_get(result, numbers[i]), out);
	}
	text_add_str(out, "\r\n");
	text_clear(&text);
}

/* What is void or withheld has no rows. */
static void
add_rows(const struct db_rows *rows, size_t i, struct text *out)
{
	json_t *body = NULL, *result;
	struct text run = {0};
	size_t k;

	if (strcmp(db_text(rows, i, KIND), "submission") == 0 &&
	    strcmp(db_text(rows, i, STATE), "void") != 0)
		body = body_of(rows, i);
	if (body != NULL)
		add_run(rows, i, body, &run);
	json_array_foreach (json_object_get(body, "results"), k, result) {
		text_add(out, run.data, run.n);
		add_result(result, out);
	}
	out->failed = out->failed || run.failed;
	text_clear(&run);
	json_decref(body);
}

/* ---- the documents ---- */

static bool
make_part(const struct view *v, const struct wanted *w, const char *ending, const char *first_line,
    void (*add)(const struct db_rows *rows, size_t i, struct text *out), struct document *out,
    struct fault *f)
{
	struct part part;
	struct db_rows *rows = NULL;
	char day[TIME_SIZE];

	if (!part_named(v, w->name, &part))
		return fault_set(f, FAULT_INTERNAL, "", "a day of the log", "%s", w->name);
	print_day(part.day->number, day);
	text_addf(&out->path, "dumps/%s/%lld.%s", day, (long long)part.number, ending);
	if (part.first < part.behind) {
		rows = ask_part(v->db, &part, f);
		text_add_str(&out->text, first_line);
	}
	for (size_t i = 0; rows != NULL && i < db_rows_n(rows); i++)
		add(rows, i, &out->text);
	dbsync_free(rows);
	return (rows != NULL || part.first >= part.behind) && document_made(out, f);
}

bool
make_dump(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	return make_part(v, w, "ndjson", "", add_line, out, f);
}

bool
make_dump_csv(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	return make_part(v, w, "csv", head, add_rows, out, f);
}

static json_t *
day_json(const struct day *day)
{
	struct text lines = {0}, table = {0};
	char date[TIME_SIZE];
	json_t *made;

	print_day(day->number, date);
	text_addf(&lines, "dumps/%s/{part}.ndjson", date);
	text_addf(&table, "dumps/%s/{part}.csv", date);
	made = json_pack("{s:s, s:I, s:I, s:I, s:s, s:s}", "day", date, "first",
	    (json_int_t)day->first, "log_size", (json_int_t)day->behind, "parts",
	    (json_int_t)day_parts(day), "statements", lines.data, "results", table.data);
	text_clear(&lines);
	text_clear(&table);
	return made;
}

bool
make_dumps(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	json_t *list = json_array();
	int64_t log_size = 0;

	(void)w;
	for (size_t i = v->days->n; i > 0; i--) {
		const struct day *day = &v->days->list[i - 1];

		if (day->first == day->behind || !day_is_over(day, v->as_of_ms))
			continue;
		json_array_append_new(list, day_json(day));
		if (day->behind > log_size)
			log_size = day->behind;
	}
	text_add_str(&out->path, "dumps.json");
	document_begin(&out->text, "assay-dumps-v1", log_size);
	document_add(&out->text, "terms", json_string("/terms.txt"));
	document_add_list(&out->text, "days", list);
	document_end(&out->text);
	return document_made(out, f);
}
