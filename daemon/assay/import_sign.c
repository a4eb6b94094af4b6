/* import_sign.c — sign what a file gave, once and for all.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "home.h"
#include "import.h"
#include "import_parts.h"
#include "json.h"
#include "seen.h"
#include "spool.h"
#include "statement.h"

#define RECORD_MAX_BYTES (512 * 1024 * 1024)

/* One imports/ file: the envelopes that were signed in one go, one a line. */
struct record_file {
	char *path;
	char *data;
	size_t n;
};

static void
record_clear(struct record_file *r)
{
	free(r->path);
	free(r->data);
	memset(r, 0, sizeof(*r));
}

/* The file's digest and its suite, or its importer where that has no one suite; then a number from
 * the second run on. */
static char *
record_path(const struct import_file *file, const struct home *home, int number)
{
	struct text path = {0};

	text_addf(&path, "%s/%s-", home->imports, file->sha256);
	if (file->importer->suite != NULL && file->drafts.n > 0)
		text_addf(&path, "%s-%lld", file->drafts.list[0].suite->name,
		    (long long)file->drafts.list[0].suite->version);
	else
		text_add_str(&path, file->importer->name);
	if (number > 1)
		text_addf(&path, "-%d", number);
	text_add_str(&path, ".ndjson");
	return text_take(&path);
}

/* Take the next line; false behind the last. */
static bool
next_line(const struct record_file *r, size_t *at, const char **line, size_t *n)
{
	const char *end;

	if (*at >= r->n)
		return false;
	*line = r->data + *at;
	end = memchr(*line, '\n', r->n - *at);
	*n = end ? (size_t)(end - *line) : r->n - *at;
	*at += *n + 1;
	return true;
}

/* What two signings of the same numbers differ in, and what the file's digest stands for already.
 */
static void
print_bare(const json_t *body, struct text *out)
{
	static const char *const passing[] = {
	    "key", "nonce", "created_at", "seen", "runner", "evidence"};
	json_t *bare = json_copy((json_t *)body);

	for (size_t k = 0; k < sizeof(passing) / sizeof(passing[0]); k++)
		json_object_del(bare, passing[k]);
	json_print(bare, out);
	json_decref(bare);
}

static bool
same_line(const char *line, size_t n, const json_t *body)
{
	struct text was = {0}, is = {0};
	struct statement st;
	bool same = statement_open(line, n, &st, NULL);

	if (same) {
		print_bare(st.body, &was);
		print_bare(body, &is);
		same = !was.failed && !is.failed && was.n == is.n &&
		       memcmp(was.data, is.data, is.n) == 0;
	}
	text_clear(&was);
	text_clear(&is);
	statement_clear(&st);
	return same;
}

static bool
same_record(const struct record_file *r, const json_t *bodies)
{
	size_t at = 0, lines = 0, n;
	const char *line;

	while (next_line(r, &at, &line, &n))
		if (!same_line(line, n, json_array_get(bodies, lines++)))
			return false;
	return lines == json_array_size(bodies);
}

/* Look through the records of a file for one with the same bodies: then *found is it. Else *found
 * is the first free record, with a path only, and *others tells whether there are different ones.
 */
static bool
find_record(const struct import_file *file, const struct home *home, struct record_file *found,
    bool *others, struct fault *f)
{
	*others = false;
	for (int number = 1;; number++) {
		memset(found, 0, sizeof(*found));
		found->path = record_path(file, home, number);
		if (found->path == NULL)
			return fault_set(f, FAULT_NO_MEMORY, "", "memory for a path", "none");
		if (access(found->path, F_OK) != 0)
			return true;
		if (!file_read(found->path, RECORD_MAX_BYTES, &found->data, &found->n, f))
			return false;
		if (same_record(found, file->bodies))
			return true;
		*others = true;
		record_clear(found);
	}
}

static bool
sign_all(const struct import_file *file, const struct home *home, const struct keypair *key,
    struct text *out, struct fault *f)
{
	const json_t *body;
	size_t k;

	json_array_foreach (file->bodies, k, body) {
		json_t *copy = json_deep_copy(body);
		bool done;

		seen_put(home, copy);
		done = copy != NULL && statement_sign(KIND_SUBMISSION, copy, key,
					   (int64_t)time(NULL), out, NULL, f);

		json_decref(copy);
		if (!done)
			return fault_set(f, FAULT_NO_MEMORY, "", "memory for a statement", "none");
		text_add_str(out, "\n");
	}
	return !out->failed || fault_set(f, FAULT_NO_MEMORY, "", "memory for statements", "none");
}

/* Sign, and keep all of it in one step; from then on the file counts as imported. */
static bool
write_record(const struct import_file *file, const struct home *home, const struct keypair *key,
    struct record_file *r, struct fault *f)
{
	struct text lines = {0};
	struct fault local = {0};

	if (!sign_all(file, home, key, &lines, f)) {
		text_clear(&lines);
		return false;
	}
	r->n = lines.n;
	r->data = text_take(&lines);
	if (r->data != NULL && file_write(r->path, r->data, r->n, 0600, &local))
		return true;
	return fault_set(f, FAULT_SPOOL, r->path, "a file this user can write", "%s", local.got);
}

static bool
spool_record(const struct record_file *r, const struct home *home, json_t *ids, struct fault *f)
{
	size_t at = 0, n;
	const char *line;
	char id[HEX32_SIZE];
	bool fresh;

	while (next_line(r, &at, &line, &n)) {
		if (!spool_take(home, line, n, id, &fresh, f))
			return false;
		json_array_append_new(ids, json_string(id));
	}
	return true;
}

static bool
other_settings(const struct import_file *file, const struct home *home, struct fault *f)
{
	char *path = record_path(file, home, 1);

	fault_set(f, FAULT_OPTION, file->path,
	    "the options of its first import; --again signs it once more, as the run of another "
	    "measurement",
	    "other options: %s holds what was signed from this file before",
	    path ? path : "imports/");
	free(path);
	return false;
}

/* With --again the records before do not count: go to the first free number. */
static bool
skip_records(const struct import_file *file, const struct home *home, struct record_file *r)
{
	int number = 1;

	do {
		record_clear(r);
		r->path = record_path(file, home, number++);
	} while (r->path != NULL && access(r->path, F_OK) == 0);
	return r->path != NULL;
}

bool
import_sign(const struct import_file *file, const struct home *home, const struct keypair *key,
    bool again, json_t **ids, bool *already, struct fault *f)
{
	struct record_file r = {0};
	bool others = false, done = find_record(file, home, &r, &others, f);

	*ids = json_array();
	*already = done && r.data != NULL && !again;
	if (done && again)
		done = skip_records(file, home, &r);
	if (done && !*already && others && !again)
		done = other_settings(file, home, f);
	if (done && !*already)
		done = write_record(file, home, key, &r, f);
	done = done && spool_record(&r, home, *ids, f);
	record_clear(&r);
	return done;
}
