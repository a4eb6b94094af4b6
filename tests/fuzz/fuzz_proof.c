/* fuzz_proof.c — any bytes as a receipt: what is taken prints as it was read, but for the line that
 * is ignored; and nothing unsigned verifies.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint8_t key[KEY_SIZE] = {1}, leaf[SHA256_SIZE];
	struct log_proof proof;
	struct checkpoint c;
	struct text text = {0};
	struct fault f = {0};

	if (!proof_read((const char *)data, n, &proof, &f)) {
		if (f.code != FAULT_LOG_PROOF)
			abort();
		return 0;
	}
	proof_print(&proof, &text);
	if (text.n > n ||
	    memcmp(text.data + text.n - proof.note_n, proof.note, proof.note_n) != 0 ||
	    (text.n == n && memcmp(text.data, data, n) != 0))
		abort();
	if (proof_verify(&proof, leaf, "example.org/log", key, &c, &f))
		abort();
	text_clear(&text);
	return 0;
}
