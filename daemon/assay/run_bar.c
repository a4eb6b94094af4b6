/* run_bar.c — how far a tool of llama.cpp has come, by what it has printed so far.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run_bar.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

#define LOG_MAX_BYTES (4 * 1024 * 1024) /* of one that is longer nothing is shown */

/* The whole number that begins there and stands before `behind`; else 0. */
static uint64_t
number_before(const char *text, const char *end, char behind)
{
	uint64_t n = 0;

	while (text < end && *text >= '0' && *text <= '9' && n < UINT32_MAX)
		n = n * 10 + (uint64_t)(*text++ - '0');
	return text < end && *text == behind ? n : 0;
}

/* A chunk's number stands in brackets, or begins a line of a table behind blanks. */
static uint64_t
chunk_at(const char *at, const char *end)
{
	const char *digit = at + 1;

	if (*at == '[')
		return number_before(digit, end, ']');
	while (digit < end && *digit == ' ')
		digit++;
	return digit > at + 1 ? number_before(digit, end, ' ') : 0;
}

void
run_bar_chunks(const char *log, size_t n, uint64_t *done, uint64_t *total)
{
	static const char said[] = "over ";
	const char *end = log + n, *at = log, *behind;

	*done = *total = 0;
	while ((at = memmem(at, (size_t)(end - at), said, sizeof(said) - 1)) != NULL) {
		at += sizeof(said) - 1;
		behind = memchr(at, ' ', (size_t)(end - at));
		if (behind != NULL && (size_t)(end - behind) >= 7 &&
		    memcmp(behind, " chunks", 7) == 0)
			*total = number_before(at, end, ' ');
	}
	for (at = end; *done == 0 && at-- > log;) {
		uint64_t chunk = *at == '[' || *at == '\n' ? chunk_at(at, end) : 0;

		if (*total == 0 || chunk <= *total)
			*done = chunk;
	}
}

static void
look(void *arg, bool lines)
{
	struct run_bar *b = arg;
	struct fault f = {0};
	uint64_t done = 0;
	char *log;
	size_t n;

	if (!file_read(b->path, LOG_MAX_BYTES, &log, &n, &f))
		return;
	if (!lines)
		run_bar_chunks(log, n, &done, &b->bar.total);
	for (size_t k = 0; lines && k < n; k++)
		done += log[k] == '\n';
	free(log);
	progress_show(&b->bar, done);
}

static void
look_at_lines(void *arg)
{
	look(arg, true);
}

static void
look_at_chunks(void *arg)
{
	look(arg, false);
}

static void
begin(struct run_bar *b, const char *path, void (*at)(void *), const char *unit)
{
	memset(b, 0, sizeof(*b));
	b->path = path;
	b->bar.label = "measuring";
	b->bar.unit = unit;
	if (isatty(STDERR_FILENO))
		b->watch = (struct command_watch){at, b};
}

void
run_bar_of_lines(struct run_bar *b, const char *path, uint64_t total_n)
{
	begin(b, path, look_at_lines, "results");
	b->bar.total = total_n;
}

void
run_bar_of_chunks(struct run_bar *b, const char *path)
{
	begin(b, path, look_at_chunks, "chunks");
}

const struct command_watch *
run_bar_watch(const struct run_bar *b)
{
	return b->watch.look != NULL ? &b->watch : NULL;
}

void
run_bar_end(struct run_bar *b)
{
	progress_end(&b->bar);
}
