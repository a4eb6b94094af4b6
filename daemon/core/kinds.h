/* kinds.h — the row of each statement kind, and what all payloads share.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_KINDS_H
#define ASSAY_KINDS_H

#include "shape.h"
#include "statement.h"

extern const struct kind_info kind_config;
extern const struct kind_info kind_enrolment;
extern const struct kind_info kind_submission;
extern const struct kind_info kind_key;
extern const struct kind_info kind_intent;
extern const struct kind_info kind_retraction;
extern const struct kind_info kind_act;
extern const struct kind_info kind_price;
extern const struct kind_info kind_decision;
extern const struct kind_info kind_watch;
extern const struct kind_info kind_alias;

/* Rows of {name, version, digest}, as config and submission name a suite. */
extern const struct shape suite_name_shape[];
/* Rows of a submission's `model`, `engine` and `hardware`. */
extern const struct shape model_shape[], engine_shape[], hardware_shape[];
/* Rows of {size, root}. */
extern const struct shape seen_shape[];

/* The rows every payload has; put first in each kind's table. */
#define SHAPE_COMMON                                                                               \
	{.name = "audience", .type = SHAPE_NAME, .low = 1, .high = 200},                           \
	    {.name = "key", .type = SHAPE_KEY}, {.name = "nonce", .type = SHAPE_NONCE},            \
	    {.name = "created_at", .type = SHAPE_TIME},                                            \
	    {.name = "seen", .type = SHAPE_OBJECT, .optional = true, .of = seen_shape},            \
	{                                                                                          \
		.name = "extra", .type = SHAPE_TEXT_MAP, .optional = true, .high = 32              \
	}

#endif
