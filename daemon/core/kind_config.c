/* kind_config.c — the statement that says by which rules the server estimates.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "crypto.h"
#include "encode.h"
#include "json.h"
#include "kinds.h"
#include "pow.h"

const struct shape seen_shape[] = {
    {.name = "size", .type = SHAPE_WHOLE, .low = 0, .high = 9e15},
    {.name = "root", .type = SHAPE_DIGEST},
    {.name = NULL},
};

const struct shape suite_name_shape[] = {
    {.name = "name", .type = SHAPE_NAME, .low = 1, .high = 64},
    {.name = "version", .type = SHAPE_WHOLE, .low = 1, .high = 1000000},
    {.name = "digest", .type = SHAPE_DIGEST},
    {.name = NULL},
};

static const struct shape key_element = {.type = SHAPE_KEY};
static const struct shape suite_element = {.type = SHAPE_OBJECT, .of = suite_name_shape};

static const struct shape config_shape[] = {
    SHAPE_COMMON,
    {.name = "rules", .type = SHAPE_WHOLE, .low = 1, .high = 1000000},
    {.name = "estimator", .type = SHAPE_WHOLE, .low = 1, .high = 1000000},
    {.name = "thresholds", .type = SHAPE_REAL_MAP, .high = 64},
    {.name = "catalogue", .type = SHAPE_DIGEST},
    {.name = "suites", .type = SHAPE_ARRAY, .low = 0, .high = 200, .of = &suite_element},
    {.name = "pow_bits", .type = SHAPE_WHOLE, .low = 0, .high = POW_BITS_MAX},
    {.name = "root_keys", .type = SHAPE_ARRAY, .low = 1, .high = 16, .of = &key_element},
    {.name = "statement_keys", .type = SHAPE_ARRAY, .low = 1, .high = 16, .of = &key_element},
    {.name = "terms", .type = SHAPE_DIGEST},
    {.name = NULL},
};

static bool
check_keys(const json_t *body, const char *name, struct fault *f)
{
	const json_t *list = json_object_get(body, name), *element;
	uint8_t key[KEY_SIZE];
	char path[64] = "";
	size_t i;

	pointer_push(path, sizeof(path), name);
	json_array_foreach (list, i, element) {
		size_t old = pointer_push_index(path, sizeof(path), i);

		if (!base64_parse_exact(json_string_value(element), key, KEY_SIZE) ||
		    !crypto_key_is_sound(key))
			return fault_set(f, FAULT_WEAK_KEY, path,
			    "an Ed25519 key that is a point of the main subgroup", "another value");
		path[old] = 0;
	}
	return true;
}

static bool
config_check(const json_t *body, struct fault *f)
{
	return check_keys(body, "root_keys", f) && check_keys(body, "statement_keys", f);
}

const struct kind_info kind_config = {
    .name = "config",
    .type = "application/vnd.assay.config.v1+json",
    .shape = config_shape,
    .check = config_check,
};
