/* import_load.c — files and folders of an import: load them, find out whose they are.
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "crypto.h"
#include "file.h"
#include "glance.h"
#include "import.h"
#include "import_parts.h"
#include "text.h"

#define FILE_MAX_BYTES (256 * 1024 * 1024)
#define NAMES_MAX 200

static bool
no_memory(struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for an import", "none");
}

static bool
nobodys(const struct import_file *file, const struct glance *g, struct fault *f)
{
	struct fault local = {.code = FAULT_FILE_FORMAT};
	const char *got = g->kind == GLANCE_FOLDER ? "a folder of none of them"
			  : g->n == 0              ? "an empty file"
						   : "a file of none of them";

	snprintf(local.expected, sizeof(local.expected), "%s",
	    "results in a format that `assay import --help` lists; a broken file may need its "
	    "format named instead of auto");
	snprintf(local.got, sizeof(local.got), "%s", got);
	return import_fault(file, &local, f);
}

static bool
anothers(const struct import_file *file, const char *named, const char *is, struct fault *f)
{
	struct fault local = {.code = FAULT_FILE_FORMAT};

	snprintf(local.expected, sizeof(local.expected), "a file of %s", named);
	snprintf(local.got, sizeof(local.got), "one of %s: `assay import %s` reads it", is, is);
	return import_fault(file, &local, f);
}

/* The importer that was named reads what nobody recognises: it knows best what is wrong. */
static bool
find_owner(
    const struct import *i, struct import_file *file, const struct glance *g, struct fault *f)
{
	const struct importer *owner = importer_of(g), *beside;

	if (i->importer != NULL && i->importer->recognise(g))
		owner = i->importer;
	beside = owner != NULL ? NULL : importer_of_companion(g);
	if (owner == NULL && i->importer != NULL && i->importer->companion != NULL &&
	    i->importer->companion(g))
		beside = i->importer;
	file->companion = beside != NULL;
	file->importer = owner != NULL ? owner : beside;
	if (file->importer == NULL && (i->importer == NULL || g->kind == GLANCE_FOLDER))
		return nobodys(file, g, f);
	if (file->importer == NULL)
		file->importer = i->importer;
	return i->importer == NULL || i->importer == file->importer ||
	       anothers(file, i->importer->name, file->importer->name, f);
}

/* ---- folders ---- */

/* Read the names in a folder, NULL behind the last. */
static bool
list_names(const char *path, char **names, struct fault *f)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	size_t n = 0;

	if (folder == NULL)
		return fault_set(
		    f, FAULT_FILE, path, "a folder this user can read", "%s", strerror(errno));
	while (n < NAMES_MAX && (entry = readdir(folder)) != NULL)
		if (entry->d_name[0] != '.')
			names[n++] = strdup(entry->d_name);
	names[n] = NULL;
	closedir(folder);
	return true;
}

static bool
load_member(
    struct import_file *file, size_t k, const char *name, struct text *sums, struct fault *f)
{
	char *path = path_join(file->path, name), *data = NULL, hex[HEX32_SIZE];
	uint8_t digest[SHA256_SIZE];
	struct stat st;
	bool done;

	file->parts[k] = (struct source_part){.name = name, .used = true};
	if (path == NULL)
		return no_memory(f);
	done = (k > 0 && stat(path, &st) != 0) ||
	       file_read(path, FILE_MAX_BYTES, &data, &file->parts[k].n, f);
	file->parts[k].data = data;
	if (data != NULL) {
		sha256_of(data, file->parts[k].n, digest);
		hex_print(digest, SHA256_SIZE, hex);
		text_addf(sums, "%s  %s\n", hex, name);
	}
	free(path);
	return done;
}

static bool
load_members(struct import_file *file, struct fault *f)
{
	const char *const *members = file->importer->members;
	uint8_t digest[SHA256_SIZE];
	struct text sums = {0};
	size_t n = 0;
	bool done = true;

	while (members[n] != NULL)
		n++;
	file->parts = calloc(n, sizeof(*file->parts));
	if (file->parts == NULL)
		return no_memory(f);
	file->parts_n = n;
	for (size_t k = 0; done && k < n; k++)
		done = load_member(file, k, members[k], &sums, f);
	file->data = (char *)file->parts[0].data;
	file->n = file->parts[0].n;
	sha256_of(sums.data ? sums.data : "", sums.n, digest);
	hex_print(digest, SHA256_SIZE, file->sha256);
	text_clear(&sums);
	return done;
}

static bool
load_folder(const struct import *i, struct import_file *file, struct fault *f)
{
	char *names[NAMES_MAX + 1] = {NULL};
	struct fault local = {0};
	struct glance g;
	bool done = list_names(file->path, names, f);

	glance_at_folder((const char *const *)names, &g);
	done = done && find_owner(i, file, &g, f);
	for (size_t k = 0; names[k] != NULL; k++)
		free(names[k]);
	if (done && file->importer->members == NULL) {
		fault_set(&local, FAULT_FILE_FORMAT, "", "a file", "a folder");
		return import_fault(file, &local, f);
	}
	return done && load_members(file, f);
}

bool
import_load(const struct import *i, struct import_file *file, struct fault *f)
{
	uint8_t digest[SHA256_SIZE];
	struct glance g;
	struct stat st;

	if (stat(file->path, &st) == 0 && S_ISDIR(st.st_mode))
		return load_folder(i, file, f);
	if (!file_read(file->path, FILE_MAX_BYTES, &file->data, &file->n, f))
		return false;
	sha256_of(file->data, file->n, digest);
	hex_print(digest, SHA256_SIZE, file->sha256);
	glance_at(file->data, file->n, &g);
	return find_owner(i, file, &g, f);
}
