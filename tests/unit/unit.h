/* unit.h — what every unit test includes before anything of cmocka's.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_TEST_UNIT_H
#define ASSAY_TEST_UNIT_H

/* cmocka.h uses all of these and includes none of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
