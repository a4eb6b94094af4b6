/* protocol.c — what a suite asks, and how its answers are judged: its items.jsonl, protocol.json.
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "file.h"
#include "json.h"

static bool
read_file(const char *folder, const struct suite *suite, const char *name, char **data, size_t *n,
    char hex[HEX32_SIZE], struct fault *f)
{
	struct text path = {0};
	uint8_t digest[SHA256_SIZE];
	bool done;

	text_addf(&path, "%s/%s/%lld/%s", folder, suite->name, (long long)suite->version, name);
	done = path.failed ? fault_set(f, FAULT_NO_MEMORY, "", "memory for a path", "none")
			   : file_read(path.data, SUITE_FILE_MAX_BYTES, data, n, f);
	if (done) {
		sha256_of(*data, *n, digest);
		hex_print(digest, SHA256_SIZE, hex);
	}
	text_clear(&path);
	return done;
}

static bool
is_item(const json_t *item)
{
	const json_t *turns = json_object_get(item, "turns"), *turn;
	bool sound = json_get_text(item, "id")[0] != 0 && json_array_size(turns) > 0;
	size_t k;

	json_array_foreach (turns, k, turn)
		sound = sound && json_is_string(turn);
	return sound;
}

static bool
read_items(const char *data, size_t n, struct protocol *p, struct fault *f)
{
	const char *end;
	size_t at = 0, number = 0;
	char path[48];

	p->items = json_array();
	while ((end = memchr(data + at, '\n', n - at)) != NULL) {
		json_t *item = json_read_object(data + at, (size_t)(end - data) - at, NULL);
		bool sound = is_item(item);

		number++;
		json_array_append_new(p->items, item);
		if (!sound) {
			snprintf(path, sizeof(path), "items.jsonl:%zu", number);
			return fault_set(f, FAULT_SUITE_FILE, path,
			    "an item with \"id\" and \"turns\"", "something else");
		}
		at = (size_t)(end - data) + 1;
	}
	return true;
}

static bool
read_protocol(const char *data, size_t n, struct protocol *p, struct fault *f)
{
	const json_t *ask;

	p->json = json_read_object(data, n, f);
	if (p->json == NULL)
		return false;
	ask = json_object_get(p->json, "ask");
	p->temperature = json_number_value(json_object_get(ask, "temperature"));
	p->max_tokens = json_get_whole(ask, "max_tokens");
	return p->max_tokens > 0 || fault_set(f, FAULT_SUITE_FILE, "protocol.json /ask/max_tokens",
					"a whole number of tokens", "none");
}

bool
protocol_load(const char *folder, const struct suite *suite, struct protocol *out, struct fault *f)
{
	char *items = NULL, *json = NULL;
	size_t items_n = 0, n = 0;
	bool done;

	out->suite = suite;
	done = read_file(folder, suite, "items.jsonl", &items, &items_n, out->items_sha256, f) &&
	       read_items(items, items_n, out, f) &&
	       read_file(folder, suite, "protocol.json", &json, &n, out->sha256, f) &&
	       read_protocol(json, n, out, f);
	free(items);
	free(json);
	return done;
}

void
protocol_clear(struct protocol *p)
{
	json_decref(p->items);
	json_decref(p->json);
	memset(p, 0, sizeof(*p));
}

/* Return the hole that stands at s, "{NAME}". */
static const struct hole *
hole_at(const char *s, const struct hole *holes)
{
	for (; holes->name != NULL; holes++) {
		size_t n = strlen(holes->name);

		if (strncmp(s + 1, holes->name, n) == 0 && s[n + 1] == '}')
			return holes;
	}
	return NULL;
}

char *
prompt_fill(const char *prompt, const struct hole *holes)
{
	struct text out = {0};

	text_add_str(&out, "");
	while (*prompt != 0) {
		size_t n = strcspn(prompt, "{");
		const struct hole *hole;

		text_add(&out, prompt, n);
		prompt += n;
		if (*prompt == 0)
			break;
		hole = hole_at(prompt, holes);
		text_add_str(&out, hole ? hole->text : "{");
		prompt += hole ? strlen(hole->name) + 2 : 1;
	}
	return text_take(&out);
}
