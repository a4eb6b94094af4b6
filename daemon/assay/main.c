/* main.c — the runner: find the verb, let it work, print what came of it.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "crypto.h"
#include "explain.h"
#include "help.h"
#include "json.h"
#include "verb.h"

static void
print_json(struct task *t)
{
	struct text out = {0};

	if (json_array_size(t->notes) > 0)
		json_object_set(t->result, "notes", t->notes);
	json_print_pretty(t->result, &out);
	if (!out.failed && out.data != NULL)
		fprintf(stdout, "%s\n", out.data);
	text_clear(&out);
}

static void
print_line(const json_t *value, FILE *out)
{
	struct text line = {0};

	json_print(value, &line);
	if (!line.failed && line.data != NULL)
		fprintf(out, "%s\n", line.data);
	text_clear(&line);
}

static void
print_lines(const struct task *t, const json_t *lines)
{
	const json_t *line, *note;
	size_t i;

	json_array_foreach (t->notes, i, note) {
		json_t *told = json_pack("{s:O}", "note", note);

		print_line(told, stderr);
		json_decref(told);
	}
	json_array_foreach (lines, i, line)
		print_line(line, stdout);
}

static void
print_result(struct task *t, const struct verb *verb)
{
	const json_t *lines = verb->lines != NULL ? json_object_get(t->result, verb->lines) : NULL;

	if (!t->json)
		verb->show(t->result, stdout);
	else if (lines != NULL)
		print_lines(t, lines);
	else
		print_json(t);
}

/* A reader that has seen enough (EPIPE) needs no words; a full disk does. */
static void
finish_output(struct task *t)
{
	struct problem p = {0};

	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return;
	if (errno == EPIPE) {
		t->exit = t->exit ? t->exit : EXIT_CODE_LOCAL;
		return;
	}
	fault_set(&p.fault, FAULT_FILE, "standard output", "to be written", "%s", strerror(errno));
	task_explain(t, &p);
}

static void
work(struct task *t, const struct verb *verb)
{
	struct problem p = {0};

	if (!verb->run(t, &p) && p.fault.code + p.status != 0)
		task_explain(t, &p);
	if (t->result != NULL)
		print_result(t, verb);
	finish_output(t);
}

static enum exit_code
call(const struct verb *verb, int argc, char **argv)
{
	struct args args = {0};
	struct task t = {.args = &args, .notes = json_array()};
	struct problem p = {0};

	if (args_read(verb, argc, argv, &args, &p.fault)) {
		t.json = args_has(&args, "json");
		if (args_has(&args, "help"))
			help_verb(verb, stdout);
		else
			work(&t, verb);
	} else {
		for (int i = 0; i < argc; i++)
			t.json = t.json || strcmp(argv[i], "--json") == 0;
		task_explain(&t, &p);
	}
	args_clear(&args);
	json_decref(t.result);
	json_decref(t.notes);
	return t.exit;
}

static enum exit_code
unknown_verb(const char *word)
{
	struct problem p = {0};

	fault_set(&p.fault, FAULT_USAGE, "", "a verb that `assay help` lists", "\"%s\"", word);
	explain(&p, false, stderr);
	return EXIT_CODE_USAGE;
}

/* A statement that lacks what there was no memory for would be a wrong one. To end at any time is
 * safe: what is in the spool stays there. */
static void *
allocate_or_end(size_t n)
{
	void *data = malloc(n);

	if (data != NULL || n == 0)
		return data;
	fputs("assay: there is not enough memory\n", stderr);
	_exit(EXIT_CODE_LATER);
}

int
main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	const struct verb *verb = verb_named(word);

	signal(SIGPIPE, SIG_IGN);
	json_set_alloc_funcs(allocate_or_end, free);
	if (!crypto_start()) {
		fputs("assay: libsodium does not work on this machine\n", stderr);
		return EXIT_CODE_LOCAL;
	}
	if (verb != NULL)
		return call(verb, argc - 2, argv + 2);
	if (strcmp(word, "--version") == 0) {
		puts("assay " ASSAY_VERSION);
		return EXIT_CODE_DONE;
	}
	if (strcmp(word, "--help") == 0) {
		help_overview(stdout);
		return EXIT_CODE_DONE;
	}
	if (argc > 1)
		return unknown_verb(word);
	help_overview(stderr);
	return EXIT_CODE_USAGE;
}
