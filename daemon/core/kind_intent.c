/* kind_intent.c — "I am about to measure": said before, so that picking the best of many runs
 * shows. SPDX-License-Identifier: Apache-2.0 */
#include "json.h"
#include "kinds.h"

static const struct shape intent_shape[] = {
    SHAPE_COMMON,
    {.name = "suite", .type = SHAPE_OBJECT, .of = suite_name_shape},
    {.name = "model", .type = SHAPE_OBJECT, .of = model_shape},
    {.name = "engine", .type = SHAPE_OBJECT, .of = engine_shape},
    {.name = "hardware", .type = SHAPE_OBJECT, .of = hardware_shape},
    {.name = "conditions", .type = SHAPE_SCALAR_MAP, .high = 32},
    {.name = "count", .type = SHAPE_WHOLE, .low = 1, .high = 1000},
    {.name = "expires_at", .type = SHAPE_TIME},
    {.name = NULL},
};

const struct kind_info kind_intent = {
    .name = "intent",
    .type = "application/vnd.assay.intent.v1+json",
    .shape = intent_shape,
};
