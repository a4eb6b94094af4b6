/* kind_retraction.c — taking back an own statement.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kinds.h"

static const struct shape retraction_shape[] = {
    SHAPE_COMMON,
    {.name = "target", .type = SHAPE_DIGEST},
    {.name = "reason", .type = SHAPE_TEXT, .low = 1, .high = 500},
    {.name = NULL},
};

const struct kind_info kind_retraction = {
    .name = "retraction",
    .type = "application/vnd.assay.retraction.v1+json",
    .shape = retraction_shape,
};
