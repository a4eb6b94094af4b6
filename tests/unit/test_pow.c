/* test_pow.c — the proof of work, against digests computed elsewhere.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pow.h"
#include "unit.h"

static const char origin[] = "localhost/assay";
static uint8_t key[KEY_SIZE]; /* 0, 1, 2 … 31 */

/* The smallest counters for this origin and key, found by Python's hashlib. */
static const struct {
	int bits;
	uint64_t counter;
} smallest[] = {{0, 0}, {1, 1}, {8, 30}, {12, 2537}, {16, 35153}};

static int
start(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	return crypto_start() ? 0 : -1;
}

static void
test_finds_the_smallest(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(smallest); i++) {
		uint64_t counter = 0;

		assert_true(pow_search(origin, key, smallest[i].bits, 100000, &counter));
		assert_int_equal(counter, smallest[i].counter);
		assert_true(pow_check(origin, key, counter, smallest[i].bits));
	}
}

/* SHA-256 begins 000003dd, so 22 zero bits; and 0102030405060708 gives bf2ccf01…, so none: the
 * counter is big-endian. */
static void
test_counts_bits_exactly(void **state)
{
	(void)state;
	for (int bits = 0; bits <= 40; bits++)
		assert_true(pow_check(origin, key, 4802913, bits) == (bits <= 22));
	assert_true(pow_check(origin, key, UINT64_C(0x0102030405060708), 0));
	assert_false(pow_check(origin, key, UINT64_C(0x0102030405060708), 1));
}

static void
test_depends_on_origin_and_key(void **state)
{
	uint8_t other[KEY_SIZE] = {1};

	(void)state;
	assert_true(pow_check(origin, key, 35153, 16));
	assert_false(pow_check("localhost/assaz", key, 35153, 16));
	assert_false(pow_check(origin, other, 35153, 16));
}

static void
test_goes_on_where_it_stopped(void **state)
{
	uint64_t counter = 0;
	int rounds = 0;

	(void)state;
	while (!pow_search(origin, key, 12, 100, &counter)) {
		rounds++;
		assert_int_equal(counter, 100 * rounds);
	}
	assert_int_equal(counter, 2537);
	assert_int_equal(rounds, 25);
	assert_false(pow_search(origin, key, 12, 0, &counter));
	assert_int_equal(counter, 2537);
}

static void
test_senseless_bits_are_never_met(void **state)
{
	uint64_t counter = 0;

	(void)state;
	assert_false(pow_check(origin, key, 0, -1));
	assert_false(pow_check(origin, key, 0, 256));
	assert_false(pow_check(origin, key, 0, 257));
	assert_false(pow_search(origin, key, 1000, 10, &counter));
	assert_int_equal(counter, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_finds_the_smallest),
	    cmocka_unit_test(test_counts_bits_exactly),
	    cmocka_unit_test(test_depends_on_origin_and_key),
	    cmocka_unit_test(test_goes_on_where_it_stopped),
	    cmocka_unit_test(test_senseless_bits_are_never_met),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
