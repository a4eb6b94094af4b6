/* query_names.h — names of the SQL statements that aliases need; a part of query.h.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_QUERY_NAMES_H
#define ASSAYD_QUERY_NAMES_H

#define QUERIES_OF_NAMES                                                                           \
	QUERY_NAMES = QUERY_NAMES_FIRST, QUERY_NAMED_CELLS, QUERY_ADD_ALIASES, QUERY_ADD_CELLS,    \
	QUERY_MOVE_CELLS, QUERY_CHANGE_NAMES, QUERY_ALIASES, QUERY_NAMES_SHOWN,                    \
	QUERY_RENAMED_CELLS

#endif
