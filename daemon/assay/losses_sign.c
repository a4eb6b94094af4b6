/* losses_sign.c — from the logs of llama-perplexity to signed statements.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "command.h"
#include "explain.h"
#include "file.h"
#include "hardware.h"
#include "json.h"
#include "losses.h"
#include "run_parts.h"

/* The devices a log says it used: "using device CUDA0 (NVIDIA L4) (0000:00:03.0) - …". */
static size_t
devices_of(const char *log, char names[16][128])
{
	static const char mark[] = "using device ";
	size_t n = 0;

	for (const char *at = strstr(log, mark); at != NULL && n < 16; at = strstr(at, mark)) {
		const char *open, *end, *line = strchr(at, '\n');

		at += sizeof(mark) - 1;
		open = strchr(at, '(');
		end = open != NULL ? strchr(open, ')') : NULL;
		while (end != NULL && end[1] == ')') /* "NVIDIA GeForce (Laptop)" */
			end++;
		if (end == NULL || (line != NULL && end > line) || end - open < 2 ||
		    end - open > 127)
			continue;
		memcpy(names[n], open + 1, (size_t)(end - open - 1));
		names[n++][end - open - 1] = 0;
	}
	return n;
}

/* "version: 0.1.1-dev (build 10470, commit 34af94cd9)", before that "version: 4748 (abcdef)". */
static bool
version_of(const struct losses *s, char out[32])
{
	const char *argv[] = {s->program, "--version", NULL};
	struct text said = {0};
	const char *at;
	int status, number = 0;
	char piece[4096];
	ssize_t got;
	FILE *file = tmpfile(); /* a pipe would hold up a program that says much */

	if (file == NULL)
		return false;
	if (command_run(argv, fileno(file), fileno(file), NULL, &status) == COMMAND_ENDED &&
	    status == 0) {
		got = pread(fileno(file), piece, sizeof(piece), 0);
		text_add(&said, piece, got > 0 ? (size_t)got : 0);
	}
	fclose(file);
	at = said.data != NULL ? strstr(said.data, "version: ") : NULL;
	if (at != NULL && strstr(at, "(build ") != NULL)
		number = atoi(strstr(at, "(build ") + 7);
	else if (at != NULL)
		number = atoi(at + 9);
	text_clear(&said);
	snprintf(out, 32, "b%d", number);
	return number > 0;
}

/* What the user says stands; else what this machine and the log say. */
static size_t
machine_of(const struct losses *s, const json_t *hardware, char names[16][128], size_t devices_n,
    struct arg *out)
{
	static const struct flag cpu = {.name = "cpu"}, accelerator = {.name = "accelerator"};
	const char *name = json_get_text(json_object_get(hardware, "cpu"), "name");
	size_t n = 0;

	if (!args_has(s->task->args, "cpu") && name[0] != 0)
		out[n++] = (struct arg){&cpu, name};
	if (args_has(s->task->args, "accelerator"))
		return n;
	for (size_t k = 0; k < devices_n; k++)
		out[n++] = (struct arg){&accelerator, names[k]};
	if (devices_n == 0)
		out[n++] = (struct arg){&accelerator, "none"};
	return n;
}

static bool
sign_one(struct losses *s, size_t k, const json_t *hardware, struct problem *p)
{
	static const struct flag weights = {.name = "weights"}, base = {.name = "base"},
				 text = {.name = "text-sha256"}, intent = {.name = "intent"},
				 version = {.name = "engine-version"}, n_ctx = {.name = "n-ctx"};
	static const struct flag text_file = {.name = "text"},
				 quantization = {.name = "quantization"};
	struct arg more[32] = {{&weights, s->variants[k].path}, {&text, s->text_sha256},
	    {&text_file, NULL}, {&n_ctx, s->n_ctx}, {&base, k > 0 ? s->variants[0].sha256 : NULL},
	    {&quantization, s->variants[k].quantization}};
	char build[32], names[16][128], *log = NULL;
	size_t n = 6, log_n;
	bool done = file_read(s->variants[k].log, LOG_MAX_BYTES, &log, &log_n, &p->fault);

	if (done && s->intent[0] != 0)
		more[n++] = (struct arg){&intent, s->intent};
	if (done && !args_has(s->task->args, "engine-version") && version_of(s, build))
		more[n++] = (struct arg){&version, build};
	if (done)
		n += machine_of(s, hardware, names, devices_of(log, names), more + n);
	done = done && run_import(s->task, "llama-perplexity", s->variants[k].log, more, n, p);
	free(log);
	return done;
}

/* What became of one more variant. */
static void
join(json_t *all, const json_t *one)
{
	static const char *const lists[] = {"files", "payloads", "measured"};
	json_t *sent = json_object_get(one, "submit");

	for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++)
		json_array_extend(json_object_get(all, lists[k]), json_object_get(one, lists[k]));
	if (sent != NULL)
		json_object_set(all, "submit", sent);
}

bool
losses_sign(struct losses *s, struct problem *p)
{
	json_t *hardware = hardware_read(""), *all = NULL;
	bool done = true;

	for (size_t k = 0; done && k < s->n; k++) {
		done = sign_one(s, k, hardware, p);
		if (all == NULL) {
			all = s->task->result;
		} else {
			join(all, s->task->result);
			json_decref(s->task->result);
		}
		s->task->result = NULL;
	}
	s->task->result = all;
	json_decref(hardware);
	return done;
}
