/* documents.c — the table of the published documents.
 * SPDX-License-Identifier: Apache-2.0 */
#include "documents.h"

const struct document_row document_rows[DOCUMENT__MAX] = {
    [DOCUMENT_RUNS] = {"runs", DUE_TOUCHED, 0, make_runs},
    [DOCUMENT_MODEL] = {"model", DUE_TOUCHED, 0, make_model},
    [DOCUMENT_QUANTIZATION] = {"quantization", DUE_TOUCHED, 0, make_quantization},
    [DOCUMENT_HARDWARE] = {"hardware", DUE_TOUCHED, 0, make_hardware},
    [DOCUMENT_BOARD] = {"board", DUE_TOUCHED, 0, make_board},
    [DOCUMENT_HARDWARE_LIST] = {"hardware_list", DUE_ALWAYS, 0, make_hardware_list},
    [DOCUMENT_VALUE_PART] = {"value_part", DUE_TOUCHED, 0, make_value_part},
    [DOCUMENT_VALUE] = {"value", DUE_ONCE, 0, make_value},
    [DOCUMENT_USE_CASES] = {"use_cases", DUE_ONCE, 0, make_use_cases},
    [DOCUMENT_REPORTED] = {"reported", DUE_ONCE, 0, make_reported},
    [DOCUMENT_SUBMITTER] = {"submitter", DUE_TOUCHED, 0, make_submitter},
    [DOCUMENT_SUBMITTERS] = {"submitters", DUE_TOUCHED, 0, make_submitters},
    [DOCUMENT_ACTS] = {"acts", DUE_ALWAYS, 0, make_acts},
    [DOCUMENT_PRICES] = {"prices", DUE_ONCE, 0, make_prices},
    [DOCUMENT_DECISION] = {"decision", DUE_TOUCHED, 0, make_decision},
    [DOCUMENT_DECISIONS] = {"decisions", DUE_ONCE, 0, make_decisions},
    [DOCUMENT_BADGE] = {"badge", DUE_TOUCHED, 0, make_badge},
    [DOCUMENT_WATCH] = {"watch", DUE_TOUCHED, 0, make_watch},
    [DOCUMENT_WATCHES] = {"watches", DUE_ONCE, 0, make_watches},
    [DOCUMENT_FEED] = {"feed", DUE_ALWAYS, 0, make_feed},
    [DOCUMENT_INDEX] = {"index", DUE_ALWAYS, 0, make_index},
    [DOCUMENT_DUMP] = {"dump", DUE_TOUCHED, 4, make_dump},
    [DOCUMENT_DUMP_CSV] = {"dump_csv", DUE_TOUCHED, 4, make_dump_csv},
    [DOCUMENT_DUMPS] = {"dumps", DUE_ONCE, 0, make_dumps},
};

void
document_clear(struct document *d)
{
	text_clear(&d->path);
	text_clear(&d->text);
}

bool
document_made(const struct document *d, struct fault *f)
{
	return (!d->path.failed && !d->text.failed) ||
	       fault_set(f, FAULT_NO_MEMORY, "", "memory for a document", "none");
}
