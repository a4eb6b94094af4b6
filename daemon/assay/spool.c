/* spool.c — signed statements as files: waiting, refused, acknowledged.
 * SPDX-License-Identifier: Apache-2.0 */
#include "spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "home.h"
#include "json.h"

#define NOTE_MAX_BYTES 65536

static bool
spool_fault(struct fault *f, const char *path)
{
	return fault_set(
	    f, FAULT_SPOOL, path, "a file or folder this user can write", "%s", strerror(errno));
}

/* Return dir/ID + ending as new text. */
static char *
path_of(const char *dir, const char *id, const char *ending)
{
	struct text path = {0};

	text_addf(&path, "%s/%s%s", dir, id, ending);
	return text_take(&path);
}

static bool
exists(const char *dir, const char *id, const char *ending)
{
	char *path = path_of(dir, id, ending);
	bool found = path != NULL && access(path, F_OK) == 0;

	free(path);
	return found;
}

static bool
write_file(
    const char *dir, const char *id, const char *ending, const struct text *data, struct fault *f)
{
	char *path = path_of(dir, id, ending);
	struct fault local = {0};
	bool done;

	if (path == NULL || data->failed)
		done = fault_set(f, FAULT_NO_MEMORY, "", "memory for a file of the spool", "none");
	else if (!file_write(path, data->data, data->n, 0600, &local))
		done = fault_set(
		    f, FAULT_SPOOL, local.path, "a file this user can write", "%s", local.got);
	else
		done = true;
	free(path);
	return done;
}

static bool
write_json(
    const char *dir, const char *id, const char *ending, const json_t *value, struct fault *f)
{
	struct text data = {0};
	bool done;

	json_print(value, &data);
	text_add_str(&data, "\n");
	done = write_file(dir, id, ending, &data, f);
	text_clear(&data);
	return done;
}

static bool
sync_folder(const char *dir, struct fault *f)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = fd >= 0 && fsync(fd) == 0;

	if (!done)
		spool_fault(f, dir);
	if (fd >= 0)
		close(fd);
	return done;
}

/* A file that is not there is as good as removed. */
static bool
remove_file(const char *dir, const char *id, const char *ending, struct fault *f)
{
	char *path = path_of(dir, id, ending);
	bool done = path != NULL && (unlink(path) == 0 || errno == ENOENT);

	if (!done)
		spool_fault(f, path ? path : dir);
	free(path);
	return done;
}

static bool
put(const struct home *h, const char *id, const char *envelope, size_t n, struct fault *f)
{
	struct text data = {0};
	bool done;

	text_add(&data, envelope, n);
	text_add_str(&data, "\n");
	done = write_file(h->spool, id, ".json", &data, f);
	text_clear(&data);
	return done;
}

bool
spool_take(const struct home *h, const char *envelope, size_t n, char id[HEX32_SIZE], bool *fresh,
    struct fault *f)
{
	struct statement st;
	bool done = statement_open(envelope, n, &st, f);

	*fresh = false;
	if (done) {
		hex_print(st.id, SHA256_SIZE, id);
		*fresh = !exists(h->spool, id, ".json") && !exists(h->sent, id, ".json");
	}
	statement_clear(&st);
	return done && (!*fresh || put(h, id, envelope, n, f));
}

static bool
move_file(const struct home *h, const char *id, struct fault *f)
{
	char *from = path_of(h->spool, id, ".json"), *to = path_of(h->sent, id, ".json");
	bool done = from != NULL && to != NULL && rename(from, to) == 0;

	if (!done)
		spool_fault(f, from ? from : h->spool);
	free(from);
	free(to);
	return done;
}

bool
spool_acknowledge(const struct home *h, const char *id, const json_t *answer, struct fault *f)
{
	return write_json(h->sent, id, ".answer.json", answer, f) && move_file(h, id, f) &&
	       sync_folder(h->sent, f) && remove_file(h->spool, id, ".refused.json", f) &&
	       sync_folder(h->spool, f);
}

bool
spool_receipt(const struct home *h, const char *id, const json_t *receipt, struct fault *f)
{
	return write_json(h->sent, id, ".receipt.json", receipt, f) && sync_folder(h->sent, f);
}

bool
spool_has_receipt(const struct home *h, const char *id)
{
	return exists(h->sent, id, ".receipt.json");
}

bool
spool_refuse(const struct home *h, const char *id, const json_t *problem, struct fault *f)
{
	return write_json(h->spool, id, ".refused.json", problem, f);
}

bool
spool_drop(const struct home *h, const char *id, struct fault *f)
{
	return remove_file(h->spool, id, ".json", f) &&
	       remove_file(h->spool, id, ".refused.json", f) && sync_folder(h->spool, f);
}

json_t *
spool_note(const struct home *h, const struct spool_entry *entry)
{
	static const char *const endings[PLACE__MAX] = {
	    [PLACE_REFUSED] = ".refused.json",
	    [PLACE_SENT] = ".answer.json",
	};
	const char *ending = endings[entry->place];
	char *path, *data = NULL;
	json_t *note = NULL;
	size_t n = 0;

	if (ending == NULL)
		return NULL;
	path = path_of(entry->place == PLACE_SENT ? h->sent : h->spool, entry->id, ending);
	if (path != NULL && file_read(path, NOTE_MAX_BYTES, &data, &n, NULL))
		note = json_read_object(data, n, NULL);
	free(data);
	free(path);
	return note;
}

const char *
place_name(enum place place)
{
	static const char *const names[PLACE__MAX] = {
	    [PLACE_WAITING] = "waiting",
	    [PLACE_REFUSED] = "refused",
	    [PLACE_SENT] = "sent",
	};

	return names[place];
}

static void
entry_clear(struct spool_entry *e)
{
	statement_clear(&e->statement);
	free(e->envelope);
}

void
spool_list_clear(struct spool_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		entry_clear(&list->entries[i]);
	free(list->entries);
	free(list->damaged);
	memset(list, 0, sizeof(*list));
}

/* Read one file and make sure that it is the statement its name says. */
static bool
read_entry(const char *dir, struct spool_entry *e, struct fault *f)
{
	char *path = path_of(dir, e->id, ".json"), id[HEX32_SIZE];
	struct fault local = {0};
	struct stat st;
	bool done = path != NULL && stat(path, &st) == 0 &&
		    file_read(path, ENVELOPE_MAX_BYTES + 1, &e->envelope, &e->n, &local);

	if (done) {
		e->written_at = st.st_mtim;
		while (e->n > 0 && e->envelope[e->n - 1] == '\n')
			e->envelope[--e->n] = 0;
		done = statement_open(e->envelope, e->n, &e->statement, &local);
		hex_print(e->statement.id, SHA256_SIZE, id);
	}
	if (!done)
		fault_set(f, FAULT_SPOOL, path, "a signed statement", "%s",
		    local.code ? fault_info(local.code)->title : strerror(errno));
	else if (strcmp(id, e->id) != 0)
		done = fault_set(
		    f, FAULT_SPOOL, path, "the statement that the file is named after", "%s", id);
	free(path);
	return done;
}

/* Make room for one more; false without memory. */
static bool
grow(void **list, size_t n, size_t size)
{
	void *more;

	if (n & (n - 1))
		return true;
	more = realloc(*list, (n ? 2 * n : 1) * size);
	if (more == NULL)
		return false;
	*list = more;
	return true;
}

static bool
add_entry(const char *dir, const char *id, enum place place, struct spool_list *out)
{
	struct spool_entry e = {.place = place};
	struct fault local = {0};

	if (!grow((void **)&out->entries, out->n, sizeof(e)) ||
	    !grow((void **)&out->damaged, out->damaged_n, sizeof(local)))
		return false;
	memcpy(e.id, id, HEX32_SIZE - 1);
	if (read_entry(dir, &e, &local)) {
		out->entries[out->n++] = e;
		return true;
	}
	entry_clear(&e);
	out->damaged[out->damaged_n++] = local;
	return true;
}

/* ID.json; not ID.refused.json, not a temporary file. */
static bool
names_statement(const char *name)
{
	uint8_t id[SHA256_SIZE];
	char hex[HEX32_SIZE];

	if (strlen(name) != HEX32_SIZE - 1 + strlen(".json") ||
	    strcmp(name + HEX32_SIZE - 1, ".json") != 0)
		return false;
	memcpy(hex, name, HEX32_SIZE - 1);
	hex[HEX32_SIZE - 1] = 0;
	return hex_parse(hex, id, SHA256_SIZE);
}

static bool
read_folder(const char *dir, bool sent, struct spool_list *out, struct fault *f)
{
	DIR *folder = opendir(dir);
	struct dirent *file;
	bool done = true;

	if (folder == NULL && errno == ENOENT)
		return true;
	if (folder == NULL)
		return spool_fault(f, dir);
	while (done && (file = readdir(folder)) != NULL) {
		char id[HEX32_SIZE] = "";
		enum place place = sent ? PLACE_SENT : PLACE_WAITING;

		if (!names_statement(file->d_name))
			continue;
		memcpy(id, file->d_name, HEX32_SIZE - 1);
		if (!sent && exists(dir, id, ".refused.json"))
			place = PLACE_REFUSED;
		done = add_entry(dir, id, place, out);
	}
	closedir(folder);
	return done || fault_set(f, FAULT_NO_MEMORY, "", "memory for the spool", "none");
}

static int
by_age(const void *a, const void *b)
{
	const struct spool_entry *x = a, *y = b;
	bool x_first = x->statement.kind == KIND_ENROLMENT,
	     y_first = y->statement.kind == KIND_ENROLMENT;

	if (x_first != y_first)
		return x_first ? -1 : 1;
	if (x->statement.created_at != y->statement.created_at)
		return x->statement.created_at < y->statement.created_at ? -1 : 1;
	if (x->written_at.tv_sec != y->written_at.tv_sec)
		return x->written_at.tv_sec < y->written_at.tv_sec ? -1 : 1;
	if (x->written_at.tv_nsec != y->written_at.tv_nsec)
		return x->written_at.tv_nsec < y->written_at.tv_nsec ? -1 : 1;
	return strcmp(x->id, y->id);
}

bool
spool_list(const struct home *h, bool sent, struct spool_list *out, struct fault *f)
{
	memset(out, 0, sizeof(*out));
	if (!read_folder(h->spool, false, out, f) || (sent && !read_folder(h->sent, true, out, f)))
		return false;
	if (out->n > 1)
		qsort(out->entries, out->n, sizeof(*out->entries), by_age);
	return true;
}

static bool
is_digest(const char *name)
{
	uint8_t digest[SHA256_SIZE];

	return strlen(name) == HEX32_SIZE - 1 && hex_parse(name, digest, SHA256_SIZE);
}

json_t *
spool_evidence(const struct home *h)
{
	json_t *names = json_array();
	DIR *folder = opendir(h->evidence);
	struct dirent *file;

	while (folder != NULL && (file = readdir(folder)) != NULL)
		if (is_digest(file->d_name))
			json_array_append_new(names, json_string(file->d_name));
	if (folder != NULL)
		closedir(folder);
	return names;
}
