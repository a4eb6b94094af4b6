/* asked_session.c — a session's first line, what is measured, and its last, what came of it.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "args.h"
#include "encode.h"
#include "hardware.h"
#include "importer.h"
#include "run_asked.h"
#include "run_parts.h"

static void
set_text(json_t *object, const char *name, const char *value)
{
	if (value != NULL && value[0] != 0)
		json_object_set_new(object, name, json_string(value));
}

static json_t *
party_json(const struct party *p)
{
	json_t *told = json_pack("{s:s, s:s, s:s, s:f, s:I}", "name", p->name, "host", p->host,
	    "api_model", p->api_model, "temperature", p->temperature, "max_tokens",
	    (json_int_t)p->max_tokens);

	set_text(told, "revision", p->revision);
	return told;
}

/* What the user tells of engine and machine: other words are another measurement. */
static json_t *
told_of(const struct args *args)
{
	static const char *const options[] = {
	    "engine", "engine-version", "cpu", "accelerator", "levels"};
	json_t *told = json_array();

	for (size_t k = 0; k < sizeof(options) / sizeof(options[0]); k++) {
		const char *value;
		size_t cursor = 0;

		while ((value = args_next(args, options[k], &cursor)) != NULL)
			json_array_append_new(told, json_sprintf("%s %s", options[k], value));
	}
	return told;
}

/* Everything that makes it another measurement. */
static json_t *
head_of(const struct asked *a)
{
	const struct args *args = a->task->args;
	const struct suite *suite = a->protocol.suite;
	char digest[HEX32_SIZE], now[TIME_SIZE];
	json_t *head, *subject = party_json(&a->subject);

	hex_print(suite->digest, SHA256_SIZE, digest);
	time_print((int64_t)time(NULL), now);
	set_text(subject, "quantization", args_text(args, "quantization"));
	if (args_has(args, "weights"))
		json_object_set_new(
		    subject, "file", path_json(base_name(args_text(args, "weights"))));
	head = json_pack("{s:s, s:{s:s, s:I, s:s}, s:s, s:s, s:o, s:o, s:s}", "session",
	    SESSION_FORM, "suite", "name", suite->name, "version", (json_int_t)suite->version,
	    "digest", digest, "items_sha256", a->protocol.items_sha256, "protocol_sha256",
	    a->protocol.sha256, "subject", subject, "told", told_of(args), "started_at", now);
	if (a->judge.present)
		json_object_set_new(head, "judge", party_json(&a->judge));
	return head;
}

bool
open_session(struct asked *a, struct fault *f)
{
	json_t *head = head_of(a);
	char *folder = run_folder(a->task, f);
	bool done = folder != NULL &&
		    session_open(folder, head, args_has(a->task->args, "anew"), &a->session, f);

	free(folder);
	json_decref(head);
	if (done && args_has(a->task->args, "resume") && json_object_size(a->session.lines) == 0)
		return fault_set(f, FAULT_OPTION, "--resume", "a session that was begun",
		    "none of this suite, model, endpoint and judge");
	return done;
}

/* On this machine the hardware is what it is; elsewhere only its owner knows. */
static json_t *
hardware_of(const struct asked *a)
{
	json_t *hardware = net_is_own_machine(a->subject.url) ? hardware_read("") : NULL;

	if (json_object_get(hardware, "cpu") != NULL)
		return hardware;
	json_decref(hardware);
	return json_pack("{s:{s:s}, s:[]}", "cpu", "name", "unknown", "accelerators");
}

bool
asked_machine(const struct asked *a, struct fault *f)
{
	const struct args *args = a->task->args;
	bool own = net_is_own_machine(a->subject.url);
	json_t *hardware = own ? hardware_read("") : NULL;
	bool has_devices = json_array_size(json_object_get(hardware, "accelerators")) > 0;
	bool knows_cpu = json_object_get(hardware, "cpu") != NULL;

	json_decref(hardware);
	if (!args_has(args, "engine") || !args_has(args, "engine-version"))
		return fault_set(f, FAULT_OPTION, "--engine",
		    "--engine NAME and --engine-version VERSION, for the cell goes by them",
		    "not both");
	if (!knows_cpu && !args_has(args, "cpu"))
		return fault_set(f, FAULT_OPTION, "--cpu",
		    "--cpu NAME of the machine behind the endpoint", "nothing");
	if ((has_devices || !own) && !args_has(args, "accelerator"))
		return fault_set(f, FAULT_OPTION, "--accelerator",
		    "--accelerator NAME once for each device that serves, or none", "nothing");
	return true;
}

static json_t *
engine_of(const struct asked *a)
{
	const char *name = args_text(a->task->args, "engine");

	return json_pack("{s:s, s:{s:s}}", "name", name ? name : ASKED_ENGINE, "flags",
	    "endpoint_host", a->subject.host);
}

bool
end_session(struct asked *a, const struct asked_suite *suite, struct fault *f)
{
	json_t *end = suite->grade(a, f);

	if (end == NULL)
		return false;
	json_object_set_new(end, "engine", engine_of(a));
	json_object_set_new(end, "hardware", hardware_of(a));
	return session_add(&a->session, SESSION_END, end, f);
}
