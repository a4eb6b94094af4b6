/* signer.c — what the log's key signs, and what it refuses: the rules of the signer's process.
 * SPDX-License-Identifier: Apache-2.0 */
#include "signer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "encode.h"
#include "file.h"
#include "keyfile.h"
#include "log.h"
#include "merkle.h"
#include "proof.h"

#define STATE_MAX_BYTES 512

/* ---- state ---- */

static bool
take_lock(struct log_signer *s, struct fault *f)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s.lock", s->state_path);
	s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->lock < 0)
		return fault_set(
		    f, FAULT_FILE, path, "a file that can be locked", "%s", strerror(errno));
	if (flock(s->lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	log_event(LOG_LEVEL_WARN, "signer_waits", "pid=%d", (int)getpid());
	while (flock(s->lock, LOCK_EX) != 0)
		if (errno != EINTR)
			return fault_set(f, FAULT_FILE, path, "a file that can be locked", "%s",
			    strerror(errno));
	return true;
}

/* No file is the state of a new log. One that cannot be read must not pass for it. */
static bool
load_state(struct log_signer *s, const char *origin, struct fault *f)
{
	struct fault form = {0};
	char *data;
	size_t n;
	bool done;

	frontier_root(&(struct frontier){0}, s->last.root);
	snprintf(s->last.origin, sizeof(s->last.origin), "%s", origin);
	if (access(s->state_path, F_OK) != 0 && errno == ENOENT)
		return true;
	if (!file_read(s->state_path, STATE_MAX_BYTES, &data, &n, f))
		return false;
	done = checkpoint_read(data, n, &s->last, &form) && strcmp(s->last.origin, origin) == 0;
	free(data);
	return done || fault_set(f, FAULT_FILE_FORMAT, s->state_path,
			   "the last checkpoint's text, of this origin", "%s",
			   form.code == FAULT_NONE ? s->last.origin : form.got);
}

static bool
persist(const struct log_signer *s, const struct checkpoint *c, struct fault *f)
{
	struct text body = {0};
	bool done;

	checkpoint_print(c, &body);
	done = body.failed ? fault_set(f, FAULT_NO_MEMORY, "", "memory for a checkpoint", "none")
			   : file_write(s->state_path, body.data, body.n, 0600, f);
	text_clear(&body);
	return done;
}

bool
signer_open(struct log_signer *s, const char *origin, const char *key_path, const char *state_path,
    struct fault *f)
{
	*s = (struct log_signer){.state_path = state_path, .lock = -1};
	if (!origin_is_sound(origin))
		return fault_set(f, FAULT_OPTION, "origin", "the log's name", "\"%s\"", origin);
	if (take_lock(s, f) && load_state(s, origin, f) && keyfile_load(key_path, &s->key, f))
		return true;
	signer_close(s);
	return false;
}

void
signer_close(struct log_signer *s)
{
	keypair_wipe(&s->key);
	if (s->lock >= 0)
		close(s->lock);
	s->lock = -1;
}

/* ---- requests ---- */

struct request_to_sign {
	uint64_t old;
	struct merkle_proof proof;
	struct checkpoint wanted;
};

static bool
read_request(const char *data, size_t n, struct request_to_sign *out, struct fault *f)
{
	struct lines in = {data, n};
	struct line line;

	if (!line_next(&in, &line) || !line_skip(&line, "old ") ||
	    !whole_parse(line.s, line.n, &out->old) || !path_read(&in, &out->proof))
		return fault_set(f, FAULT_LOG_PROOF, "request",
		    "`old SIZE`, hashes in base64, an empty line", "something else");
	return checkpoint_read(in.at, in.n, &out->wanted, f);
}

static bool
refuse_history(
    const struct log_signer *s, const char *expected, const struct checkpoint *got, struct fault *f)
{
	char root[HEX32_SIZE];

	hex_print(got->root, SHA256_SIZE, root);
	log_event(LOG_LEVEL_WARN, "signer_refused", "size=%llu root=%s last_size=%llu",
	    (unsigned long long)got->size, root, (unsigned long long)s->last.size);
	return fault_set(f, FAULT_LOG_MISMATCH, "checkpoint", expected, "size %llu, root %s",
	    (unsigned long long)got->size, root);
}

/* Tell whether it is `last` again or extends it. */
static bool
check_history(const struct log_signer *s, const struct request_to_sign *r, struct fault *f)
{
	const struct checkpoint *last = &s->last, *wanted = &r->wanted;
	char expected[HEX32_SIZE + 64], root[HEX32_SIZE];

	hex_print(last->root, SHA256_SIZE, root);
	snprintf(expected, sizeof(expected), "a log that begins with size %llu, root %s",
	    (unsigned long long)last->size, root);
	if (wanted->size == last->size && memcmp(wanted->root, last->root, SHA256_SIZE) == 0)
		return true;
	return merkle_verify_consistency(
		   last->size, last->root, wanted->size, wanted->root, &r->proof) ||
	       refuse_history(s, expected, wanted, f);
}

static void
print_refusal(const struct fault *f, struct text *answer)
{
	text_addf(answer, "refused\n%s\n%s\n%s\n%s\n", fault_info(f->code)->name, f->path,
	    f->expected, f->got);
}

/* The order is the point: on disk first, then in memory, signed last. */
static bool
advance(struct log_signer *s, const struct request_to_sign *r, struct fault *f)
{
	if (!check_history(s, r, f))
		return false;
	if (r->wanted.size == s->last.size)
		return true;
	if (!persist(s, &r->wanted, f))
		return false;
	s->last = r->wanted;
	return true;
}

void
signer_answer(struct log_signer *s, const char *request, size_t n, struct text *answer)
{
	struct request_to_sign r;
	struct fault f = {0};

	if (!read_request(request, n, &r, &f)) {
		print_refusal(&f, answer);
		return;
	}
	if (strcmp(r.wanted.origin, s->last.origin) != 0) {
		fault_set(
		    &f, FAULT_CHECKPOINT, "line 1", s->last.origin, "\"%s\"", r.wanted.origin);
		print_refusal(&f, answer);
		return;
	}
	if (r.wanted.size > s->last.size && r.old != s->last.size) {
		text_addf(answer, "at %llu\n", (unsigned long long)s->last.size);
		return;
	}
	if (!advance(s, &r, &f)) {
		print_refusal(&f, answer);
		return;
	}
	text_add_str(answer, "signed\n");
	checkpoint_sign(&s->last, &s->key, answer);
}
