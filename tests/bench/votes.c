/* votes.c — votes a second that become estimates, on one core.
 * SPDX-License-Identifier: Apache-2.0
 *
 * votes [SECONDS]   for cells of each size: the median and its interval of estimate_votes(), on
 * either scale, and the way from runs to votes; processor time, so that what else runs matters less
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "interval.h"
#include "votes.h"

#define POOL 65536
#define CELL_MAX 1000

static double pool[POOL];
static volatile double sink; /* what is summed here is not left out */

static double
processor_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Log-normal, as throughput of one model on one card is. */
static void
fill_pool(void)
{
	uint32_t seed = 1;

	for (int i = 0; i < POOL; i++) {
		double sum = 0;

		for (int k = 0; k < 12; k++) {
			seed = seed * 1664525 + 1013904223;
			sum += (double)(seed >> 8) / (1 << 24);
		}
		pool[i] = 100 * exp(0.1 * (sum - 6));
	}
}

/* One cell of n votes from the pool. */
static double
estimate_cell_at(size_t at, size_t n, bool log_scale)
{
	double values[CELL_MAX];
	struct votes votes = {.values = values, .n = n, .log_scale = log_scale};
	struct interval e;

	memcpy(values, pool + at % (POOL - CELL_MAX), n * sizeof(*values));
	return estimate_votes(&votes, 0.95, &e) ? e.low + e.high : 0;
}

/* The same from runs: each voter has two. */
static double
form_cell_at(size_t at, size_t n, bool log_scale)
{
	static struct run runs[2 * CELL_MAX];
	static struct vote votes[2 * CELL_MAX];

	for (size_t i = 0; i < 2 * n; i++) {
		uint32_t who = (uint32_t)(i / 2) * UINT32_C(2654435761);

		memset(&runs[i], 0, sizeof(runs[i]));
		memcpy(runs[i].voter, &who, sizeof(who));
		memcpy(runs[i].submitter, &who, sizeof(who));
		runs[i].index = (int64_t)i;
		runs[i].value = pool[(at + i) % POOL];
	}
	return (double)votes_form(runs, 2 * n, log_scale, votes);
}

static double
votes_a_second(double (*work)(size_t, size_t, bool), size_t n, bool log_scale, double seconds)
{
	double began = processor_s(), took = 0;
	size_t cells = 0;

	do {
		for (int i = 0; i < 256; i++, cells++)
			sink += work(cells * 131, n, log_scale);
		took = processor_s() - began;
	} while (took < seconds);
	return (double)(cells * n) / took;
}

int
main(int argc, char **argv)
{
	static const size_t sizes[] = {1, 2, 3, 5, 6, 10, 20, 50, 100, 1000};
	double seconds = argc > 1 ? atof(argv[1]) : 0.5;

	fill_pool();
	printf("million votes a second, one core\n voters   linear      log  from runs\n");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		printf("%7zu %8.1f %8.1f %10.1f\n", sizes[i],
		    votes_a_second(estimate_cell_at, sizes[i], false, seconds) / 1e6,
		    votes_a_second(estimate_cell_at, sizes[i], true, seconds) / 1e6,
		    votes_a_second(form_cell_at, sizes[i], true, seconds) / 1e6);
	return 0;
}
