/* test_number.c — reals in the form ECMAScript gives them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "number.h"
#include "number_table.h"
#include "unit.h"

static double
from_bits(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static void
test_prints_as_ecmascript(void **state)
{
	(void)state;
	assert_true(COUNT(number_table) >= 300);
	for (size_t i = 0; i < COUNT(number_table); i++) {
		char text[REAL_SIZE];

		real_print(from_bits(number_table[i].bits), text);
		assert_string_equal(text, number_table[i].text);
	}
}

static void
test_not_finite_prints_null(void **state)
{
	char text[REAL_SIZE];

	(void)state;
	real_print(NAN, text);
	assert_string_equal(text, "null");
	real_print(INFINITY, text);
	assert_string_equal(text, "null");
	real_print(-INFINITY, text);
	assert_string_equal(text, "null");
}

/* Through all exponents: reads back and stays in its buffer. */
static void
test_reads_back(void **state)
{
	uint64_t bits = 1;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		char text[REAL_SIZE];
		double value, back;

		bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		value = from_bits(bits);
		if (!isfinite(value))
			continue;
		memset(text, 'x', sizeof(text));
		real_print(value, text);
		assert_non_null(memchr(text, 0, sizeof(text)));
		if (!real_parse(text, &back) || back != value)
			fail_msg("%a printed as %s", value, text);
	}
}

static void
test_parses(void **state)
{
	static const struct {
		const char *text;
		double value;
	} rows[] = {{"0", 0}, {"-0", 0}, {"1.5", 1.5}, {"-2e3", -2000}, {"1E+2", 100},
	    {"4e-1", 0.4}, {"5e-324", 5e-324}, {"1e-400", 0}, {"1.7976931348623157e308", DBL_MAX}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		double value = 77;

		assert_true(real_parse(rows[i].text, &value));
		assert_true(value == rows[i].value);
	}
}

static void
test_refuses(void **state)
{
	static const char *const rows[] = {"", " ", " 1", "1 ", "1\n", "nan", "inf", "-inf",
	    "infinity", "0x10", "1e309", "-1e309", "1,5", "1.5.1", "e", "e5", ".", "-", "+-1", "1e",
	    "1e+", "abc", "1a"};
	double value = 77;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_false(real_parse(rows[i], &value));
	assert_true(value == 77);
}

static void
for_people(void **state)
{
	static const struct {
		double value;
		int digits;
		const char *text;
	} rows[] = {
	    {0, 4, "0"},
	    {-0.0, 4, "0"},
	    {108449.2, 4, "108,400"},
	    {999960, 4, "1,000,000"},
	    {0.39351, 4, "0.3935"},
	    {0.39996, 4, "0.4"},
	    {-1234.5, 15, "-1,234.5"},
	    {999, 4, "999"},
	    {1e15, 4, "1e+15"},
	    {123456789012345, 15, "123,456,789,012,345"},
	    {1e-6, 4, "0.000001"},
	    {1.25e-7, 4, "1.25e-07"},
	    {0.03, 15, "0.03"},
	    {-0.00004, 1, "-0.00004"},
	};
	char text[SAID_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		real_say(rows[i].value, rows[i].digits, text);
		assert_string_equal(text, rows[i].text);
	}
	real_say(-DBL_MAX, 15, text);
	assert_string_equal(text, "-1.79769313486232e+308");
	real_say(NAN, 4, text);
	real_say(INFINITY, 4, text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(for_people),
	    cmocka_unit_test(test_prints_as_ecmascript),
	    cmocka_unit_test(test_not_finite_prints_null),
	    cmocka_unit_test(test_reads_back),
	    cmocka_unit_test(test_parses),
	    cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
