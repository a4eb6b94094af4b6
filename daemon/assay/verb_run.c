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
#include "explain.h"
#include "file.h"
#include "gguf.h"
#include "records.h"
#include "run_parts.h"
#include "run_party.h"

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
    {.name = "model", .value = "ORG/NAME[@REV]", .help = "The model's name where it is published."},
    {.name = "revision", .value = "REV", .help = "The repository's revision."},
    {.name = "llama-bench",
	.value = "PROGRAM",
	.path = true,
	.help = "llama-bench of llama.cpp, instead of the one on PATH."},
    {.name = "prompt", .value = "N,...", .help = "Prompt lengths in tokens, instead of 512."},
    {.name = "generate", .value = "N,...", .help = "Tokens to generate, instead of 128."},
    {.name = "depth", .value = "N,...", .help = "Context depths, instead of 0,4096."},
    RUN_PARTY_FLAGS,
    {.name = "weights",
	.value = "FILE",
	.path = true,
	.help = "The GGUF file behind the endpoint: its SHA-256 says exactly which model it is."},
    {.name = "quantization", .value = "TYPE", .help = "The quantization behind the endpoint."},
    {.name = "engine", .value = "NAME", .help = "The engine behind the endpoint."},
    {.name = "engine-version", .value = "VERSION", .help = "The engine's version."},
    {.name = "cpu", .value = "NAME", .help = "The processor behind the endpoint."},
    {.name = "accelerator",
	.value = "NAME",
	.many = true,
	.help = "An accelerator behind the endpoint, once for each device."},
    {.name = "resume", .help = "Go on with a session that was begun; never begin one."},
    {.name = "anew", .help = "Begin another session where the last one has ended."},
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
    {"assay run refusals --endpoint http://127.0.0.1:8080/v1 --model Qwen/Qwen3-8B --submit",
	"Ask a model behind an endpoint, sign what came of it, and send it."},
    {"assay run chat --endpoint http://127.0.0.1:8080/v1 --model Qwen/Qwen3-8B --judge-endpoint "
     "https://api.example.com/v1 --judge-model org/judge@2 --judge-key-env JUDGE_KEY",
	"Let another model grade its answers."},
    {"assay run serving --endpoint http://127.0.0.1:8000/v1 --model Qwen/Qwen3-8B --engine vLLM "
     "--engine-version 0.9.1 --accelerator 'NVIDIA L4' --levels 1,4,16",
	"Measure how fast it is served."},
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

	if (!args_has(a, "model"))
		return fault_set(f, FAULT_OPTION, "--model", "--model ORG/NAME", "nothing");
	s->weights = a->operands[1];
	s->program = args_has(a, "llama-bench") ? args_text(a, "llama-bench") : "llama-bench";
	if (access(s->weights, R_OK) != 0)
		return fault_set(
		    f, FAULT_FILE, s->weights, "a file that can be read", "%s", strerror(errno));
	if (!read_sweeps(s, f))
		return false;
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
run_throughput(struct task *t, struct problem *p)
{
	static const struct flag weights = {.name = "weights"};
	struct session s = {.task = t};
	bool done = prepare(&s, &p->fault);

	if (done)
		tell_plan(&s);
	done =
	    done && measure_all(&s, &p->fault) &&
	    run_import(t, "llama-bench", s.raw_path.data, &(struct arg){&weights, s.weights}, 1, p);
	text_clear(&s.raw_path);
	free(s.folder);
	return done;
}

/* One row a suite. */
static const struct suite_row {
	const char *name;
	size_t operands_n; /* at least, with the name */
	bool (*run)(struct task *t, struct problem *p);
} suites[] = {
    {"throughput", 2, run_throughput},
    {"refusals", 1, run_refusals},
    {"chat", 1, run_chat},
    {"serving", 1, run_serving},
};

static bool
run(struct task *t, struct problem *p)
{
	const char *name = t->args->operands[0];

	for (size_t k = 0; k < sizeof(suites) / sizeof(suites[0]); k++)
		if (strcmp(suites[k].name, name) == 0) {
			if (t->args->operands_n == suites[k].operands_n)
				return suites[k].run(t, p);
			return fault_set(&p->fault, FAULT_USAGE, "",
			    suites[k].operands_n > 1 ? "a suite and its FILE" : "a suite alone",
			    "%zu words", t->args->operands_n);
		}
	return fault_set(
	    &p->fault, FAULT_USAGE, "", "a suite that `assay run --help` lists", "\"%s\"", name);
}

static void
show(const json_t *result, FILE *out)
{
	run_show(result, out);
	verb_import.show(result, out);
}

const struct verb verb_run = {
    .name = "run",
    .operands = "SUITE [FILE.gguf]",
    .operands_min = 1,
    .operands_max = 2,
    .summary = "measure a model and sign the results",
    .about =
	"throughput FILE.gguf runs llama-bench on a model: prompt processing and generation at "
	"each context depth, 3 "
	"repetitions, and anew with 6 and 12 where any point spreads by more than 5 %. The last "
	"round counts. What llama-bench printed is kept in HOME/runs/ and signed as `assay import "
	"llama-bench` signs it, with the digest of the weights.\n"
	"refusals asks a model behind an OpenAI-compatible endpoint 150 questions; what the rules "
	"of "
	"the suite leave unclear goes to --judge-endpoint, if there is one. Each answer is a line "
	"of "
	"a session in HOME/runs/, on the disk before the next step: kill it anywhere, and the same "
	"command goes on without asking a question twice. Keys come from the environment or a "
	"file, "
	"and of addresses only the host's name is kept.\n"
	"Ctrl-C ends it, signs nothing, and says what is kept.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
