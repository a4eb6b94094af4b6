/* logged_rules.c — the newest config of the log, as the database has it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "logged_rules.h"

#include <stdlib.h>
#include <string.h>

#include "catalogues.h"
#include "statement.h"

static bool
read_config(
    const struct db_rows *config, const struct db_rows *first, struct rules *out, struct fault *f)
{
	struct statement st = {0};
	size_t n = 0;
	uint8_t *payload = db_blob(config, 0, 0, &n);
	bool done = payload != NULL &&
		    statement_from_row(kind_info(KIND_CONFIG)->type, payload, n, &st, f) &&
		    rules_read(&st, out, f) && db_bytes(first, 0, 0, out->first_id, SHA256_SIZE);

	free(payload);
	statement_clear(&st);
	return done ||
	       fault_set(f, FAULT_INTERNAL, "", "a logged config that opens", "one that does not");
}

static bool
read_rules(struct dbsync *db, struct rules *out, struct fault *f)
{
	struct db_rows *config = dbsync_ask(db, QUERY_NEWEST_CONFIG, NULL, f), *first = NULL;
	bool done;

	memset(out, 0, sizeof(*out));
	if (config != NULL)
		first = dbsync_ask(db, QUERY_FIRST_CONFIG, NULL, f);
	done = first != NULL && (db_rows_n(config) == 0 || db_rows_n(first) == 0 ||
				    read_config(config, first, out, f));
	dbsync_free(config);
	dbsync_free(first);
	return done;
}

bool
logged_rules_get(struct server *s, struct dbsync *db, struct rules *out,
    const struct catalogue **catalogue, struct fault *f)
{
	*catalogue = NULL;
	if (!read_rules(db, out, f))
		return false;
	if (out->present)
		*catalogue = catalogue_get(s, db, out->catalogue, f);
	return !out->present || *catalogue != NULL;
}
