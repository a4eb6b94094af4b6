/* run_throughput.c — how fast llama-bench is on a model, with as many repetitions as it takes.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "explain.h"
#include "file.h"
#include "gguf.h"
#include "records.h"
#include "run_bar.h"
#include "run_intent.h"
#include "run_parts.h"

#define REPETITIONS 3
#define REPETITIONS_MAX 12
#define SPREAD_MAX 0.05 /* standard deviation over mean, of each test point */
#define RAW_MAX_BYTES (64 * 1024 * 1024)

/* What is swept: our option, llama-bench's, and the points without ours. */
static const struct sweep {
	const char *option, *bench_option, *points;
} sweeps[] = {
    {"prompt", "-p", "512"},
    {"generate", "-n", "128"},
    {"depth", "-d", "0,4096"},
};

#define SWEEPS_N (sizeof(sweeps) / sizeof(sweeps[0]))

/* One call: the points, and where the tool's output goes. */
struct session {
	struct task *task;
	const char *program, *weights;
	const char *points[SWEEPS_N];
	char layers[12]; /* "" where not given */
	char *folder;
	struct text raw_path; /* of the last round */
};

static bool
read_sweeps(struct session *s, struct fault *f)
{
	for (size_t k = 0; k < SWEEPS_N; k++) {
		const char *given = args_text(s->task->args, sweeps[k].option);
		const char *points = given ? given : sweeps[k].points;

		if (points[0] == 0 || points[strspn(points, "0123456789,")] != 0)
			return fault_set(f, FAULT_OPTION, sweeps[k].option,
			    "whole numbers with commas between them", "\"%s\"", points);
		s->points[k] = points;
	}
	return true;
}

static bool
read_layers(struct session *s, struct fault *f)
{
	long layers = 0;

	if (!args_has(s->task->args, "gpu-layers"))
		return true;
	if (!args_whole(s->task->args, "gpu-layers", 0, 9999, &layers, f))
		return false;
	snprintf(s->layers, sizeof(s->layers), "%ld", layers);
	return true;
}

static bool
is_gguf(const char *path, struct fault *f)
{
	uint64_t bytes;
	FILE *file = gguf_open(path, &bytes, f);

	return file != NULL && fclose(file) == 0;
}

/* Everything that would make hours of measuring worthless is looked at before. */
static bool
prepare(struct session *s, struct fault *f)
{
	const struct args *a = s->task->args;

	if (!args_has(a, "model"))
		return fault_set(f, FAULT_OPTION, "--model", "--model ORG/NAME", "nothing");
	s->weights = a->operands[1];
	s->program = args_has(a, "llama-bench") ? args_text(a, "llama-bench") : "llama-bench";
	if (!is_gguf(s->weights, f) || !read_sweeps(s, f) || !read_layers(s, f))
		return false;
	if (!command_found(s->program))
		return run_no_program("llama-bench", s->program, f);
	s->folder = run_folder(s->task, f);
	return s->folder != NULL;
}

static void
tell_plan(const struct session *s)
{
	struct fault f = {0};
	struct gguf g;

	task_note(s->task,
	    "measuring %s: prompt %s, generation %s, depth %s tokens, %d to %d repetitions",
	    s->weights, s->points[0], s->points[1], s->points[2], REPETITIONS, REPETITIONS_MAX);
	if (!gguf_read(s->weights, &g, &f))
		task_note(s->task,
		    "the head of the file is not understood (%s, where %s is expected): what it "
		    "says of the model is left out, and llama-bench is tried all the same",
		    f.got, f.expected);
	else if (g.split_n < 2)
		task_note(s->task, "%s, %.3g %s parameters, %.2f bits each, %.1f MiB a token",
		    g.architecture, (double)g.parameters / (g.parameters < 1000000000 ? 1e6 : 1e9),
		    g.parameters < 1000000000 ? "million" : "billion", g.bits_per_weight,
		    (double)g.token_bytes / (1024 * 1024));
}

static int
open_raw(struct session *s, int repetitions, struct fault *f)
{
	time_t now = time(NULL);
	char stamp[32] = "";
	struct tm tm;
	int fd;

	if (gmtime_r(&now, &tm) != NULL)
		strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	text_reset(&s->raw_path);
	text_addf(&s->raw_path, "%s/throughput-%s-%d-r%d.jsonl", s->folder, stamp, (int)getpid(),
	    repetitions);
	fd = s->raw_path.failed
		 ? -1
		 : open(s->raw_path.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		fault_set(f, FAULT_FILE, s->folder, "a folder this user can write", "%s",
		    strerror(errno));
	return fd;
}

static bool
tell_end(struct session *s, enum command_end end, int status, struct fault *f)
{
	if (end == COMMAND_NOT_STARTED) {
		unlink(s->raw_path.data);
		return run_no_program("llama-bench", s->program, f);
	}
	if (end == COMMAND_INTERRUPTED) {
		task_note(s->task,
		    "interrupted; nothing was signed. What llama-bench had printed is kept in %s, "
		    "and `assay import llama-bench` signs what is whole in it",
		    s->raw_path.data);
		s->task->exit = EXIT_CODE_LATER;
		return false;
	}
	return status == 0 || fault_set(f, FAULT_FILE_FORMAT, s->raw_path.data,
				  "a llama-bench that ends well", "exit code %d", status);
}

/* llama-bench measures prompts and generation each by itself, at each depth. */
static uint64_t
points_n(const struct session *s)
{
	uint64_t n[SWEEPS_N];

	for (size_t k = 0; k < SWEEPS_N; k++) {
		n[k] = 1;
		for (const char *at = s->points[k]; *at != 0; at++)
			n[k] += *at == ',';
	}
	return (n[0] + n[1]) * n[2];
}

static bool
measure(struct session *s, int repetitions, struct fault *f)
{
	const char *argv[16] = {s->program, "-m", s->weights, "-o", "jsonl", "-r"};
	size_t n = 6;
	char count[12];
	struct run_bar bar;
	enum command_end end;
	int fd = open_raw(s, repetitions, f), status = -1;

	if (fd < 0)
		return false;
	snprintf(count, sizeof(count), "%d", repetitions);
	argv[n++] = count;
	for (size_t k = 0; k < SWEEPS_N; k++) {
		argv[n++] = sweeps[k].bench_option;
		argv[n++] = s->points[k];
	}
	if (s->layers[0] != 0)
		argv[n++] = "-ngl", argv[n++] = s->layers;
	run_bar_of_lines(&bar, s->raw_path.data, points_n(s));
	end = command_run(argv, fd, STDERR_FILENO, run_bar_watch(&bar), &status);
	run_bar_end(&bar);
	fsync(fd);
	close(fd);
	return tell_end(s, end, status, f);
}

/* Find the largest spread of all test points. What is no output of llama-bench has none; the
 * import refuses it in its own words. */
static bool
read_spread(const struct session *s, double *spread, struct fault *f)
{
	struct records records = {0};
	char *data = NULL;
	size_t n;

	*spread = 0;
	if (!file_read(s->raw_path.data, RAW_MAX_BYTES, &data, &n, f))
		return false;
	if (records_read(data, n, &records, NULL))
		for (size_t k = 0; k < records.n; k++) {
			const json_t *one = records.list[k].json;
			double mean = json_number_value(json_object_get(one, "avg_ts"));
			double sd = json_number_value(json_object_get(one, "stddev_ts"));

			if (mean > 0 && sd / mean > *spread)
				*spread = sd / mean;
		}
	records_clear(&records);
	free(data);
	return true;
}

/* A round that was too uneven is measured anew with twice the repetitions. Whatever comes of it,
 * the last round counts: choosing among rounds would be choosing results. */
static bool
measure_all(struct session *s, struct fault *f)
{
	for (int repetitions = REPETITIONS;; repetitions *= 2) {
		double spread;

		if (!measure(s, repetitions, f) || !read_spread(s, &spread, f))
			return false;
		task_note(s->task, "llama-bench's output is kept in %s", s->raw_path.data);
		if (spread <= SPREAD_MAX || repetitions * 2 > REPETITIONS_MAX)
			return true;
		task_note(s->task, "the spread is %.1f %%; measuring again, %d repetitions",
		    spread * 100, repetitions * 2);
	}
}

static bool
sign(struct session *s, const char *intent, struct problem *p)
{
	static const struct flag weights = {.name = "weights"}, named = {.name = "intent"};
	const struct arg more[] = {{&weights, s->weights}, {&named, intent[0] ? intent : NULL}};

	return run_import(s->task, "llama-bench", s->raw_path.data, more, 2, p);
}

bool
run_throughput(struct task *t, struct problem *p)
{
	struct session s = {.task = t};
	struct run_plan plan = {.suite = "throughput", .engine = "llama.cpp", .count = 1};
	char intent[HEX32_SIZE] = "";
	bool done = prepare(&s, &p->fault);

	if (done) {
		tell_plan(&s);
		plan.model = args_text(t->args, "model");
		run_intend(t, &plan, intent);
	}
	done = done && measure_all(&s, &p->fault) && sign(&s, intent, p);
	text_clear(&s.raw_path);
	free(s.folder);
	return done;
}
