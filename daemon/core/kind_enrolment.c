/* kind_enrolment.c — a key introduces itself: name, links, terms, proof of work or invitation.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "crypto.h"
#include "encode.h"
#include "json.h"
#include "kinds.h"

static const struct shape link_element = {.type = SHAPE_NAME, .low = 8, .high = 200};

static const struct shape invitation_shape[] = {
    {.name = "by", .type = SHAPE_KEY},
    {.name = "nonce", .type = SHAPE_NONCE},
    {.name = "expires_at", .type = SHAPE_TIME},
    {.name = "sig", .type = SHAPE_SIGNATURE},
    {.name = NULL},
};

static const struct shape enrolment_shape[] = {
    SHAPE_COMMON,
    {.name = "name", .type = SHAPE_NAME, .low = 1, .high = 80},
    {.name = "links", .type = SHAPE_ARRAY, .low = 0, .high = 8, .of = &link_element},
    {.name = "terms", .type = SHAPE_DIGEST},
    {.name = "pow", .type = SHAPE_COUNTER, .optional = true},
    {.name = "invitation", .type = SHAPE_OBJECT, .optional = true, .of = invitation_shape},
    {.name = NULL},
};

static bool
check_links(const json_t *body, struct fault *f)
{
	const json_t *list = json_object_get(body, "links"), *element;
	char path[64];
	size_t i;

	json_array_foreach (list, i, element) {
		const char *link = json_string_value(element);

		if (strncmp(link, "https://", 8) == 0 || strncmp(link, "http://", 7) == 0)
			continue;
		strcpy(path, "/links");
		pointer_push_index(path, sizeof(path), i);
		return fault_set(f, FAULT_WRONG_FORM, path,
		    "a link beginning with https:// or http://", "\"%.60s\"", link);
	}
	return true;
}

static bool
enrolment_check(const json_t *body, struct fault *f)
{
	bool pow = json_object_get(body, "pow") != NULL;
	bool invitation = json_object_get(body, "invitation") != NULL;
	uint8_t key[KEY_SIZE];

	if (pow == invitation)
		return fault_set(f, FAULT_CONFLICTING_MEMBERS, "/pow",
		    "exactly one of \"pow\" and \"invitation\"", pow ? "both" : "neither");
	if (!base64_parse_exact(json_get_text(body, "key"), key, KEY_SIZE) ||
	    !crypto_key_is_sound(key))
		return fault_set(f, FAULT_WEAK_KEY, "/key",
		    "an Ed25519 key that is a point of the main subgroup", "another value");
	return check_links(body, f);
}

const struct kind_info kind_enrolment = {
    .name = "enrolment",
    .type = "application/vnd.assay.enrolment.v1+json",
    .shape = enrolment_shape,
    .check = enrolment_check,
};
