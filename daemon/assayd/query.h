/* query.h — every SQL statement the running server can send, by number.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_QUERY_H
#define ASSAYD_QUERY_H

/* All may be sent twice with the same effect as once: an answer lost with its connection is asked
 * for again. sql/grants.sql grants just what these need. */
enum query {
	/* workers */
	QUERY_PING,
	QUERY_DOOR,
	QUERY_STORE,
	QUERY_LAG,
	QUERY_STATEMENT,
	/* the thread that leads and publishes, and set-up verbs */
	QUERY_STORE_ONE,
	QUERY_LEAD,
	QUERY_HEAD,
	QUERY_HEAD_LOCKED,
	QUERY_PENDING,
	QUERY_SIGNERS,
	QUERY_PERSON,
	QUERY_LOGGED,
	QUERY_LINKS,
	QUERY_FIRST_CONFIG,
	QUERY_NEWEST_CONFIG,
	QUERY_LAST_CONFIG,
	QUERY_ADD_LEAVES,
	QUERY_ADD_NODES,
	QUERY_ADD_SUBMITTERS,
	QUERY_ADD_SUBMISSIONS,
	QUERY_ADD_RAW_CELLS,
	QUERY_ADD_MEASUREMENTS,
	QUERY_ADD_ACTS,
	QUERY_ADD_INTENTS,
	QUERY_CHANGE_SUBMITTERS,
	QUERY_CHANGE_KEYS,
	QUERY_CHANGE_LINKS,
	QUERY_CHANGE_VOTERS,
	QUERY_CHANGE_STATES,
	QUERY_CHANGE_ACTS,
	QUERY_WITHHOLD,
	QUERY_ADD_DIRTY,
	QUERY_ADD_TALLY,
	QUERY_DROP_PENDING,
	QUERY_MOVE_HEAD,
	QUERY_TREE_HEAD,
	QUERY_LEAF_HASHES,
	QUERY_NODE_HASHES,
	QUERY_LEAF_FACTS,
	QUERY_BUNDLE,
	QUERY_WITHHELD,
	QUERY_SIGNED,
	QUERY_DIRTY_CELLS,
	QUERY_DIRTY_MODELS,
	QUERY_CELLS,
	QUERY_CELL_RUNS,
	QUERY_MODEL_RUNS,
	QUERY_MODEL_RESULTS_N,
	QUERY_TOTALS,
	QUERY_SUITE_TOTALS,
	QUERY_MODEL_TOTALS,
	QUERY__MAX
};

#define QUERY_PARAMS_MAX 8

struct query_row {
	const char *name; /* of the prepared statement */
	const char *sql;
	int params_n;
};

const struct query_row *query_row(enum query q);

#endif
