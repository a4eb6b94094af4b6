/* config.c — `assayd config`: log the rules this server is set up for.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "catalogues.h"
#include "dbsync.h"
#include "encode.h"
#include "json.h"
#include "keyfile.h"
#include "note.h"
#include "statement.h"

static bool
same_member(const json_t *a, const json_t *b, const char *name)
{
	return json_equal(json_object_get(a, name), json_object_get(b, name));
}

/* Tell whether all that body says stands in the old config too. */
static bool
same_config(const json_t *body, const json_t *old)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)body, name, value)
		if (!same_member(body, old, name))
			return false;
	return true;
}

/* Returns the newest config's body as new, json null if there is none, NULL on failure. */
static json_t *
last_config(struct dbsync *db, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(db, QUERY_LAST_CONFIG, NULL, f);
	uint8_t *payload;
	json_t *body;
	size_t n = 0;

	if (rows == NULL)
		return NULL;
	if (db_rows_n(rows) == 0) {
		dbsync_free(rows);
		return json_null();
	}
	payload = db_blob(rows, 0, 0, &n);
	body = payload ? json_read_object((const char *)payload, n, f) : NULL;
	free(payload);
	dbsync_free(rows);
	return body;
}

static struct db_param
bytes_param(const void *data, size_t n)
{
	return (struct db_param){.data = data, .n = n, .binary = true};
}

static bool
store(struct dbsync *db, json_t *body, const struct keypair *key, struct fault *f)
{
	struct text envelope = {0};
	struct statement st = {0};
	struct db_rows *rows = NULL;
	char id[HEX32_SIZE];
	bool done;

	done = statement_sign(KIND_CONFIG, body, key, time(NULL), &envelope, NULL, f) &&
	       statement_open(envelope.data, envelope.n, &st, f);
	if (done) {
		struct db_param params[] = {bytes_param(st.id, SHA256_SIZE),
		    {.data = "config", .n = 6}, bytes_param(st.payload, st.payload_n),
		    bytes_param(st.payload_sha256, SHA256_SIZE), bytes_param(st.key, KEY_SIZE),
		    bytes_param(st.signature, SIGNATURE_SIZE)};

		rows = dbsync_ask(db, QUERY_STORE_ONE, params, f);
		hex_print(st.id, SHA256_SIZE, id);
	}
	if (rows != NULL)
		printf("config %s stored; the leader logs it\n", id);
	dbsync_free(rows);
	statement_clear(&st);
	text_clear(&envelope);
	return rows != NULL;
}

static bool
apply(struct dbsync *db, json_t *body, const struct keypair *key, struct fault *f)
{
	json_t *old = last_config(db, f);
	bool done;

	if (old == NULL)
		return false;
	if (json_is_object(old) && same_config(body, old)) {
		printf("config unchanged\n");
		done = true;
	} else if (json_is_object(old) && !same_member(body, old, "audience")) {
		done = fault_set(f, FAULT_OPTION, "origin", json_get_text(old, "audience"),
		    "\"%s\"; a log keeps its origin for ever", json_get_text(body, "audience"));
	} else if (json_is_object(old) && (!same_member(body, old, "root_keys") ||
					      !same_member(body, old, "statement_keys"))) {
		done = fault_set(f, FAULT_NOT_ENTITLED, "statement_key, root_keys",
		    "the keys of the config in force; other keys take a config signed by a root "
		    "key",
		    "other keys");
	} else {
		done = store(db, body, key, f);
	}
	json_decref(old);
	return done;
}

static bool
require(const char *name, const char *value, struct fault *f)
{
	return value[0] != 0 || fault_set(f, FAULT_OPTION, name, "a value", "nothing");
}

bool
config_apply(const struct options *o, struct fault *f)
{
	struct keypair key = {0};
	struct catalogue *catalogue = NULL;
	struct dbsync *db = NULL;
	json_t *body = NULL;
	bool done;

	done = require("origin", o->origin, f) && require("suites", o->suites, f) &&
	       require("terms", o->terms, f) && require("statement_key", o->statement_key, f) &&
	       require("root_keys", o->root_keys, f) && require("database", o->database, f);
	if (done && !origin_is_sound(o->origin))
		done = fault_set(f, FAULT_OPTION, "origin",
		    "1 to 200 bytes without blanks, '+' or control characters", "\"%s\"",
		    o->origin);
	done = done && keyfile_load(o->statement_key, &key, f) &&
	       (catalogue = catalogue_of_options(o, f)) != NULL &&
	       (body = config_body(o, catalogue->digest, &key, f)) != NULL &&
	       (db = dbsync_open(o->database, "assayd config", f)) != NULL &&
	       catalogue_store(db, catalogue, f) && apply(db, body, &key, f);
	keypair_wipe(&key);
	catalogue_free(catalogue);
	json_decref(body);
	dbsync_close(db);
	return done;
}

bool
config_show(const struct options *o, struct fault *f)
{
	struct dbsync *db = dbsync_open(o->database, "assayd config", f);
	json_t *body = db ? last_config(db, f) : NULL;
	struct text out = {0};

	dbsync_close(db);
	if (body == NULL)
		return false;
	if (!json_is_object(body))
		return fault_set(f, FAULT_STATEMENT_NOT_FOUND, "",
		    "a config; `assayd config --apply` makes the first", "an empty database");
	json_print_pretty(body, &out);
	printf("%s\n", out.data ? out.data : "");
	text_clear(&out);
	json_decref(body);
	return true;
}
