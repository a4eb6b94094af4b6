/* losses_plan.c — what `assay run quantization` is to measure, and where it is kept.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "crypto.h"
#include "file.h"
#include "importer.h"
#include "losses.h"
#include "run_parts.h"
#include "verb.h"
#include "weights.h"

#define N_CTX 512
#define TOKEN_BYTES 4 /* of text, about, for the plan alone */

static bool
read_number(
    const struct args *a, const char *name, long low, long high, char out[12], struct fault *f)
{
	long value = 0;

	if (!args_has(a, name))
		return true;
	if (!args_whole(a, name, low, high, &value, f))
		return false;
	snprintf(out, 12, "%ld", value);
	return true;
}

static bool
digest_text(struct losses *s, struct fault *f)
{
	char *data = NULL;
	size_t n = 0;
	uint8_t digest[SHA256_SIZE];

	if (!file_read(s->text, LOG_MAX_BYTES, &data, &n, f))
		return false;
	sha256_of(data, n, digest);
	hex_print(digest, SHA256_SIZE, s->text_sha256);
	free(data);
	task_note(s->task, "text %s: about %zu tokens for each file, the context is %s",
	    base_name(s->text), n / TOKEN_BYTES, s->n_ctx);
	return true;
}

static bool
read_options(struct losses *s, struct fault *f)
{
	const struct args *a = s->task->args;

	snprintf(s->n_ctx, sizeof(s->n_ctx), "%d", N_CTX);
	s->text = args_text(a, "text");
	s->program =
	    args_has(a, "llama-perplexity") ? args_text(a, "llama-perplexity") : "llama-perplexity";
	if (!args_has(a, "model"))
		return fault_set(f, FAULT_OPTION, "--model", "--model ORG/NAME", "nothing");
	if (!args_has(a, "base"))
		return fault_set(f, FAULT_OPTION, "--base",
		    "--base FILE, the unquantized weights that the others are compared with",
		    "nothing");
	if (s->text == NULL)
		return fault_set(f, FAULT_OPTION, "--text",
		    "--text FILE to measure on; only results on the same text meet in a cell",
		    "nothing");
	return read_number(a, "n-ctx", 8, 1048576, s->n_ctx, f) &&
	       read_number(a, "chunks", 1, 1000000, s->chunks, f) &&
	       read_number(a, "gpu-layers", 0, 9999, s->layers, f);
}

/* The file that a FILE=TYPE is about; NULL for none. */
static struct variant *
variant_named(struct losses *s, const char *given)
{
	const char *equals = strchr(given, '=');
	size_t n = equals != NULL ? (size_t)(equals - given) : 0;

	for (size_t k = 0; k < s->n && n > 0; k++) {
		const char *name = base_name(s->variants[k].path);

		if (strlen(name) == n && strncmp(name, given, n) == 0)
			return &s->variants[k];
	}
	return NULL;
}

static bool
read_quantizations(struct losses *s, struct fault *f)
{
	const char *given;
	size_t cursor = 0;

	while ((given = args_next(s->task->args, "quantization", &cursor)) != NULL) {
		struct variant *v = variant_named(s, given);

		if (v == NULL)
			return fault_set(f, FAULT_OPTION, "--quantization",
			    "FILE=TYPE with the name of one of the files", "\"%s\"", given);
		v->quantization = strchr(given, '=') + 1;
	}
	return true;
}

/* Two files of one digest would be two measurements of one thing. */
static bool
add_variant(struct losses *s, const char *path, struct fault *f)
{
	struct variant *v = &s->variants[s->n];

	if (s->n == VARIANTS_MAX)
		return fault_set(f, FAULT_USAGE, "", "at most 31 files besides the base", "more");
	v->path = path;
	if (!weights_digest(path, v->sha256, &v->bytes, f))
		return false;
	for (size_t k = 0; k < s->n; k++)
		if (strcmp(s->variants[k].sha256, v->sha256) == 0)
			return fault_set(f, FAULT_FILE, path, "weights that are named once",
			    "the same as %s", s->variants[k].path);
	s->n++;
	return true;
}

static bool
read_variants(struct losses *s, struct fault *f)
{
	const struct args *a = s->task->args;

	if (!add_variant(s, args_text(a, "base"), f))
		return false;
	for (size_t k = 1; k < a->operands_n; k++)
		if (!add_variant(s, a->operands[k], f))
			return false;
	return true;
}

/* What makes it another measurement is in the folder's name; the newest is gone on with. */
static bool
make_folder(struct losses *s, struct fault *f)
{
	char *runs = run_folder(s->task, f), hex[HEX32_SIZE];
	uint8_t digest[SHA256_SIZE];
	struct text told = {0}, name = {0};
	int last = 0;
	bool done = runs != NULL;

	text_addf(&told, "%s %s %s %s %s", s->variants[0].sha256, s->text_sha256, s->n_ctx,
	    s->chunks, s->layers);
	sha256_of(told.data, told.n, digest);
	hex_print(digest, SHA256_SIZE, hex);
	for (int k = 1; done; k++) {
		text_reset(&name);
		text_addf(&name, "%s/quantization-%.16s-%d", runs, hex, k);
		if (access(name.data ? name.data : "", F_OK) != 0)
			break;
		last = k;
	}
	if (done && last > 0 && !args_has(s->task->args, "anew")) {
		text_reset(&name);
		text_addf(&name, "%s/quantization-%.16s-%d", runs, hex, last);
	}
	s->folder = text_take(&name);
	done = done && s->folder != NULL && folder_make(s->folder, 0700, f);
	s->logits = done ? path_join(s->folder, "base.logits") : NULL;
	text_clear(&told);
	free(runs);
	return s->logits != NULL;
}

bool
losses_plan(struct losses *s, struct fault *f)
{
	return read_options(s, f) && digest_text(s, f) && read_variants(s, f) &&
	       read_quantizations(s, f) && make_folder(s, f);
}

void
losses_clear(struct losses *s)
{
	for (size_t k = 0; k < s->n; k++)
		free(s->variants[k].log);
	free(s->folder);
	free(s->logits);
}
