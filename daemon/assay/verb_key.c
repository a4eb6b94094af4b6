/* verb_key.c — add a key to a submitter, or revoke one.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "explain.h"
#include "file.h"
#include "json.h"
#include "key_proof.h"
#include "keyfile.h"
#include "say.h"

static const struct flag flags[] = {
    {.name = "key",
	.value = "FILE",
	.path = true,
	.help = "The current private key that signs, instead of HOME/key.pem."},
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay keygen --key laptop.pem && assay key add laptop.pem",
	"Let a second machine sign as the same submitter."},
    {"assay key revoke old.pub", "Take a key out of use; its public half is enough."},
    {"assay key revoke --key laptop.pem MCowBQ…", "Revoke another key, signing with this one."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "the log has it, or it waits for its place there"},
    {EXIT_CODE_REFUSED, "the server refused it, or the log made it void"},
    {EXIT_CODE_USAGE, "the command line is not understood, or no server is pinned"},
    {EXIT_CODE_LOCAL, "a key or the spool cannot be used"},
    {EXIT_CODE_LATER, "the server cannot be reached or is busy; what was signed is in the spool"},
    {EXIT_CODE_IDENTITY, "the server is not the one that was pinned; nothing was sent"},
    {0, NULL},
};

static void
print_base64(const uint8_t *bytes, size_t n, json_t *body, const char *name)
{
	struct text text = {0};

	base64_print(bytes, n, &text);
	json_object_set_new(body, name, json_string(text.data));
	text_clear(&text);
}

static json_t *
adding(struct speaker *s, const struct keypair *added, const uint8_t submitter[SHA256_SIZE])
{
	uint8_t nonce[NONCE_SIZE], sig[SIGNATURE_SIZE];
	json_t *body = json_object();
	struct key_proof proof = {.origin = s->pin.origin,
	    .submitter = submitter,
	    .signer = s->key.public,
	    .added = added->public};

	crypto_random(nonce, sizeof(nonce));
	print_base64(nonce, sizeof(nonce), body, "nonce");
	print_base64(added->public, KEY_SIZE, body, "add");
	proof.nonce = json_get_text(body, "nonce");
	if (!key_proof_make(&proof, added, sig)) {
		json_decref(body);
		return NULL;
	}
	print_base64(sig, SIGNATURE_SIZE, body, "proof");
	return body;
}

static bool
add(struct task *t, struct speaker *s, const char *path, struct problem *p)
{
	struct keypair added = {0};
	uint8_t submitter[SHA256_SIZE];
	bool done = keyfile_load(path, &added, &p->fault) && speaker_submitter(s, submitter, p) &&
		    say(t, s, KIND_KEY, adding(s, &added, submitter), p);

	keypair_wipe(&added);
	return done;
}

/* The key to revoke is a file with its public half, or that half itself in base64. */
static bool
read_public(const char *word, uint8_t key[KEY_SIZE], struct fault *f)
{
	char *text = NULL;
	size_t n = 0;
	bool done;

	if (base64_parse_exact(word, key, KEY_SIZE))
		return true;
	done = file_read(word, KEYFILE_MAX_BYTES, &text, &n, f) && key_read_public(text, n, key, f);
	free(text);
	return done;
}

static bool
revoke(struct task *t, struct speaker *s, const char *word, struct problem *p)
{
	uint8_t key[KEY_SIZE];
	json_t *body;

	if (!read_public(word, key, &p->fault))
		return false;
	body = json_object();
	print_base64(key, KEY_SIZE, body, "revoke");
	return say(t, s, KIND_KEY, body, p);
}

static bool
run(struct task *t, struct problem *p)
{
	const char *what = t->args->operands[0], *key = t->args->operands[1];
	struct speaker s = {0};
	bool adds = strcmp(what, "add") == 0, done;

	if (!adds && strcmp(what, "revoke") != 0)
		return fault_set(&p->fault, FAULT_USAGE, "", "add or revoke", "\"%s\"", what);
	done = speaker_open(t, &s, p) && (adds ? add(t, &s, key, p) : revoke(t, &s, key, p));
	speaker_close(&s);
	return done;
}

const struct verb verb_key = {
    .name = "key",
    .operands = "add|revoke KEY",
    .operands_min = 2,
    .operands_max = 2,
    .summary = "add a key to your submitter, or revoke one",
    .about = "A submitter may sign with several keys and has one vote. add takes the file of a new "
	     "private key: both keys sign, so that nobody can take a key that is not theirs. "
	     "revoke takes "
	     "a public key, as a file or in base64; what it signed before stays as it is. A key "
	     "that once "
	     "belonged to a submitter can never belong to another, and the last one cannot be "
	     "revoked.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = say_show,
};
