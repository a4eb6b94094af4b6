/* home.c — the runner's folder: where key, pin, spool and records are.
 * SPDX-License-Identifier: Apache-2.0 */
#include "home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "args.h"
#include "file.h"
#include "keyfile.h"

/* XDG Base Directory Specification: a path that is not absolute is ignored. */
static char *
find_dir(const struct args *a)
{
	const char *dir = args_text(a, "home"), *base;

	if (dir == NULL)
		dir = getenv("ASSAY_HOME");
	if (dir != NULL && dir[0] != 0)
		return strdup(dir);
	base = getenv("XDG_DATA_HOME");
	if (base != NULL && base[0] == '/')
		return path_join(base, "assay");
	base = getenv("HOME");
	if (base != NULL && base[0] == '/')
		return path_join(base, ".local/share/assay");
	return NULL;
}

static bool
has_key_option(const struct verb *verb)
{
	for (const struct flag *flag = verb->flags; flag != NULL && flag->name != NULL; flag++)
		if (strcmp(flag->name, "key") == 0)
			return true;
	return false;
}

bool
home_find(const struct args *a, struct home *out, struct fault *f)
{
	const char *key = has_key_option(a->verb) ? args_text(a, "key") : NULL;

	memset(out, 0, sizeof(*out));
	out->lock = -1;
	out->dir = find_dir(a);
	if (out->dir == NULL)
		return fault_set(f, FAULT_OPTION, "--home", "a folder for key and spool",
		    "neither --home nor $ASSAY_HOME nor $HOME");
	out->key = key ? strdup(key) : path_join(out->dir, "key.pem");
	out->pin = path_join(out->dir, "server.json");
	out->spool = path_join(out->dir, "spool");
	out->sent = path_join(out->dir, "sent");
	out->imports = path_join(out->dir, "imports");
	out->evidence = path_join(out->dir, "evidence");
	if (out->key && out->pin && out->spool && out->sent && out->imports && out->evidence)
		return true;
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for paths", "none");
}

static bool
make_folder(const char *path, struct fault *f)
{
	struct fault local = {0};

	if (folder_make(path, 0700, &local))
		return true;
	return fault_set(
	    f, FAULT_SPOOL, local.path, "a folder this user can make and write", "%s", local.got);
}

/* Two runners in one folder could sign the same file twice; the second waits. */
static bool
take_lock(struct home *h, struct fault *f)
{
	char *path = path_join(h->dir, "lock");
	int code;

	if (path != NULL)
		h->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (h->lock < 0) {
		fault_set(f, FAULT_SPOOL, path ? path : h->dir, "a file this user can write", "%s",
		    strerror(errno));
		free(path);
		return false;
	}
	free(path);
	if (flock(h->lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	fprintf(stderr, "assay: another assay is at work in %s, waiting for it\n", h->dir);
	do
		code = flock(h->lock, LOCK_EX);
	while (code != 0 && errno == EINTR);
	if (code == 0)
		return true;
	return fault_set(
	    f, FAULT_SPOOL, h->dir, "a folder that can be locked", "%s", strerror(errno));
}

/* A runner that was killed while it wrote may have left temporary files of file_write(). Under the
 * lock nobody else is writing. */
static void
sweep(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *file;

	while (folder != NULL && (file = readdir(folder)) != NULL) {
		char *name;

		if (strncmp(file->d_name, ".assay-", strlen(".assay-")) != 0)
			continue;
		name = path_join(path, file->d_name);
		if (name != NULL)
			unlink(name);
		free(name);
	}
	if (folder != NULL)
		closedir(folder);
}

bool
home_make(struct home *h, struct fault *f)
{
	if (!make_folder(h->dir, f) || !take_lock(h, f) || !make_folder(h->spool, f) ||
	    !make_folder(h->sent, f) || !make_folder(h->imports, f) || !make_folder(h->evidence, f))
		return false;
	sweep(h->dir);
	sweep(h->spool);
	sweep(h->sent);
	sweep(h->imports);
	sweep(h->evidence);
	return true;
}

void
home_close(struct home *h)
{
	if (h->dir != NULL && h->lock >= 0)
		close(h->lock);
	free(h->dir);
	free(h->key);
	free(h->pin);
	free(h->spool);
	free(h->sent);
	free(h->imports);
	free(h->evidence);
	memset(h, 0, sizeof(*h));
	h->lock = -1;
}

bool
home_key(const struct home *h, struct keypair *out, struct fault *f)
{
	if (access(h->key, F_OK) != 0 && errno == ENOENT)
		return fault_set(
		    f, FAULT_KEY_FILE, h->key, "a key, which `assay keygen` makes", "no such file");
	return keyfile_load(h->key, out, f);
}

bool
home_key_make(const struct home *h, struct keypair *out, bool *made, struct fault *f)
{
	*made = access(h->key, F_OK) != 0 && errno == ENOENT;
	if (!*made)
		return keyfile_load(h->key, out, f);
	keypair_make(out);
	return keyfile_save(h->key, out, f);
}
