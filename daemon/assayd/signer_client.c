/* signer_client.c — the leader's side of the signer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "signer_client.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "encode.h"
#include "frame.h"
#include "proof.h"

#define OWN_PROGRAM "/proc/self/exe"

extern char **environ;

struct signer_client {
	const struct options *options;
	uint8_t key[KEY_SIZE];
	uint64_t signed_size; /* where the signer was seen last; a wrong guess costs one round */
	int fd;               /* -1: not connected */
	pid_t child;          /* 0: none */
};

/* ---- connections ---- */

static void
disconnect(struct signer_client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	if (c->child == 0)
		return;
	/* safe at any moment: what it answered is on its disk */
	kill(c->child, SIGKILL);
	while (waitpid(c->child, NULL, 0) < 0 && errno == EINTR)
		continue;
	c->child = 0;
}

static bool
connect_to_socket(struct signer_client *c, const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(at.sun_path))
		return false;
	strcpy(at.sun_path, path);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return c->fd >= 0 && connect(c->fd, (struct sockaddr *)&at, sizeof(at)) == 0;
}

/* Everything it needs goes in by flags, which beat environment and files. */
static bool
start_child(struct signer_client *c)
{
	const struct options *o = c->options;
	char *argv[] = {"assayd", "signer", "--log-key", o->log_key, "--signer-state",
	    o->signer_state, "--origin", o->origin, "--log-level", o->log_level,
	    "--signer-socket=", NULL};
	posix_spawn_file_actions_t actions;
	int pair[2];
	bool done;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	c->fd = pair[0];
	posix_spawn_file_actions_init(&actions);
	done = posix_spawn_file_actions_adddup2(&actions, pair[1], STDIN_FILENO) == 0 &&
	       posix_spawn(&c->child, OWN_PROGRAM, &actions, NULL, argv, environ) == 0;
	posix_spawn_file_actions_destroy(&actions);
	close(pair[1]);
	if (!done)
		c->child = 0;
	return done;
}

static bool
ready(struct signer_client *c, struct fault *f)
{
	const char *path = c->options->signer_socket;
	bool done;

	if (c->fd >= 0)
		return true;
	done = path[0] ? connect_to_socket(c, path) : start_child(c);
	return done || fault_set(f, FAULT_SIGNER, path, "a signer that can be reached", "%s",
			   strerror(errno));
}

static bool
ask(struct signer_client *c, const struct text *request, struct text *answer, int64_t until_ms,
    struct fault *f)
{
	bool done = ready(c, f) &&
		    (frame_write(c->fd, request, until_ms) && frame_read(c->fd, answer, until_ms));

	if (!done || c->child == 0)
		disconnect(c); /* over the socket it is one request a connection */
	return done || fault_set(f, FAULT_SIGNER, c->options->signer_socket, "an answer within 2 s",
			   "none");
}

/* ---- one signature ---- */

static bool
make_request(const struct signer_client *c, const struct checkpoint *wanted,
    const struct merkle_source *source, struct text *out, struct fault *f)
{
	uint64_t old = c->signed_size < wanted->size ? c->signed_size : wanted->size;
	struct merkle_proof proof;

	if (!merkle_prove_consistency(old, wanted->size, source, &proof))
		return fault_set(f, FAULT_LOG_PROOF, "", "hashes for a consistency proof",
		    "none from size %llu", (unsigned long long)old);
	text_reset(out);
	text_addf(out, "old %llu\n", (unsigned long long)old);
	path_print(&proof, out);
	checkpoint_print(wanted, out);
	return !out->failed || fault_set(f, FAULT_NO_MEMORY, "", "memory for a request", "none");
}

static bool
take_note(struct signer_client *c, const struct checkpoint *wanted, const struct lines *in,
    struct text *note, struct fault *f)
{
	struct checkpoint got;
	struct fault why = {0};

	if (!checkpoint_open(in->at, in->n, wanted->origin, c->key, &got, &why) ||
	    got.size != wanted->size || memcmp(got.root, wanted->root, SHA256_SIZE) != 0)
		return fault_set(f, FAULT_SIGNER, "", "a signature of the key in log_vkey", "%s",
		    why.code != FAULT_NONE ? why.got : "another checkpoint");
	c->signed_size = got.size;
	text_add(note, in->at, in->n);
	return !note->failed || fault_set(f, FAULT_NO_MEMORY, "", "memory for a note", "none");
}

/* CODE, PATH, EXPECTED, GOT, a line each. */
static bool
take_refusal(struct lines *in, struct fault *f)
{
	char field[4][256];
	struct line line;
	enum fault_code code;

	for (int i = 0; i < 4; i++)
		if (!line_next(in, &line) || !line_copy(line, field[i], sizeof(field[i])))
			return fault_set(f, FAULT_SIGNER, "", "an answer in our form", "another");
	code = fault_named(field[0]);
	return fault_set(
	    f, code != FAULT_NONE ? code : FAULT_SIGNER, field[1], field[2], "%s", field[3]);
}

/* *again: the signer told where it is; ask once more from there. */
static bool
take_answer(struct signer_client *c, const struct checkpoint *wanted, const struct text *answer,
    struct text *note, bool *again, struct fault *f)
{
	struct lines in = {answer->data, answer->n};
	struct line line = {"", 0};

	*again = false;
	if (!line_next(&in, &line))
		return fault_set(f, FAULT_SIGNER, "", "an answer in our form", "no line");
	if (line_is(line, "signed"))
		return take_note(c, wanted, &in, note, f);
	if (line_is(line, "refused"))
		return take_refusal(&in, f);
	*again = line_skip(&line, "at ") && whole_parse(line.s, line.n, &c->signed_size);
	return *again || fault_set(f, FAULT_SIGNER, "", "an answer in our form", "another");
}

bool
signer_client_sign(struct signer_client *c, uint64_t size, const uint8_t root[SHA256_SIZE],
    const struct merkle_source *source, struct text *note, struct fault *f)
{
	int64_t until_ms = frame_now_ms() + SIGNER_DEADLINE_MS;
	struct text request = {0}, answer = {0};
	struct checkpoint wanted = {.size = size};
	bool done = true, again = true;

	strcpy(wanted.origin, c->options->origin);
	memcpy(wanted.root, root, SHA256_SIZE);
	for (int round = 0; done && again && round < 2; round++)
		done = make_request(c, &wanted, source, &request, f) &&
		       ask(c, &request, &answer, until_ms, f) &&
		       take_answer(c, &wanted, &answer, note, &again, f);
	text_clear(&request);
	text_clear(&answer);
	if (done && again)
		return fault_set(f, FAULT_SIGNER, "", "a signer that stays where it says it is",
		    "another size each time");
	return done;
}

/* ---- life ---- */

struct signer_client *
signer_client_new(const struct options *o, const char *vkey, struct fault *f)
{
	struct signer_client *c = calloc(1, sizeof(*c));
	char name[ORIGIN_SIZE];

	if (c == NULL) {
		fault_set(f, FAULT_NO_MEMORY, "", "memory for a signer's client", "none");
		return NULL;
	}
	c->options = o;
	c->fd = -1;
	if (!vkey_read(vkey, name, sizeof(name), c->key) || strcmp(name, o->origin) != 0)
		fault_set(
		    f, FAULT_OPTION, "log_vkey", "the verifier key of this origin", "\"%s\"", vkey);
	else if (o->signer_socket[0] == 0 && (o->log_key[0] == 0 || o->signer_state[0] == 0))
		fault_set(f, FAULT_OPTION, "signer_socket", "a socket, or log_key and signer_state",
		    "nothing");
	else
		return c;
	free(c);
	return NULL;
}

void
signer_client_free(struct signer_client *c)
{
	if (c == NULL)
		return;
	disconnect(c);
	free(c);
}
