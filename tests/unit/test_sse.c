/* test_sse.c — server-sent events, however their bytes are cut.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "chat_answer.h"
#include "sse.h"
#include "unit.h"

/* Events as "<DATA><DATA>". */
static void
on_event(void *arg, const char *data, size_t n)
{
	struct text *told = arg;

	text_add(told, "<", 1);
	text_add(told, data, n);
	text_add(told, ">", 1);
	assert_int_equal(data[n], 0);
}

static void
check(const char *bytes, size_t cut, const char *expected)
{
	struct text told = {0};
	struct sse s = {.event = on_event, .arg = &told};
	size_t n = strlen(bytes);

	text_add_str(&told, "");
	for (size_t at = 0; at < n; at += cut)
		sse_feed(&s, bytes + at, n - at < cut ? n - at : cut);
	assert_false(s.failed);
	if (strcmp(told.data, expected) != 0)
		fail_msg("%s cut by %zu: %s", bytes, cut, told.data);
	text_clear(&told);
	sse_clear(&s);
}

static void
events(void **state)
{
	static const struct {
		const char *bytes, *events;
	} rows[] = {
	    {"", ""},
	    {"data: a\n\n", "<a>"},
	    {"data:a\r\n\r\ndata:b\r\n\r\n", "<a><b>"},
	    {"data: a\r\rdata: b\r\r", "<a><b>"},
	    {"data: a\n\r\ndata: b\r\n\n", "<a><b>"},
	    {"data: a\ndata: b\n\n", "<a\nb>"},
	    {"data\n\n", "<>"},
	    {"data\ndata\n\n", "<\n>"},
	    {"data:  a \n\n", "< a >"},
	    {"data: a: b\n\n", "<a: b>"},
	    {": a remark\n\ndata: a\n\n", "<a>"},
	    {"event: x\nid: 7\nretry: 10\ndata: a\n\n", "<a>"},
	    {"dat: a\ndatas: b\n data: c\nDATA: d\n\n", ""},
	    {"\n\n\n", ""},
	    {"data: a\n", ""},
	    {"data: a", ""},
	    {"data: a\n\ndata: cut off\n", "<a>"},
	};

	(void)state;
	for (size_t k = 0; k < COUNT(rows); k++)
		for (size_t cut = 1; cut < 12; cut++)
			check(rows[k].bytes, cut, rows[k].events);
}

static void
too_large(void **state)
{
	struct text told = {0};
	struct sse s = {.event = on_event, .arg = &told};
	static char bytes[4096];

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	for (size_t n = 0; n <= SSE_EVENT_MAX_BYTES; n += sizeof(bytes))
		sse_feed(&s, bytes, sizeof(bytes));
	assert_true(s.failed);
	sse_feed(&s, "\n\ndata: a\n\n", 11);
	assert_int_equal(told.n, 0);
	sse_clear(&s);
	text_clear(&told);
}

static void
pieces(void **state)
{
	static const struct {
		const char *data;
		bool is_piece, says, ends;
		int64_t tokens;
	} rows[] = {
	    {"[DONE]", true, false, true, -1},
	    {"{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}", true, false,
		false, -1},
	    {"{\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":null}]}", true, true,
		false, -1},
	    {"{\"choices\":[{\"delta\":{\"reasoning_content\":\"a\"}}]}", true, true, false, -1},
	    {"{\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}", true, false, true, -1},
	    {"{\"choices\":[],\"usage\":{\"completion_tokens\":128}}", true, false, false, 128},
	    {"{\"choices\":[],\"usage\":{\"completion_tokens\":-1}}", true, false, false, -1},
	    {"{\"error\":{\"message\":\"overloaded\"}}", false, false, false, -1},
	    {"{\"choices\":[", false, false, false, -1},
	    {"", false, false, false, -1},
	    {"[]", false, false, false, -1},
	};

	(void)state;
	for (size_t k = 0; k < COUNT(rows); k++) {
		struct chat_piece piece;
		struct fault f = {0};

		assert_int_equal(chat_piece_read(rows[k].data, strlen(rows[k].data), &piece, &f),
		    rows[k].is_piece);
		assert_int_equal(f.code, rows[k].is_piece ? FAULT_NONE : FAULT_ENDPOINT);
		assert_int_equal(piece.says, rows[k].says);
		assert_int_equal(piece.ends, rows[k].ends);
		assert_int_equal(piece.completion_tokens, rows[k].tokens);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(events),
	    cmocka_unit_test(too_large),
	    cmocka_unit_test(pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
