/* run_quantization.c — what smaller forms of a model lose against its base: llama-perplexity on one
 * text. SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "args.h"
#include "explain.h"
#include "file.h"
#include "importer.h"
#include "losses.h"
#include "run_bar.h"
#include "run_intent.h"
#include "run_parts.h"

/* ---- one run of llama-perplexity ---- */

static bool
tell_end(struct losses *s, enum command_end end, int status, const char *part, struct fault *f)
{
	if (end == COMMAND_NOT_STARTED) {
		unlink(part);
		return run_no_program("llama-perplexity", s->program, f);
	}
	if (end == COMMAND_INTERRUPTED) {
		task_note(s->task,
		    "interrupted; nothing was signed. The same command goes on where "
		    "it was; what is measured is kept in %s",
		    s->folder);
		s->task->exit = EXIT_CODE_LATER;
		return false;
	}
	return status == 0 ||
	       fault_set(f, FAULT_FILE_FORMAT, part, "a llama-perplexity that ends well",
		   "exit code %d; the end of this file says why", status);
}

static size_t
arguments(const struct losses *s, size_t k, const char *argv[20])
{
	const struct variant *v = &s->variants[k];
	const char *fixed[] = {
	    s->program, "-m", v->path, "-c", s->n_ctx, "--kl-divergence-base", s->logits};
	size_t n = sizeof(fixed) / sizeof(fixed[0]);

	memcpy(argv, fixed, sizeof(fixed));
	if (k > 0)
		argv[n++] = "--kl-divergence";
	else
		argv[n++] = "-f", argv[n++] = s->text;
	if (s->chunks[0] != 0)
		argv[n++] = "--chunks", argv[n++] = s->chunks;
	if (s->layers[0] != 0)
		argv[n++] = "-ngl", argv[n++] = s->layers;
	argv[n] = NULL;
	return n;
}

/* Exit code 0 is not enough: a text that is too short, and a failed decode, end with it too. */
static bool
has_result(const char *path, size_t k, struct fault *f)
{
	char *log = NULL;
	size_t n;
	bool found;

	if (!file_read(path, LOG_MAX_BYTES, &log, &n, f))
		return false;
	found = memmem(log, n, k > 0 ? "Mean    KLD:" : "Final estimate: PPL =",
		    k > 0 ? strlen("Mean    KLD:") : strlen("Final estimate: PPL =")) != NULL;
	free(log);
	return found ||
	       fault_set(f, FAULT_FILE_FORMAT, path, "a llama-perplexity that comes to a result",
		   "none; the end of this file says why: a text of less than two "
		   "contexts, or weights it cannot run");
}

/* The log has its name only once it has a result. */
static bool
measure_one(struct losses *s, size_t k, struct fault *f)
{
	struct variant *v = &s->variants[k];
	const char *argv[20];
	struct text part = {0};
	struct run_bar bar;
	enum command_end end;
	int fd, status = -1;
	bool done;

	text_addf(&part, "%s.part", v->log);
	fd = part.failed ? -1 : open(part.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		fault_set(f, FAULT_FILE, s->folder, "a folder this user can write", "%s",
		    strerror(errno));
		text_clear(&part);
		return false;
	}
	arguments(s, k, argv);
	task_note(s->task, "%zu of %zu: %s", k + 1, s->n, base_name(v->path));
	run_bar_of_chunks(&bar, part.data);
	end = command_run(argv, fd, fd, run_bar_watch(&bar), &status);
	run_bar_end(&bar);
	fsync(fd);
	close(fd);
	done = tell_end(s, end, status, part.data, f) && has_result(part.data, k, f) &&
	       (rename(part.data, v->log) == 0 ||
		   fault_set(
		       f, FAULT_FILE, v->log, "a log that can be kept", "%s", strerror(errno))) &&
	       folder_sync(v->log, f);
	text_clear(&part);
	return done;
}

static bool
name_log(struct losses *s, struct variant *v, struct fault *f)
{
	struct text path = {0};

	text_addf(&path, "%s/%.16s.log", s->folder, v->sha256);
	v->log = text_take(&path);
	return v->log != NULL || fault_set(f, FAULT_NO_MEMORY, "", "memory for a path", "none");
}

static bool
is_measured(const struct variant *v)
{
	return access(v->log, F_OK) == 0;
}

/* Before anything is said beforehand: is what measures there, if anything is left to measure? */
static bool
can_measure(struct losses *s, struct fault *f)
{
	bool left = false;

	for (size_t k = 0; k < s->n; k++) {
		if (!name_log(s, &s->variants[k], f))
			return false;
		left = left || !is_measured(&s->variants[k]);
	}
	return !left || command_found(s->program) ||
	       run_no_program("llama-perplexity", s->program, f);
}

/* The base comes first, and again where its logits are gone but a variant still needs them. */
static bool
measure_all(struct losses *s, struct fault *f)
{
	size_t left = 0;

	for (size_t k = 0; k < s->n; k++)
		left += !is_measured(&s->variants[k]);
	if (left > 0 && (!is_measured(&s->variants[0]) || access(s->logits, R_OK) != 0) &&
	    !measure_one(s, 0, f))
		return false;
	for (size_t k = 1; k < s->n; k++) {
		if (is_measured(&s->variants[k]))
			task_note(s->task, "%s: measured before", base_name(s->variants[k].path));
		else if (!measure_one(s, k, f))
			return false;
	}
	if (unlink(s->logits) == 0)
		task_note(
		    s->task, "the logs are kept in %s, the base's logits are removed", s->folder);
	return true;
}

bool
run_quantization(struct task *t, struct problem *p)
{
	struct losses s = {.task = t};
	struct run_plan plan = {.suite = "quantization", .engine = "llama.cpp"};
	bool done = losses_plan(&s, &p->fault) && can_measure(&s, &p->fault);
	char *note = done ? path_join(s.folder, "intent") : NULL;

	if (done) {
		task_note(t, "measuring the base and %zu other%s", s.n - 1, s.n == 2 ? "" : "s");
		plan.model = args_text(t->args, "model");
		plan.count = (int64_t)s.n;
		plan.note = note;
		run_intend(t, &plan, s.intent);
	}
	done = done && measure_all(&s, &p->fault) && losses_sign(&s, p);
	free(note);
	losses_clear(&s);
	return done;
}
