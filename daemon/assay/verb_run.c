/* verb_run.c — measure with another tool, and sign what it says as `assay import` does.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "command.h"
#include "file.h"
#include "gguf.h"
#include "home.h"
#include "pin.h"
#include "records.h"

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

static const struct flag flags[] = {
    {.name = "model", .value = "ORG/NAME", .help = "The model's name where it is published."},
    {.name = "revision", .value = "REV", .help = "The repository's revision."},
    {.name = "llama-bench",
	.value = "PROGRAM",
	.path = true,
	.help = "llama-bench of llama.cpp, instead of the one on PATH."},
    {.name = "prompt", .value = "N,...", .help = "Prompt lengths in tokens, instead of 512."},
    {.name = "generate", .value = "N,...", .help = "Tokens to generate, instead of 128."},
    {.name = "depth", .value = "N,...", .help = "Context depths, instead of 0,4096."},
    {.name = "notes", .value = "TEXT", .help = "Anything else worth knowing; it is public."},
    {.name = "suites",
	.value = "DIR",
	.path = true,
	.help = "The folder of suites, instead of $ASSAY_SUITES."},
    {.name = "key",
	.value = "FILE",
	.path = true,
	.help = "The private key, instead of HOME/key.pem."},
    {.name = "dry-run",
	.help = "Measure, then print the payloads that would be signed; sign nothing."},
    {.name = "submit", .help = "Send the spool afterwards, as `assay submit` does."},
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay run throughput qwen3-8b-q4_k_m.gguf --model Qwen/Qwen3-8B-GGUF --submit",
	"Measure, sign and send."},
    {"assay run throughput qwen3-8b-q4_k_m.gguf --model Qwen/Qwen3-8B-GGUF --depth 0 --dry-run",
	"Measure without a filled context and see what would be signed."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "the statements are in the spool"},
    {EXIT_CODE_REFUSED, "the tool's output is not what it should be, or it failed; it is kept"},
    {EXIT_CODE_USAGE, "an option is missing, no server is pinned, or there is no llama-bench"},
    {EXIT_CODE_LOCAL, "a file, the key, or the spool cannot be used"},
    {EXIT_CODE_LATER, "it was interrupted; or, with --submit, the server cannot be reached"},
    {EXIT_CODE_IDENTITY, "with --submit: the server is not the one that was pinned"},
    {0, NULL},
};

/* One call: the points, and where the tool's output goes. */
struct session {
	struct task *task;
	const char *program, *weights;
	const char *points[SWEEPS_N];
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

/* Everything that would make hours of measuring worthless is looked at before. */
static bool
prepare(struct session *s, struct fault *f)
{
	const struct args *a = s->task->args;
	struct home home = {0};
	struct pin pin;
	bool done;

	if (strcmp(a->operands[0], "throughput") != 0)
		return fault_set(f, FAULT_USAGE, "", "a suite that `assay run --help` lists",
		    "\"%s\"", a->operands[0]);
	if (!args_has(a, "model"))
		return fault_set(f, FAULT_OPTION, "--model", "--model ORG/NAME", "nothing");
	s->weights = a->operands[1];
	s->program = args_has(a, "llama-bench") ? args_text(a, "llama-bench") : "llama-bench";
	if (access(s->weights, R_OK) != 0)
		return fault_set(
		    f, FAULT_FILE, s->weights, "a file that can be read", "%s", strerror(errno));
	done = read_sweeps(s, f) && home_find(a, &home, f) &&
	       (args_has(a, "dry-run") || pin_need(&home, &pin, f));
	if (done) {
		s->folder = path_join(home.dir, "runs");
		done = s->folder != NULL && folder_make(s->folder, 0700, f);
	}
	home_close(&home);
	return done;
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
		task_note(s->task, "its head is not understood: %s", f.got);
	else if (g.split_n < 2)
		task_note(s->task, "%s, %.2f billion parameters, %.2f bits each, %.1f MiB a token",
		    g.architecture, (double)g.parameters / 1e9, g.bits_per_weight,
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
		return fault_set(f, FAULT_OPTION, "--llama-bench",
		    "llama-bench, which comes with llama.cpp, on PATH or by --llama-bench PROGRAM",
		    "%s cannot be started", s->program);
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

static bool
measure(struct session *s, int repetitions, struct fault *f)
{
	const char *argv[16] = {s->program, "-m", s->weights, "-o", "jsonl", "-r"};
	size_t n = 6;
	char count[12];
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
	end = command_run(argv, fd, &status);
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
is_own(const char *name)
{
	bool own = strcmp(name, "llama-bench") == 0;

	for (size_t k = 0; k < SWEEPS_N; k++)
		own = own || strcmp(name, sweeps[k].option) == 0;
	return own;
}

/* Do as if the user had imported the file with the options of this call. */
static bool
sign(struct session *s, struct problem *p)
{
	const struct args *ours = s->task->args;
	const char *operands[] = {"llama-bench", s->raw_path.data};
	static const struct flag weights = {.name = "weights"};
	struct args theirs = {.verb = &verb_import, .operands = operands, .operands_n = 2};
	bool done;

	theirs.given = calloc(ours->given_n + 1, sizeof(*theirs.given));
	if (theirs.given == NULL)
		return task_no_memory(p);
	for (size_t k = 0; k < ours->given_n; k++)
		if (!is_own(ours->given[k].flag->name))
			theirs.given[theirs.given_n++] = ours->given[k];
	theirs.given[theirs.given_n++] = (struct arg){.flag = &weights, .value = s->weights};
	s->task->args = &theirs;
	done = verb_import.run(s->task, p);
	s->task->args = ours;
	free(theirs.given);
	return done;
}

static bool
run(struct task *t, struct problem *p)
{
	struct session s = {.task = t};
	bool done = prepare(&s, &p->fault);

	if (done)
		tell_plan(&s);
	done = done && measure_all(&s, &p->fault) && sign(&s, p);
	text_clear(&s.raw_path);
	free(s.folder);
	return done;
}

static void
show(const json_t *result, FILE *out)
{
	verb_import.show(result, out);
}

const struct verb verb_run = {
    .name = "run",
    .operands = "throughput FILE.gguf",
    .operands_min = 2,
    .operands_max = 2,
    .summary = "measure a model on this machine and sign the results",
    .about =
	"Runs llama-bench on a model: prompt processing and generation at each context depth, 3 "
	"repetitions, and anew with 6 and 12 where any point spreads by more than 5 %. The last "
	"round counts. What llama-bench printed is kept in HOME/runs/ and signed as `assay import "
	"llama-bench` signs it, with the digest of the weights.\n"
	"Ctrl-C ends llama-bench, signs nothing, and says what is kept.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
