/* verb_keygen.c — make the submitter's key, once.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "args.h"
#include "encode.h"
#include "explain.h"
#include "home.h"
#include "json.h"
#include "ledger.h"
#include "term.h"

static const struct flag flags[] = {
    {.name = "key",
	.value = "FILE",
	.path = true,
	.help = "Keep the private key there instead of HOME/key.pem."},
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay keygen", "Make a key in ~/.local/share/assay, or show the one that is there."},
    {"assay keygen --key /media/stick/assay.pem", "Keep the private key on a stick."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "the key is there, new or from before"},
    {EXIT_CODE_USAGE, "the command line is not understood"},
    {EXIT_CODE_LOCAL, "the file cannot be written, is no key, or others can read it"},
    {0, NULL},
};

static json_t *
key_json(const struct home *h, const struct keypair *key, bool made)
{
	uint8_t submitter[SHA256_SIZE];
	char hex[HEX32_SIZE];
	struct text public = {0};
	json_t *result;

	submitter_id(key->public, submitter);
	hex_print(submitter, SHA256_SIZE, hex);
	base64_print(key->public, KEY_SIZE, &public);
	result = json_pack("{s:s, s:s, s:s, s:b}", "key", public.data, "submitter", hex, "file",
	    h->key, "made", made);
	text_clear(&public);
	return result;
}

static bool
run(struct task *t, struct problem *p)
{
	struct home home = {0};
	struct keypair key = {0};
	bool made = false, done;

	done = home_find(t->args, &home, &p->fault) && home_make(&home, &p->fault) &&
	       home_key_make(&home, &key, &made, &p->fault);
	if (done)
		t->result = key_json(&home, &key, made);
	keypair_wipe(&key);
	home_close(&home);
	return done && (t->result != NULL || task_no_memory(p));
}

static void
show(const json_t *result, FILE *out)
{
	fprintf(out, "key        %s\n", json_get_text(result, "key"));
	fprintf(out, "submitter  %s\n", json_get_text(result, "submitter"));
	fputs("file       ", out);
	term_put(out, json_get_text(result, "file"));
	fputs(json_is_true(json_object_get(result, "made")) ? "\n" : " (was there before)\n", out);
}

const struct verb verb_keygen = {
    .name = "keygen",
    .operands = "",
    .summary = "make the key that signs, or show the one that is there",
    .about =
	"Makes an Ed25519 key as PKCS#8 PEM, which only its owner can read, and prints its public "
	"half and the submitter id (SHA-256 of it). A key that is there is never written over: "
	"then its public half and id are printed, so that it is safe to call this twice.\n"
	"Keep a copy of the file. Who has it can sign in your name; without it nobody can.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
