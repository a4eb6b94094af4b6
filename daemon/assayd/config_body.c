/* config_body.c — the members of a config, as this server is set up.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "encode.h"
#include "file.h"
#include "keyfile.h"
#include "rules.h"
#include "suite.h"

#define TERMS_MAX_BYTES (1024 * 1024)

static json_t *
key_json(const uint8_t key[KEY_SIZE])
{
	struct text b64 = {0};
	json_t *made;

	base64_print(key, KEY_SIZE, &b64);
	made = json_string(b64.data);
	text_clear(&b64);
	return made;
}

static json_t *
digest_json(const uint8_t digest[SHA256_SIZE])
{
	char hex[HEX32_SIZE];

	hex_print(digest, SHA256_SIZE, hex);
	return json_string(hex);
}

/* Public keys stand one behind another in the file, each ended by its PEM footer. */
static json_t *
root_keys(const char *path, struct fault *f)
{
	static const char footer[] = "-----END PUBLIC KEY-----";
	char *data = NULL, *at, *end;
	json_t *list = json_array();
	uint8_t key[KEY_SIZE];
	size_t n;
	bool done = file_read(path, KEYFILE_MAX_BYTES, &data, &n, f);

	for (at = data; done && (end = strstr(at, footer)) != NULL; at = end) {
		end += strlen(footer);
		done = key_read_public(at, (size_t)(end - at), key, f) &&
		       json_array_append_new(list, key_json(key)) == 0;
	}
	if (done && json_array_size(list) == 0)
		done = fault_set(f, FAULT_KEY_FILE, path, "at least one PUBLIC KEY in PEM", "none");
	free(data);
	if (done)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *
suite_names(const struct suite_set *set)
{
	json_t *list = json_array();

	for (size_t i = 0; i < set->n; i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:I, s:o}", "name", set->suites[i]->name, "version",
			      (json_int_t)set->suites[i]->version, "digest",
			      digest_json(set->suites[i]->digest)));
	return list;
}

static json_t *
terms_digest(const char *path, struct fault *f)
{
	uint8_t digest[SHA256_SIZE];
	char *data = NULL;
	size_t n;

	if (!file_read(path, TERMS_MAX_BYTES, &data, &n, f))
		return NULL;
	sha256_of(data, n, digest);
	free(data);
	return digest_json(digest);
}

json_t *
config_body(const struct options *o, const uint8_t catalogue[SHA256_SIZE],
    const struct keypair *key, struct fault *f)
{
	struct suite_set *set = suite_set_load(o->suites, f);
	json_t *roots = set ? root_keys(o->root_keys, f) : NULL;
	json_t *terms = roots ? terms_digest(o->terms, f) : NULL, *body = NULL, *rest;

	if (terms != NULL && (body = rules_newest()) != NULL) {
		rest = json_pack("{s:s, s:o, s:o, s:I, s:O, s:[o], s:O}", "audience", o->origin,
		    "catalogue", digest_json(catalogue), "suites", suite_names(set), "pow_bits",
		    (json_int_t)o->pow_bits, "root_keys", roots, "statement_keys",
		    key_json(key->public), "terms", terms);
		json_object_set_new(json_object_get(body, "thresholds"), "watches_max",
		    json_integer((json_int_t)o->watches_max_n));
		if (rest == NULL || json_object_update(body, rest) != 0) {
			json_decref(body);
			body = NULL;
		}
		json_decref(rest);
	}
	if (body == NULL && f->code == FAULT_NONE)
		fault_set(f, FAULT_NO_MEMORY, "", "memory for a config", "none");
	suite_set_free(set);
	json_decref(roots);
	json_decref(terms);
	return body;
}
