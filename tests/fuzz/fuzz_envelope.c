/* fuzz_envelope.c — any bytes as an envelope: whatever is accepted must come back from its print.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct envelope e, again;
	struct text text = {0};
	struct fault f = {0};

	if (!envelope_read((const char *)data, n, &e, &f)) {
		if (f.code == FAULT_NONE)
			abort();
		return 0;
	}
	envelope_print(e.type, e.payload, e.payload_n, e.keyid, e.signature, &text);
	/* base64 without padding may grow by it, and then past the bound */
	if (text.n <= ENVELOPE_MAX_BYTES) {
		if (!envelope_read(text.data, text.n, &again, &f) ||
		    strcmp(e.type, again.type) != 0 || e.payload_n != again.payload_n ||
		    memcmp(e.payload, again.payload, e.payload_n) != 0)
			abort();
		envelope_clear(&again);
	}
	text_clear(&text);
	envelope_clear(&e);
	return 0;
}
