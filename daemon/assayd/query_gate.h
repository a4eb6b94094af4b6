/* query_gate.h — names of the SQL statements that counts and gates need; a part of query.h.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_QUERY_GATE_H
#define ASSAYD_QUERY_GATE_H

/* What is counted as it happens. */
#define QUERIES_OF_COUNTS                                                                          \
	QUERY_CHANGE_VOICES = QUERY_COUNTS_FIRST, QUERY_CHANGE_REACH, QUERY_ADD_DIRTY,             \
	QUERY_ADD_TALLY, QUERY_ADD_USES, QUERY_ADD_VOICES, QUERY_ADD_RECORDS, QUERY_ADD_TIMINGS,   \
	QUERY_ADD_TWINS

#define QUERIES_OF_GATES                                                                           \
	QUERY_GATE_CELLS = QUERY_GATES_FIRST, QUERY_GATE_RUNS, QUERY_GATE_ITEMS, QUERY_GATE_NAMED, \
	QUERY_GATE_LEAF_CELLS, QUERY_GATE_PRICES, QUERY_WATCHES_STANDING, QUERY_PUT_WATCHES,       \
	QUERY_END_WATCHES, QUERY_ADD_WATCH_TURNS, QUERY_WATCHES_OF, QUERY_DECISION_INPUTS

/* What the documents are read from of people, and of what staff and release managers say. */
#define QUERIES_OF_RECORDS                                                                         \
	QUERY_SUBMITTER, QUERY_SUBMITTER_RUNS, QUERY_SUBMITTER_INTENTS, QUERY_SUBMITTER_PAGE,      \
	    QUERY_HELD, QUERY_TWINS, QUERY_ACTS, QUERY_PRICES, QUERY_DECISION, QUERY_DECISIONS,    \
	    QUERY_WATCH, QUERY_WATCHES, QUERY_WATCH_TURNS, QUERY_USE_CASES

#endif
