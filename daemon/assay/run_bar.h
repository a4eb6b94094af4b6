/* run_bar.h — how far a tool of llama.cpp has come, by what it has printed so far.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_RUN_BAR_H
#define ASSAY_RUN_BAR_H

#include <stddef.h>
#include <stdint.h>

#include "command.h"
#include "term.h"

struct run_bar {
	const char *path; /* what the tool writes to; borrowed */
	struct progress bar;
	struct command_watch watch;
};

/* Begin a bar for llama-bench, which prints a line for each of total_n results, or for
 * llama-perplexity, which says how many chunks it takes and then counts them. run_bar_end() wipes
 * it away. Without a terminal neither does anything. */
void run_bar_of_lines(struct run_bar *b, const char *path, uint64_t total_n);
void run_bar_of_chunks(struct run_bar *b, const char *path);
void run_bar_end(struct run_bar *b);

/* What command_run() takes: NULL where nobody would see it. */
const struct command_watch *run_bar_watch(const struct run_bar *b);

/* Find what llama-perplexity has told: *total as in "over 32 chunks", *done the newest of "[7]4.5,"
 * and of the lines of a table that begin with a chunk's number. 0 for what it has not told. */
void run_bar_chunks(const char *log, size_t n, uint64_t *done, uint64_t *total);

#endif
