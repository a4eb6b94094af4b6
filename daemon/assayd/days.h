/* days.h — which leaves are of which day: what the daily dumps are cut by.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_DAYS_H
#define ASSAYD_DAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dbsync.h"
#include "fault.h"

#define DAY_LENGTH_MS (24LL * 60 * 60 * 1000)
#define DAY_PART_LEAVES 1000 /* leaves in one file of a dump */

/* A day ends at the last leaf accepted before its end, 00:00 UTC of the next. The leaves from first
 * on and before behind are its own; they may be none. */
struct day {
	int64_t number; /* since 1970-01-01 */
	int64_t newest; /* index of the last leaf accepted in it; leaves may come out of order */
	int64_t first, behind;
	int64_t told_first, told_behind; /* as they were when its dump was last due; -1: never */
};

/* In order. Zero-initialise. */
struct days {
	struct day *list;
	size_t n, room;
};

/* Take what the leaves from `from` on and before `to` add. Fails with FAULT_DATABASE,
 * FAULT_NO_MEMORY. */
bool days_take(struct days *d, struct dbsync *db, int64_t from, int64_t to, struct fault *f)
    __attribute__((warn_unused_result));
void days_clear(struct days *d);

/* Find a day by its number, or the one whose leaf this is; NULL: there is none. */
const struct day *days_find(const struct days *d, int64_t number);
const struct day *days_of_leaf(const struct days *d, int64_t index);

/* Is the day over, as the newest time in the log says? */
bool day_is_over(const struct day *day, int64_t as_of_ms);

/* How many files its dump has. */
int64_t day_parts(const struct day *day);

#endif
