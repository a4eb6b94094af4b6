/* verb_import.c — sign what another tool measured.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "deliver.h"
#include "home.h"
#include "import.h"
#include "import_show.h"
#include "measured.h"
#include "pin.h"
#include "suite_folder.h"

static const struct flag flags[] = {
    {.name = "model",
	.value = "[FILE=]ORG/NAME",
	.many = true,
	.help =
	    "The model's name where it is published. With several weights files: once for each, "
	    "or '*=ORG/NAME' for all."},
    {.name = "revision", .value = "[FILE=]REV", .many = true, .help = "The repository's revision."},
    {.name = "quantization",
	.value = "[FILE=]TYPE",
	.many = true,
	.help = "The quantization, instead of the one the file tells."},
    {.name = "weights",
	.value = "FILE",
	.many = true,
	.path = true,
	.help = "The GGUF file that was measured: its SHA-256 says exactly which one. Of split "
		"weights, the part that was named to the tool; the others are looked for beside "
		"it."},
    {.name = "weights-sha256",
	.value = "[FILE=]HEX",
	.many = true,
	.help = "That digest, if you have it."},
    {.name = "cpu",
	.value = "NAME",
	.help = "The processor's name, instead of the one the file tells."},
    {.name = "accelerator",
	.value = "NAME",
	.many = true,
	.help = "An accelerator that ran, once for each device, instead of what the file tells; "
		"none: the processor alone ran."},
    {.name = "engine-version",
	.value = "VERSION",
	.help = "The engine's version, instead of the one the file tells."},
    {.name = "engine",
	.value = "NAME",
	.help = "What ran the model, instead of what the file tells."},
    {.name = "only",
	.value = "NAME",
	.many = true,
	.help = "Of files with several models or tasks, this one alone; a shell pattern may fit "
		"some."},
    {.name = "baseline",
	.value = "NAME",
	.help = "The model that the others were compared with, as the file names it."},
    {.name = "judge", .value = "NAME", .help = "The model that judged, if the file does not tell."},
    {.name = "judge-version", .value = "VERSION", .help = "Its version."},
    {.name = "judge-prompt",
	.value = "FILE",
	.path = true,
	.help = "What the judge was told: the SHA-256 of this file."},
    {.name = "judge-prompt-sha256", .value = "HEX", .help = "That digest, if you have it."},
    {.name = "judge-temperature", .value = "T", .help = "The temperature the judge ran at."},
    {.name = "condition",
	.value = "NAME=VALUE",
	.many = true,
	.help = "A condition of the suite that the file does not tell."},
    {.name = "base",
	.value = "FILE",
	.help =
	    "The weights that a KL divergence was measured against: the GGUF file, its SHA-256, "
	    "or NAME@REVISION+QUANTIZATION."},
    {.name = "text",
	.value = "FILE",
	.path = true,
	.help = "The text that a perplexity was measured on: its SHA-256 says which one."},
    {.name = "text-sha256", .value = "HEX", .help = "That digest, if you have it."},
    {.name = "n-ctx", .value = "N", .help = "The context size, instead of the one the file tells."},
    {.name = "chunks", .value = "N", .help = "The number of chunks, instead of the file's."},
    {.name = "os", .value = "NAME", .help = "The operating system that ran."},
    {.name = "intent",
	.value = "ID",
	.help = "The intent that was said before measuring; `assay run` says and names one."},
    {.name = "use-case",
	.value = "NAME",
	.many = true,
	.help = "What you use the model for, such as coding; public, once for each."},
    {.name = "notes", .value = "TEXT", .help = "Anything else worth knowing; it is public."},
    FLAG_SUITES,
    FLAG_KEY,
    {.name = "dry-run",
	.help = "Print the payloads that would be signed, one a line; sign nothing."},
    {.name = "audience",
	.value = "ORIGIN",
	.help = "With --dry-run and no pinned server: the log's name."},
    {.name = "again",
	.help = "Sign the file once more. Only for the run of a new measurement, never for the "
		"same numbers."},
    {.name = "evidence",
	.help = "Also publish the files themselves, whole, behind their statements: up to 4 MiB "
		"each. They may hold paths and names of your machine; look first."},
    {.name = "submit", .help = "Send the spool afterwards, as `assay submit` does."},
    {.name = NULL},
};

static const struct example examples[] = {
    {"llama-bench -m qwen3-8b-q4_k_m.gguf -o json > bench.json", "Measure."},
    {"assay import llama-bench bench.json --model Qwen/Qwen3-8B-GGUF --weights "
     "qwen3-8b-q4_k_m.gguf --submit",
	"Sign the results and send them."},
    {"assay import llama-bench sweep.jsonl --model '*=Qwen/Qwen3-8B-GGUF' --dry-run",
	"See what would be signed for several quantizations of one model."},
    {"assay import llama-perplexity kld.log --weights q4_k_m.gguf --base f16.gguf --text "
     "wiki.test.raw --model Qwen/Qwen3-8B-GGUF",
	"Sign what a quantization costs in perplexity and KL divergence."},
    {"assay import vllm openai-infqps.json --model Qwen/Qwen3-8B --revision main --engine vllm "
     "--engine-version 0.11.0 --cpu 'AMD EPYC 9654' --accelerator 'NVIDIA H100' --condition "
     "dataset=random --condition input_len=1024 --condition output_len=128",
	"Sign a serving benchmark, whose file tells none of this."},
    {"assay import auto results/* --dry-run --json", "Look at all numbers first."},
    {"assay import lm-eval results_*.json samples_*.jsonl --cpu 'EPYC 9654' --accelerator H100",
	"Sign one statement for each task, with the scores of single documents."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "the statements are in the spool, or were signed before"},
    {EXIT_CODE_REFUSED, "a file is not what it should be; nothing of any file was signed"},
    {EXIT_CODE_USAGE, "something has to be told by an option, or no server is pinned"},
    {EXIT_CODE_LOCAL, "a file, the key, or the spool cannot be used"},
    {EXIT_CODE_LATER, "with --submit: the server cannot be reached or is busy; nothing is lost"},
    {EXIT_CODE_IDENTITY, "with --submit: the server is not the one that was pinned"},
    {0, NULL},
};

/* Do a step with all files, and tell of every one that is bad. */
static bool
each_file(struct task *t, struct import *i, bool companions,
    bool (*step)(const struct import *i, struct import_file *file, struct fault *f),
    struct problem *p)
{
	bool done = true;

	for (size_t k = 0; k < i->n; k++) {
		struct problem one = {0};

		if ((i->files[k].companion && !companions) || step(i, &i->files[k], &one.fault))
			continue;
		if (!done)
			task_explain(t, p);
		*p = one;
		done = false;
	}
	return done;
}

/* Read all files before anything else happens. */
static bool
read_files(struct task *t, struct import *i, struct problem *p)
{
	i->n = t->args->operands_n - 1;
	i->files = calloc(i->n, sizeof(*i->files));
	if (i->files == NULL)
		return task_no_memory(p);
	for (size_t k = 0; k < i->n; k++)
		i->files[k].path = t->args->operands[k + 1];
	return each_file(t, i, true, import_load, p) && each_file(t, i, false, import_read, p) &&
	       import_check_companions(i, &p->fault) && import_choose(i, &p->fault) &&
	       each_file(t, i, false, import_check_suites, p);
}

static void
tell_notes(struct task *t, const struct import *i)
{
	for (size_t k = 0; k < i->n; k++) {
		const char *path = i->files[k].path, *base = base_name(path);
		const json_t *note;
		size_t n;

		json_array_foreach (i->files[k].drafts.notes, n, note)
			task_note(t, "%s: %s", base[0] != 0 ? base : path, json_string_value(note));
	}
}

static bool
dry_run(struct task *t, const struct import *i)
{
	json_t *payloads = json_array();

	for (size_t k = 0; k < i->n; k++)
		if (i->files[k].bodies != NULL)
			json_array_extend(payloads, i->files[k].bodies);
	t->result = json_pack("{s:o, s:[]}", "payloads", payloads, "measured");
	if (i->n == 1)
		measured_add(payloads, i->suites, json_object_get(t->result, "measured"));
	return t->result != NULL;
}

static size_t
count_results(const struct import_file *file)
{
	const json_t *body;
	size_t k, n = 0;

	json_array_foreach (file->bodies, k, body)
		n += json_array_size(json_object_get(body, "results"));
	return n;
}

/* With --evidence the file itself goes, too; it is said before anything is sent. */
static bool
keep(struct task *t, const struct import_file *file, const struct home *home, struct problem *p)
{
	bool kept = false;

	if (!args_has(t->args, "evidence"))
		return true;
	if (!import_keep(file, home, &kept, &p->fault))
		return false;
	if (kept)
		task_note(t, "%s: all of its %zu bytes will be public as evidence",
		    base_name(file->path), file->n);
	else
		task_note(t, "%s: too large to be sent as evidence, more than 4 MiB",
		    base_name(file->path));
	return true;
}

static bool
sign_files(struct task *t, const struct import *i, const struct home *home, struct problem *p)
{
	json_t *told = json_array();
	struct keypair key = {0};
	bool done = home_key(home, &key, &p->fault);

	t->result = json_pack("{s:s, s:o}", "importer", t->args->operands[0], "files", told);
	if (i->n == 1)
		json_object_set_new(t->result, "measured", json_array());
	for (size_t k = 0; done && k < i->n; k++) {
		struct import_file *file = &i->files[k];
		json_t *ids = NULL;
		bool already = false;

		done = keep(t, file, home, p);
		if (json_array_size(file->bodies) == 0)
			continue;
		done = done && import_sign(file, home, &key, args_has(t->args, "again"), &ids,
				   &already, &p->fault);
		if (done)
			json_array_append_new(
			    told, json_pack("{s:o, s:s, s:s, s:b, s:I, s:O}", "file",
				      path_json(file->path), "format", file->importer->name,
				      "sha256", file->sha256, "already", already, "results",
				      (json_int_t)count_results(file), "statements", ids));
		measured_add(file->bodies, i->suites, json_object_get(t->result, "measured"));
		json_decref(ids);
	}
	keypair_wipe(&key);
	return done && (t->result != NULL || task_no_memory(p));
}

static bool
set_audience(const struct task *t, struct import *i, const struct home *home, struct pin *pin,
    struct problem *p)
{
	if (!args_has(t->args, "dry-run")) {
		i->audience = pin->origin;
		return pin_need(home, pin, &p->fault);
	}
	if (!pin_load(home, pin, &p->fault))
		return false;
	i->audience = pin->present ? pin->origin : args_text(t->args, "audience");
	if (i->audience == NULL)
		i->audience = "dry-run";
	return true;
}

static bool
find_importer(
    const struct task *t, const struct suite_set *set, struct import *i, struct problem *p)
{
	const char *name = t->args->operands[0];

	i->suites = set;
	i->importer = importer_named(name);
	return i->importer != NULL || strcmp(name, "auto") == 0 ||
	       fault_set(&p->fault, FAULT_USAGE, "",
		   "auto, or a format that `assay import --help` lists", "\"%s\"", name);
}

static bool
import(struct task *t, struct import *i, const struct suite_set *set, struct problem *p)
{
	struct home home = {0};
	struct pin pin;
	bool done, dry = args_has(t->args, "dry-run");

	done = find_importer(t, set, i, p) && home_find(t->args, &home, &p->fault) &&
	       set_audience(t, i, &home, &pin, p) && read_files(t, i, p) &&
	       import_complete(i, &p->fault);
	if (done)
		tell_notes(t, i);
	if (done && dry)
		done = dry_run(t, i) || task_no_memory(p);
	else if (done)
		done = home_make(&home, &p->fault) && sign_files(t, i, &home, p) &&
		       (!args_has(t->args, "submit") || deliver_after(t, &home, &pin, p));
	home_close(&home);
	return done;
}

static bool
run(struct task *t, struct problem *p)
{
	struct import i = {.args = t->args};
	struct suite_set *set = NULL;
	char *folder = NULL;
	bool done = suite_folder_load(t->args, &set, &folder, &p->fault) && import(t, &i, set, p);

	for (size_t k = 0; k < i.n && i.files != NULL; k++)
		import_file_clear(&i.files[k]);
	free(i.files);
	suite_set_free(set);
	free(folder);
	return done;
}

const struct verb verb_import = {
    .name = "import",
    .operands = "FORMAT FILE...",
    .operands_min = 2,
    .operands_max = 100000,
    .summary = "sign results that another tool measured",
    .about =
	"Reads result files, makes one statement for each engine configuration, model and task "
	"in them, signs them and puts them into the spool. Formats:\n"
	"    auto              whichever of them it is, told by the content\n"
	"    llama-bench       llama.cpp's, written with -o json or -o jsonl\n"
	"    llama-perplexity  llama.cpp's log of a run, both streams (2>&1), with or without "
	"--kl-divergence\n"
	"    lm-eval           lm-evaluation-harness' results, 0.3 and 0.4, with sample files "
	"beside them\n"
	"    fastchat-single, fastchat-pairwise  judgments of FastChat's llm_judge\n"
	"    alpaca-eval       AlpacaEval's annotations.json, or a leaderboard's CSV\n"
	"    evalplus          EvalPlus' eval_results.json\n"
	"    vllm              result files of vLLM's `bench serve`, `throughput` and `latency`\n"
	"    localscore        what `localscore -o json` prints\n"
	"    helm              run folders of HELM, benchmark_output/runs/SUITE/RUN\n"
	"    inspect-ai        logs of Inspect AI, .json or .eval\n"
	"    every-eval-ever   aggregate files of Every Eval Ever, schema 0.3 or 0.2, with "
	"_samples.jsonl beside them\n"
	"    refusals, chat, serving  ended sessions of `assay run`\n"
	"Names of models and hardware are sent as they are. What a file does not tell is asked "
	"for by the name of an option, never guessed. Paths of your machine do not travel, only "
	"base names. The files themselves stay here, of them only digest and length travel; with "
	"--evidence they are kept in evidence/ and published whole behind their statements.\n"
	"A file with any fault is refused whole, with line, record and key, and then nothing of "
	"any file is signed. Importing a file twice signs nothing new.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = import_show,
    .lines = "payloads",
};
