/* fuzz_keyfile.c — any bytes as a private and as a public key file.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "keyfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct keypair key, again;
	uint8_t public[KEY_SIZE];
	struct text pem = {0};
	struct fault f = {0};

	if (key_read_private((const char *)data, n, &key, &f)) {
		key_print_private(&key, &pem);
		if (!key_read_private(pem.data, pem.n, &again, &f) ||
		    memcmp(key.public, again.public, KEY_SIZE) != 0)
			abort();
	} else if (f.code == FAULT_NONE) {
		abort();
	}
	f = (struct fault){0};
	if (!key_read_public((const char *)data, n, public, &f) && f.code == FAULT_NONE)
		abort();
	text_clear(&pem);
	return 0;
}
