/* catalogue_shape.h — the members of each table's rows.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CATALOGUE_SHAPE_H
#define ASSAY_CATALOGUE_SHAPE_H

#include "catalogue.h"
#include "shape.h"

struct catalogue_form {
	const char *name, *key; /* of the table; the member no two rows share */
	const struct shape *shape;
};

extern const struct catalogue_form catalogue_forms[CATALOGUE__MAX];

#endif
