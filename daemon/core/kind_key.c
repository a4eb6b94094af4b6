/* kind_key.c — a submitter adds a key or revokes one.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "crypto.h"
#include "encode.h"
#include "json.h"
#include "key_proof.h"
#include "kinds.h"

static const struct shape key_shape[] = {
    SHAPE_COMMON,
    {.name = "add", .type = SHAPE_KEY, .optional = true},
    {.name = "proof", .type = SHAPE_SIGNATURE, .optional = true},
    {.name = "revoke", .type = SHAPE_KEY, .optional = true},
    {.name = NULL},
};

static bool
key_check(const json_t *body, struct fault *f)
{
	const char *add = json_get_text(body, "add"), *revoke = json_get_text(body, "revoke");
	bool proof = json_object_get(body, "proof") != NULL;
	uint8_t key[KEY_SIZE];

	if ((add[0] != 0) == (revoke[0] != 0))
		return fault_set(f, FAULT_CONFLICTING_MEMBERS, "/add",
		    "exactly one of \"add\" and \"revoke\"", add[0] ? "both" : "neither");
	if (proof != (add[0] != 0))
		return fault_set(f, FAULT_CONFLICTING_MEMBERS, "/proof",
		    "\"proof\" with \"add\", and only there", proof ? "it alone" : "none");
	if (add[0] && (!base64_parse_exact(add, key, KEY_SIZE) || !crypto_key_is_sound(key)))
		return fault_set(f, FAULT_WEAK_KEY, "/add",
		    "an Ed25519 key that is a point of the main subgroup", "another value");
	return true;
}

const struct kind_info kind_key = {
    .name = "key",
    .type = "application/vnd.assay.key.v1+json",
    .shape = key_shape,
    .check = key_check,
};
