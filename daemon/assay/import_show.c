/* import_show.c — what was imported, and what became of it, for people.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import_show.h"

#include "deliver.h"
#include "json.h"
#include "measured.h"
#include "term.h"
#include "text.h"

static void
show_payloads(const json_t *payloads, FILE *out)
{
	const json_t *payload;
	size_t k;

	json_array_foreach (payloads, k, payload) {
		struct text line = {0};

		json_print(payload, &line);
		if (line.data != NULL)
			term_say(out, line.data);
		text_clear(&line);
	}
}

static void
show_file(const json_t *file, FILE *out)
{
	const json_t *ids = json_object_get(file, "statements");
	bool already = json_is_true(json_object_get(file, "already"));
	long long results = json_get_whole(file, "results");
	size_t n = json_array_size(ids);

	term_put(out, json_get_text(file, "file"));
	fprintf(out, ": %lld result%s in %zu statement%s, %s\n", results, results == 1 ? "" : "s",
	    n, n == 1 ? "" : "s",
	    already ? "already imported, nothing signed" : "signed and in the spool");
	for (size_t k = 0; k < n; k++)
		fprintf(out, "    %s\n", json_string_value(json_array_get(ids, k)));
}

void
import_show(const json_t *result, FILE *out)
{
	const json_t *files = json_object_get(result, "files"), *file;
	const json_t *sent = json_object_get(result, "submit");
	size_t k;

	show_payloads(json_object_get(result, "payloads"), out);
	json_array_foreach (files, k, file)
		show_file(file, out);
	measured_show(json_object_get(result, "measured"), out);
	if (sent != NULL)
		deliver_show(sent, out);
	else if (json_array_size(files) > 0)
		fputs("Next: `assay submit` sends them.\n", out);
}
