/* test_grade.c — grades in the words of judges.
 * SPDX-License-Identifier: Apache-2.0 */
#include "grade.h"
#include "unit.h"

static void
grades(void **state)
{
	static const struct {
		const char *said;
		int grade; /* 0: none */
	} rows[] = {
	    {"GRADE: 1", 1},
	    {"GRADE: 10", 10},
	    {"Good and short.\nGRADE: 8\n", 8},
	    {"grade: 8", 8},
	    {"**GRADE: 8**", 8},
	    {"**GRADE:** 8", 8},
	    {"GRADE: [[8]]", 8},
	    {"GRADE: 8.", 8},
	    {"GRADE: 8/10", 8},
	    {"GRADE: 8 / 10", 8},
	    {"GRADE: 10/10", 10},
	    {"At first GRADE: 3, but then\nGRADE: 7", 7},
	    {"GRADE: 7\nThis grade is final.", 7},
	    {"", 0},
	    {"8", 0},
	    {"GRADE 8", 0},
	    {"GRADE:", 0},
	    {"GRADE: N", 0},
	    {"GRADE: 0", 0},
	    {"GRADE: 11", 0},
	    {"GRADE: 100", 0},
	    {"GRADE: -3", 0},
	    {"GRADE: 3.5", 0},
	    {"GRADE: 3,5", 0},
	    {"GRADE: 7-8", 0},
	    {"GRADE: 4/5", 0},
	    {"GRADE: 3\nGRADE: none", 0},
	    {"UPGRADE: 8", 0},
	    {"GRADE: 99999999999999999999", 0},
	};

	(void)state;
	for (size_t k = 0; k < COUNT(rows); k++) {
		int grade = -1;

		if (grade_read(rows[k].said, &grade) != (rows[k].grade > 0) ||
		    grade != rows[k].grade)
			fail_msg("%s: %d", rows[k].said, grade);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(grades),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
