/* meeting.h — the cells of the book, where submitters' runs meet: who agrees with whom, who is
 * established by that, and the standing that follows. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_MEETING_H
#define ASSAY_MEETING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agree.h"
#include "book.h"
#include "suite.h"

#define ESTABLISHED_CELLS_N 3 /* cells in which one's votes must agree, to be established */

struct latest_list; /* see latest.h */

/* One counted run, of one metric. */
struct met {
	struct person *by;
	const struct raw_cell *raw; /* NULL: not told; then no alias moves it */
	int64_t index;
	size_t metric;
	double value;
	double anchor;       /* its anchor answers' mean; NaN: none */
	const json_t *items; /* borrowed from its submission; NULL: none */
	struct within_run within;
};

/* What is known of one voter in a cell: all its votes there that another established voter's can be
 * compared with lie within tolerance of the point and of such a vote. by: who stands for all linked
 * with it. */
struct accord {
	struct person *by;
	bool agrees;
	bool stored; /* what the rows say, for whoever writes them */
};

/* A cell. */
struct meeting {
	uint8_t id[SHA256_SIZE];
	const struct suite *suite;
	struct met *runs;
	size_t runs_n, runs_room;
	size_t kept_n;              /* runs when there were last no more than make votes */
	struct latest_list *latest; /* of the runs, a metric each */
	struct accord *accords;
	size_t accords_n, accords_room;
	enum standing *standing;  /* a metric each */
	enum standing *found;     /* the same, for meetings_settle(); in the same memory */
	bool touched;             /* by the leaf being settled */
	int64_t touched_at;       /* the last leaf that touched it; 0: none since the book began */
	struct settled **waiting; /* that ever waited here, in log order: see neighbours.h */
	size_t waiting_n, waiting_room;
	bool waiting_known; /* they were brought in, for whoever reads the rows */
};

/* The leaf at index changed the standing of a metric in a cell. */
struct transition {
	const struct meeting *at;
	size_t metric;
	int64_t index;
	enum standing from, to;
};

/* Return a cell by its own id, made if add; NULL: not there, or no memory. */
struct meeting *meeting_at(
    struct book *b, const uint8_t cell[SHA256_SIZE], const struct suite *suite, bool add);
void meeting_free(void *meeting);

/* Put one counted run into a cell; without touching it, since it stood there before. */
bool meeting_add(struct meeting *m, const struct met *run) __attribute__((warn_unused_result));

/* Return what is known of a voter in a cell, made if it is not there; NULL without memory. */
struct accord *meeting_accord(struct meeting *m, struct person *p);

/* A submission's results enter or leave the count of their cells, which touches these. Sets
 * b->failed without memory. */
void meetings_enter(struct book *b, const struct settled *s);
void meetings_leave(struct book *b, const struct settled *s);

/* Note that the leaf being settled touches a cell. Sets b->failed without memory. */
void meeting_touch(struct book *b, struct meeting *m);

/* Put a submission behind those that wait, or waited, in a cell; in log order. */
bool meeting_wait(struct meeting *m, struct settled *s) __attribute__((warn_unused_result));

/* Draw the conclusions of the leaf at index for all cells it touched, from what was known of their
 * submitters just before it: what waits and is witnessed is released (neighbours.h), then accords,
 * then establishment, then standing (DESIGN §8.5). Cells that it did not touch keep their accords
 * and standing until a leaf touches them, so that what one leaf sets off is bounded. Sets b->failed
 * without memory. */
void meetings_settle(struct book *b, int64_t index);

/* Write the counted runs of one metric in a cell as the statistics take them; out has room for
 * m->runs_n. Returns how many. */
size_t meeting_runs(const struct book *b, const struct meeting *m, size_t metric, struct run *out);

/* The same, but each submitter's latest runs; or one: that of the vote they make, its value. */
size_t meeting_latest(
    const struct book *b, const struct meeting *m, size_t metric, struct run *out);
size_t meeting_votes(const struct book *b, const struct meeting *m, size_t metric, struct run *out);

/* Take back all runs of a raw cell and put them into another cell; without touching either. False
 * without memory. */
bool meeting_move(struct meeting *from, const struct raw_cell *raw, struct meeting *to)
    __attribute__((warn_unused_result));

/* As meeting_runs(), of those that have anchor answers; values are their means. */
size_t meeting_anchors(
    const struct book *b, const struct meeting *m, size_t metric, struct run *out);

/* Tell whether a submission has a result in a cell whose standing is `reproduced`. */
bool meetings_reproduced(const struct settled *s);

/* Tell whether a submitter is established: by trust or by votes, and not suspended. */
bool person_established(const struct person *p);

#endif
