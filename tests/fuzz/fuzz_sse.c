/* fuzz_sse.c — any bytes as an event stream: the same events come out however they are cut.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "chat_answer.h"
#include "sse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
on_event(void *arg, const char *data, size_t n)
{
	struct text *told = arg;
	struct chat_piece piece;
	struct fault f = {0};

	if (data[n] != 0 || n > SSE_EVENT_MAX_BYTES)
		abort();
	if (chat_piece_read(data, n, &piece, &f) != (f.code == FAULT_NONE) ||
	    piece.completion_tokens < -1)
		abort();
	text_addf(told, "%zu:", n);
	text_add(told, data, n);
}

/* The first byte says where to cut. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct text whole = {0}, pieces = {0};
	struct sse a = {.event = on_event, .arg = &whole}, b = {.event = on_event, .arg = &pieces};
	size_t cut = n > 0 ? data[0] % 16 + 1 : 1;

	sse_feed(&a, (const char *)data, n);
	for (size_t at = 0; at < n; at += cut)
		sse_feed(&b, (const char *)data + at, n - at < cut ? n - at : cut);
	if (whole.n != pieces.n || a.failed != b.failed ||
	    (whole.n > 0 && memcmp(whole.data, pieces.data, whole.n) != 0))
		abort();
	sse_clear(&a);
	sse_clear(&b);
	text_clear(&whole);
	text_clear(&pieces);
	return 0;
}
