/* fuzz_checkpoint.c — any bytes as a checkpoint's text, as a signed note, and as a leaf: what is
 * taken is of one form only.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "leaf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
demand_same(const uint8_t *data, size_t n, struct text *printed)
{
	if (printed->n != n || memcmp(printed->data, data, n) != 0)
		abort();
	text_clear(printed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint8_t key[KEY_SIZE] = {1};
	struct checkpoint c;
	struct leaf leaf;
	struct text text = {0};
	struct fault f = {0};
	size_t body_n;

	if (checkpoint_read((const char *)data, n, &c, &f)) {
		checkpoint_print(&c, &text);
		demand_same(data, n, &text);
	} else if (f.code != FAULT_CHECKPOINT) {
		abort();
	}
	if (leaf_parse(data, n, &leaf)) {
		leaf_print(&leaf, &text);
		demand_same(data, n, &text);
	}
	f = (struct fault){0};
	if (note_open((const char *)data, n, "example.org/log", key, &body_n, &f) ||
	    f.code == FAULT_NONE)
		abort();
	return 0;
}
