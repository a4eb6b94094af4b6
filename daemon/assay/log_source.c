/* log_source.c — what a server publishes, read from it or from a mirror folder.
 * SPDX-License-Identifier: Apache-2.0 */
#include "log_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "net.h"
#include "remote.h"

#define FILE_MAX_BYTES (64 * 1024 * 1024)

bool
log_source_open(const char *where, const char *keep, struct log_source *out, struct problem *p)
{
	char url[NET_URL_MAX];

	if (strstr(where, "://") == NULL) {
		out->folder = where;
		return true;
	}
	if (keep != NULL &&
	    (!folder_make(keep, 0700, &p->fault) || (out->keep = strdup(keep)) == NULL))
		return false;
	return net_url(where, url, &p->fault) && (out->net = net_open(url, &p->fault)) != NULL;
}

void
log_source_close(struct log_source *s)
{
	net_close(s->net);
	free(s->keep);
	memset(s, 0, sizeof(*s));
}

/* A file of the folder that keeps: one name for the whole path. */
static char *
kept_path(const struct log_source *s, const char *path)
{
	char *kept = path_join(s->keep, path);

	for (char *c = kept != NULL ? kept + strlen(s->keep) + 1 : NULL; c != NULL && *c != 0; c++)
		if (*c == '/')
			*c = '_';
	return kept;
}

static bool
read_net(struct log_source *s, const char *path, char **data, size_t *n, struct problem *p)
{
	char from_root[256];

	snprintf(from_root, sizeof(from_root), "/%s", path);
	return remote_document(s->net, from_root, data, n, p);
}

/* What cannot be kept is read again next time. */
static bool
read_lasting(struct log_source *s, const char *path, char **data, size_t *n, struct problem *p)
{
	char *kept = kept_path(s, path);
	struct fault ignored = {0};
	bool done;

	done = kept != NULL && access(kept, F_OK) == 0 &&
	       file_read(kept, FILE_MAX_BYTES, data, n, &ignored);
	if (!done) {
		done = read_net(s, path, data, n, p);
		if (done && kept != NULL)
			(void)!file_write(kept, *data, *n, 0600, &ignored);
	}
	free(kept);
	return done;
}

static bool
read_folder(const char *folder, const char *path, char **data, size_t *n, struct problem *p)
{
	char *file = path_join(folder, path);
	bool done = file != NULL && file_read(file, FILE_MAX_BYTES, data, n, &p->fault);

	free(file);
	return done;
}

static bool
write_mirror(
    const struct log_source *s, const char *path, const char *data, size_t n, struct fault *f)
{
	char *file = path_join(s->mirror, path), *slash = file != NULL ? strrchr(file, '/') : NULL;
	bool done = slash != NULL;

	if (done) {
		*slash = 0;
		done = folder_make(file, 0755, f);
		*slash = '/';
	}
	done = done && (file_holds(file, data, n) || file_replace(file, data, n, 0644, f));
	free(file);
	return done;
}

/* The log, its suites and its catalogues, under names that we print; documents can be made again
 * from them, and the checkpoint comes last. */
static bool
is_mirrored(const struct log_source *s, const char *path)
{
	return s->mirror != NULL && strstr(path, "..") == NULL &&
	       (strncmp(path, "log/", 4) == 0 || strncmp(path, "suites/", 7) == 0 ||
		   strncmp(path, "catalogue/", 10) == 0) &&
	       strcmp(path, "log/checkpoint") != 0;
}

bool
log_source_read(
    struct log_source *s, const char *path, bool lasting, char **data, size_t *n, struct problem *p)
{
	bool done;

	*data = NULL;
	if (s->folder != NULL)
		done = read_folder(s->folder, path, data, n, p);
	else if (lasting && s->keep != NULL)
		done = read_lasting(s, path, data, n, p);
	else
		done = read_net(s, path, data, n, p);
	if (!done || !is_mirrored(s, path) || write_mirror(s, path, *data, *n, &p->fault))
		return done;
	free(*data);
	*data = NULL;
	return false;
}

bool
log_source_seal(struct log_source *s, const char *note, size_t n, struct fault *f)
{
	return s->mirror == NULL || write_mirror(s, "log/checkpoint", note, n, f);
}
