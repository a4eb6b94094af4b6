/* grade.c — the grade in a judge's word.
 * SPDX-License-Identifier: Apache-2.0 */
#include "grade.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WORD "grade"
#define MARKS " \t*_[]():"

/* Return what stands behind the last word "grade" that a colon follows; NULL if there is none. */
static const char *
behind_last(const char *said)
{
	const char *found = NULL;

	for (const char *at = said; *at != 0; at++) {
		const char *end = at + strlen(WORD);

		if (strncasecmp(at, WORD, strlen(WORD)) != 0 ||
		    (at > said && isalpha((unsigned char)at[-1])))
			continue;
		if (memchr(end, ':', strspn(end, MARKS)) != NULL)
			found = end + strspn(end, MARKS);
	}
	return found;
}

bool
grade_read(const char *said, int *out)
{
	const char *at = behind_last(said);
	size_t digits = at ? strspn(at, "0123456789") : 0;
	int grade = digits > 0 && digits < 3 ? atoi(at) : 0;

	*out = 0;
	if (grade < 1 || grade > 10)
		return false;
	at += digits;
	at += strspn(at, MARKS);
	if (strncmp(at, "/10", 3) == 0 || strncmp(at, "/ 10", 4) == 0)
		at += strcspn(at, "1") + 2;
	if (isdigit((unsigned char)at[0]) || at[0] == '/' || at[0] == '-' ||
	    ((at[0] == '.' || at[0] == ',') && isdigit((unsigned char)at[1])))
		return false;
	*out = grade;
	return true;
}
