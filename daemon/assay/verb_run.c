/* verb_run.c — measure with another tool, and sign what it says as `assay import` does.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "explain.h"
#include "import_show.h"
#include "run_parts.h"
#include "run_party.h"

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
    {.name = "llama-perplexity",
	.value = "PROGRAM",
	.path = true,
	.help = "llama-perplexity of llama.cpp, instead of the one on PATH."},
    {.name = "base",
	.value = "FILE",
	.path = true,
	.help = "The unquantized weights that the others are compared with."},
    {.name = "text",
	.value = "FILE",
	.path = true,
	.help = "The text to measure on; results on the same one meet in a cell."},
    {.name = "n-ctx", .value = "N", .help = "The context size, instead of 512."},
    {.name = "chunks", .value = "N", .help = "So many contexts of the text, instead of all."},
    {.name = "gpu-layers", .value = "N", .help = "Layers on the GPU, as llama.cpp's -ngl."},
    RUN_PARTY_FLAGS,
    {.name = "weights",
	.value = "FILE",
	.path = true,
	.help = "The GGUF file behind the endpoint: its SHA-256 says exactly which model it is."},
    {.name = "quantization",
	.value = "[FILE=]TYPE",
	.many = true,
	.help = "The quantization behind the endpoint; or of a file, instead of the one it tells."},
    {.name = "engine", .value = "NAME", .help = "The engine behind the endpoint."},
    {.name = "engine-version", .value = "VERSION", .help = "The engine's version."},
    {.name = "cpu", .value = "NAME", .help = "The processor behind the endpoint."},
    {.name = "accelerator",
	.value = "NAME",
	.many = true,
	.help = "An accelerator behind the endpoint, once for each device."},
    {.name = "resume", .help = "Go on with a session that was begun; never begin one."},
    {.name = "anew", .help = "Begin another session where the last one has ended."},
    {.name = "use-case",
	.value = "NAME",
	.many = true,
	.help = "What you use the model for, such as coding; public, once for each."},
    {.name = "notes", .value = "TEXT", .help = "Anything else worth knowing; it is public."},
    FLAG_SUITES,
    FLAG_KEY,
    {.name = "dry-run",
	.help = "Measure, then print the payloads that would be signed; sign nothing."},
    {.name = "offline",
	.help = "Say nothing to the server beforehand; the results show without an intent."},
    {.name = "evidence",
	.help = "Also publish the raw file or session behind its statement; it may hold paths of "
		"this machine, or all answers; look first."},
    {.name = "submit", .help = "Send the spool afterwards, without asking."},
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay run throughput qwen3-8b-q4_k_m.gguf --model Qwen/Qwen3-8B-GGUF --submit",
	"Measure, sign and send."},
    {"assay run throughput qwen3-8b-q4_k_m.gguf --model Qwen/Qwen3-8B-GGUF --depth 0 --dry-run",
	"Measure without a filled context and see what would be signed."},
    {"assay run quantization --base f16.gguf q8_0.gguf q4_k_m.gguf --text wiki.test.raw --model "
     "Qwen/Qwen3-8B-GGUF --submit",
	"Measure what smaller forms lose."},
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

/* One row a suite. */
static const struct suite_row {
	const char *name;
	size_t operands_min, operands_max; /* with the name */
	bool (*run)(struct task *t, struct problem *p);
} suites[] = {
    {"throughput", 2, 2, run_throughput},
    {"quantization", 1, 32, run_quantization},
    {"refusals", 1, 1, run_refusals},
    {"chat", 1, 1, run_chat},
    {"serving", 1, 1, run_serving},
};

static bool
run(struct task *t, struct problem *p)
{
	const char *name = t->args->operands[0];

	for (size_t k = 0; k < sizeof(suites) / sizeof(suites[0]); k++)
		if (strcmp(suites[k].name, name) == 0) {
			if (t->args->operands_n >= suites[k].operands_min &&
			    t->args->operands_n <= suites[k].operands_max)
				return suites[k].run(t, p) && run_offer(t, p);
			return fault_set(&p->fault, FAULT_USAGE, "",
			    suites[k].operands_max == 1   ? "a suite alone"
			    : suites[k].operands_max == 2 ? "a suite and its FILE"
							  : "a suite and its FILEs",
			    "%zu word%s", t->args->operands_n, t->args->operands_n == 1 ? "" : "s");
		}
	return fault_set(
	    &p->fault, FAULT_USAGE, "", "a suite that `assay run --help` lists", "\"%s\"", name);
}

const struct verb verb_run = {
    .name = "run",
    .operands = "SUITE [FILE.gguf...]",
    .operands_min = 1,
    .operands_max = 32,
    .summary = "measure a model and sign the results",
    .about =
	"throughput FILE.gguf runs llama-bench on a model: prompt processing and generation at "
	"each context depth, 3 "
	"repetitions, and anew with 6 and 12 where any point spreads by more than 5 %. The last "
	"round counts. What llama-bench printed is kept in HOME/runs/ and signed as `assay import "
	"llama-bench` signs it, with the digest of the weights.\n"
	"quantization --base FILE FILE... runs llama-perplexity: the base's perplexity and logits "
	"on a text, then the KL divergence of each other file from them. What is measured is kept; "
	"the same command goes on with what is left.\n"
	"refusals asks a model behind an OpenAI-compatible endpoint 150 questions; what the rules "
	"of "
	"the suite leave unclear goes to --judge-endpoint, if there is one. Each answer is a line "
	"of "
	"a session in HOME/runs/, on the disk before the next step: kill it anywhere, and the same "
	"command goes on without asking a question twice. Keys come from the environment or a "
	"file, "
	"and of addresses only the host's name is kept.\n"
	"Before measuring, an intent is signed and sent, where the server takes them, so that "
	"nobody can pick the best of many runs unseen; the results name it.\n"
	"What was measured is shown as a table, signed and kept in the spool. On a terminal you "
	"are asked whether to send it now; --submit sends without asking.\n"
	"Ctrl-C ends it, signs nothing, and says what is kept.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = import_show,
    .lines = "payloads",
};
