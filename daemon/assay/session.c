/* session.c — what was answered so far, on the disk: one line an answer, never asked twice.
 * SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "crypto.h"
#include "encode.h"
#include "file.h"
#include "json.h"

#define SESSION_MAX_BYTES (64 * 1024 * 1024)
#define NAME_DIGITS 16 /* of the head's digest; enough to tell sessions of one machine apart */

static bool
bad_line(size_t number, const char *expected, struct fault *f)
{
	char path[24];

	snprintf(path, sizeof(path), "%zu", number);
	return fault_set(f, FAULT_FILE_FORMAT, path, expected, "something else");
}

static bool
read_line(size_t number, const char *line, size_t n, json_t **head, json_t *lines, struct fault *f)
{
	json_t *doc = json_read_object(line, n, NULL);
	const char *key = json_get_text(doc, "key");
	bool done;

	if (number == 1) {
		*head = json_incref(doc);
		done = strcmp(json_get_text(doc, "session"), SESSION_FORM) == 0 ||
		       bad_line(number, "the head of a session, " SESSION_FORM, f);
	} else {
		done = (key[0] != 0 && json_object_get(lines, key) == NULL) ||
		       bad_line(number, "a JSON object with a key that no other line has", f);
		if (done)
			json_object_set(lines, key, doc);
	}
	json_decref(doc);
	return done;
}

bool
session_read(
    const char *data, size_t n, json_t **head, json_t **lines, size_t *whole, struct fault *f)
{
	bool done = true;
	const char *end;
	size_t number = 0;

	*head = NULL;
	*lines = json_object();
	*whole = 0;
	while (done && (end = memchr(data + *whole, '\n', n - *whole)) != NULL) {
		const char *line = data + *whole;

		done = read_line(++number, line, (size_t)(end - line), head, *lines, f);
		*whole += (size_t)(end - line) + 1;
	}
	if (done && *head == NULL)
		done = bad_line(1, "the head of a session, " SESSION_FORM, f);
	if (done)
		return true;
	json_decref(*head);
	json_decref(*lines);
	*head = *lines = NULL;
	return false;
}

static bool
refuse(const struct session *s, struct fault *f)
{
	return fault_set(
	    f, FAULT_FILE, s->path, "a file this user can write", "%s", strerror(errno));
}

static bool
append(struct session *s, const json_t *line, struct fault *f)
{
	struct text out = {0};
	size_t at = 0;
	bool done;

	json_print(line, &out);
	text_add(&out, "\n", 1);
	done = !out.failed || fault_set(f, FAULT_NO_MEMORY, s->path, "memory for a line", "none");
	while (done && at < out.n) {
		ssize_t written = write(s->fd, out.data + at, out.n - at);

		if (written > 0)
			at += (size_t)written;
		else if (errno != EINTR)
			done = refuse(s, f);
	}
	done = done && (fsync(s->fd) == 0 || refuse(s, f));
	text_clear(&out);
	return done;
}

bool
session_add(struct session *s, const char *key, json_t *line, struct fault *f)
{
	json_t *whole = json_pack("{s:s}", "key", key);
	bool done;

	json_object_update(whole, line);
	json_decref(line);
	done = append(s, whole, f) && json_object_set(s->lines, key, whole) == 0;
	json_decref(whole);
	return done;
}

const json_t *
session_line(const struct session *s, const char *key)
{
	return json_object_get(s->lines, key);
}

void
session_close(struct session *s)
{
	if (s->path != NULL && s->fd >= 0)
		close(s->fd);
	free(s->path);
	json_decref(s->head);
	json_decref(s->lines);
	memset(s, 0, sizeof(*s));
}

/* Sessions of the same questions to the same model are told apart by a number behind the digest of
 * what they share. */
static char *
path_of(const char *folder, const json_t *head, int number)
{
	json_t *same = json_copy((json_t *)head);
	struct text printed = {0}, path = {0};
	uint8_t digest[SHA256_SIZE];
	char hex[HEX32_SIZE];

	json_object_del(same, "started_at");
	json_print(same, &printed);
	sha256_of(printed.data ? printed.data : "", printed.n, digest);
	hex_print(digest, SHA256_SIZE, hex);
	text_addf(&path, "%s/%s-%.*s-%d.jsonl", folder,
	    json_get_text(json_object_get(head, "suite"), "name"), NAME_DIGITS, hex, number);
	json_decref(same);
	text_clear(&printed);
	return text_take(&path);
}

static bool
begin(struct session *s, const json_t *head, struct fault *f)
{
	s->head = json_deep_copy(head);
	s->lines = json_object();
	return ftruncate(s->fd, 0) == 0 ? append(s, head, f) && folder_sync(s->path, f)
					: refuse(s, f);
}

/* A file without even a whole head holds nothing yet. */
static bool
load(struct session *s, const json_t *head, struct fault *f)
{
	char *data = NULL;
	size_t n, whole;
	bool done = file_read(s->path, SESSION_MAX_BYTES, &data, &n, f);

	if (done && memchr(data, '\n', n) == NULL) {
		done = begin(s, head, f);
	} else if (done) {
		struct fault local = {0};

		done = session_read(data, n, &s->head, &s->lines, &whole, &local) ||
		       fault_set(f, local.code, s->path, local.expected, "line %s, %s", local.path,
			   local.got);
		if (done && whole < n)
			done = ftruncate(s->fd, (off_t)whole) == 0 || refuse(s, f);
	}
	free(data);
	return done;
}

static bool
open_number(const char *folder, const json_t *head, int number, struct session *s, struct fault *f)
{
	s->path = path_of(folder, head, number);
	if (s->path == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for a path", "none");
	s->fd = open(s->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (s->fd < 0)
		return refuse(s, f);
	if (flock(s->fd, LOCK_EX | LOCK_NB) != 0)
		return fault_set(f, FAULT_FILE, s->path,
		    "a session that no other process goes on with", "one that does");
	return load(s, head, f);
}

static bool
is_there(const char *folder, const json_t *head, int number)
{
	char *path = path_of(folder, head, number);
	bool there = path != NULL && access(path, F_OK) == 0;

	free(path);
	return there;
}

bool
session_open(
    const char *folder, const json_t *head, bool anew, struct session *out, struct fault *f)
{
	int number = 1;

	while (is_there(folder, head, number + 1))
		number++;
	if (!open_number(folder, head, number, out, f))
		return false;
	if (!anew || session_line(out, SESSION_END) == NULL)
		return true;
	session_close(out);
	return open_number(folder, head, number + 1, out, f);
}
