/* keys.c — `assayd keys`: make the keys a server needs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto.h"
#include "file.h"
#include "keyfile.h"
#include "note.h"
#include "text.h"

static char *
file_in(const char *dir, const char *name, const char *ending)
{
	char file[64];

	snprintf(file, sizeof(file), "%s%s", name, ending);
	return path_join(dir, file);
}

static bool
make_private(const char *path, struct keypair *key, struct fault *f)
{
	if (access(path, F_OK) == 0)
		return keyfile_load(path, key, f);
	keypair_make(key);
	if (!keyfile_save(path, key, f))
		return false;
	printf("made %s\n", path);
	return true;
}

/* The public half follows from the private one, so it is simply written again. */
static bool
write_text(const char *path, struct text *text, struct fault *f)
{
	bool changed = false, done;

	done = !text->failed && file_write_if_changed(path, text->data, text->n, 0644, &changed, f);
	if (changed)
		printf("made %s\n", path);
	text_clear(text);
	return done;
}

static bool
make_key(const char *dir, const char *name, struct keypair *key, struct fault *f)
{
	char *private = file_in(dir, name, ".pem"), *public = file_in(dir, name, ".pub");
	struct text pem = {0};
	bool done;

	done = private != NULL && public != NULL && make_private(private, key, f);
	if (done) {
		key_print_public(key->public, &pem);
		done = write_text(public, &pem, f);
	}
	free(private);
	free(public);
	return done;
}

static bool
make_vkey(const char *dir, const char *origin, const struct keypair *key, struct fault *f)
{
	char *path = path_join(dir, "log.vkey");
	struct text line = {0};
	bool done;

	vkey_print(origin, key->public, &line);
	text_add_str(&line, "\n");
	done = path != NULL && write_text(path, &line, f);
	free(path);
	return done;
}

bool
keys_make(const struct options *o, const char *dir, struct fault *f)
{
	struct keypair key = {0};
	bool done;

	if (!origin_is_sound(o->origin))
		return fault_set(f, FAULT_OPTION, "origin",
		    "1 to 200 bytes without blanks, '+' or control characters", "\"%s\"",
		    o->origin);
	done = folder_make(dir, 0700, f) && make_key(dir, "root", &key, f) &&
	       make_key(dir, "statement", &key, f) && make_key(dir, "log", &key, f) &&
	       make_vkey(dir, o->origin, &key, f);
	keypair_wipe(&key);
	return done;
}
