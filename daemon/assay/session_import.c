/* session_import.c — an ended session of `assay run` as the draft of one submission.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "encode.h"
#include "glance.h"
#include "importer.h"
#include "json.h"
#include "session.h"

static bool
check_suite(const json_t *head, const struct suite *suite, struct fault *f)
{
	const json_t *named = json_object_get(head, "suite");
	char digest[HEX32_SIZE];

	hex_print(suite->digest, SHA256_SIZE, digest);
	return strcmp(json_get_text(named, "digest"), digest) == 0 ||
	       fault_set(f, FAULT_FILE_FORMAT, "1: key suite", "a session of this very suite",
		   "%s/%lld with digest %.16s...", json_get_text(named, "name"),
		   (long long)json_get_whole(named, "version"), json_get_text(named, "digest"));
}

/* What the last line says goes into the submission as it is; import checks it as a server would. */
static json_t *
body_of(const json_t *head, const json_t *end)
{
	static const char *const told[] = {"results", "items", "judge", "engine", "hardware"};
	const char *quantization = json_get_text(json_object_get(head, "subject"), "quantization");
	json_t *body = json_object();

	for (size_t k = 0; k < sizeof(told) / sizeof(told[0]); k++)
		if (json_object_get(end, told[k]) != NULL)
			json_object_set(body, told[k], json_object_get(end, told[k]));
	json_object_set(body, "started_at", json_object_get(head, "started_at"));
	json_object_set_new(body, "model", json_object());
	if (quantization[0] != 0)
		json_object_set_new(
		    json_object_get(body, "model"), "quantization", json_string(quantization));
	return body;
}

static bool
read_lines(const json_t *head, const json_t *lines, const struct suite *suite, struct drafts *out,
    struct fault *f)
{
	const json_t *end = json_object_get(lines, SESSION_END);
	struct draft *d;

	if (end == NULL)
		return fault_set(f, FAULT_FILE_FORMAT, "", "a session that has ended",
		    "one that has not; the `assay run` that began it goes on with it");
	if (!check_suite(head, suite, f))
		return false;
	d = draft_add(out);
	if (d != NULL) {
		d->body = body_of(head, end);
		d->model_file = strdup("");
	}
	return (d != NULL && d->body != NULL && d->model_file != NULL) ||
	       fault_set(f, FAULT_NO_MEMORY, "", "memory for a draft", "none");
}

static bool
read(const struct source *in, struct drafts *out, struct fault *f)
{
	json_t *head, *lines;
	size_t whole;
	bool done;

	memset(out, 0, sizeof(*out));
	if (!session_read(in->data, in->n, &head, &lines, &whole, f))
		return false;
	done = read_lines(head, lines, in->suite, out, f);
	json_decref(head);
	json_decref(lines);
	return done;
}

static bool
is_session(const struct glance *g, const char *suite)
{
	return glance_is_records(g) && glance_has(g, "session") &&
	       glance_inner_is(g, "suite", "name", suite);
}

static bool
is_refusals(const struct glance *g)
{
	return is_session(g, "refusals");
}

static bool
is_chat(const struct glance *g)
{
	return is_session(g, "chat");
}

static bool
is_serving(const struct glance *g)
{
	return is_session(g, "serving");
}

const struct importer importer_refusals = {
    .name = "refusals",
    .summary = "a session of `assay run refusals`",
    .suite = "refusals",
    .recognise = is_refusals,
    .read = read,
    .media = "application/jsonl",
};

const struct importer importer_chat = {
    .name = "chat",
    .summary = "a session of `assay run chat`",
    .suite = "chat",
    .recognise = is_chat,
    .read = read,
    .media = "application/jsonl",
};

const struct importer importer_serving = {
    .name = "serving",
    .summary = "a session of `assay run serving`",
    .suite = "serving",
    .recognise = is_serving,
    .read = read,
    .media = "application/jsonl",
};
