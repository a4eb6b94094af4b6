/* fuzz_json.c — any bytes as JSON: our reader takes what jansson takes, to the same value, but for
 * depth. SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fault f = {0};
	json_t *ours = json_read_object((const char *)data, n, &f);
	json_t *theirs = NULL;
	struct text printed = {0};

	if ((ours == NULL) == (f.code == FAULT_NONE))
		abort();
	if (f.code == FAULT_TOO_DEEP)
		return 0;
	if (memchr(data, 0, n) != NULL) { /* jansson overlooks a NUL behind a number */
		if (ours != NULL)
			abort();
		return 0;
	}
	theirs = json_loadb((const char *)data, n, JSON_REJECT_DUPLICATES, NULL);
	if ((ours != NULL) != json_is_object(theirs))
		abort();
	if (ours != NULL && !json_equal(ours, theirs))
		abort();
	json_decref(theirs);
	if (ours != NULL) {
		json_print(ours, &printed);
		theirs = json_read_object(printed.data, printed.n, &f);
		/* a real that has no fraction is printed as an integer, which may leave 64 bits */
		if (theirs == NULL && f.code != FAULT_NOT_JSON)
			abort();
		json_decref(theirs);
	}
	text_clear(&printed);
	json_decref(ours);
	return 0;
}
