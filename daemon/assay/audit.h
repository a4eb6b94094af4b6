/* audit.h — a whole log checked again: its tree, its signatures, what log order settled, and the
 * documents that follow.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_AUDIT_H
#define ASSAY_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "book.h"
#include "catalogue_set.h"
#include "checkpoint.h"
#include "explain.h"
#include "leaf.h"
#include "ledger.h"
#include "log_receipt.h"
#include "log_source.h"
#include "suite.h"

struct args;

/* One leaf with its statement. */
struct audit_leaf {
	uint64_t index;
	struct leaf leaf;
	uint8_t hash[SHA256_SIZE];
	bool withheld;
	const char *envelope; /* of a statement that is not withheld; until the next leaf */
	size_t envelope_n;
	struct statement st;
	struct leaf_view view; /* what was looked at before its turn */
	struct fault fault;    /* of opening it */
};

/* Zero-initialise; audit_clear() frees. The first breach is the problem that a step fails with. */
struct audit {
	struct log_source source;
	struct log_name log;
	char *note; /* owned: the checkpoint as it was read */
	size_t note_n;
	struct checkpoint checkpoint;
	struct suite_set suites; /* those that the log's configs name, as published */
	struct catalogue_set catalogues;
	const struct catalogue *catalogue; /* that the rules name */
	struct rules rules;
	unsigned int rules_n; /* configs that were settled: each changes suites, rules, catalogue */
	struct book book;
	int threads_n;
	uint64_t until;                  /* leaves from here on are not settled; 0: all are */
	uint8_t until_root[SHA256_SIZE]; /* the root of those before, once they are gone through */
	/* Called for each leaf that was settled, unless NULL; false without memory. */
	bool (*observe)(void *observer, const struct audit *a, const struct audit_leaf *l);
	void *observer;
	uint64_t withheld_n, void_n, unreadable_n;
	uint64_t cells_n, submitters_n; /* compared with documents */
};

/* Open the log that is read from `where`, an address or a folder, or from the pinned server (NULL),
 * by the options --vkey, --keep and --threads. Fails as home_find(), pin_need(),
 * log_source_open(). */
bool audit_open(const struct args *args, const char *where, struct audit *a, struct problem *p)
    __attribute__((warn_unused_result));

/* Read and check the checkpoint. Fails as checkpoint_open(). */
bool audit_begin(struct audit *a, struct problem *p) __attribute__((warn_unused_result));

/* Go through the log: entries against statements, signatures, tiles, the root; settle each leaf in
 * order. Fails with FAULT_BREACH, whose path names the leaf or file; as log_source_read(). */
bool audit_walk(struct audit *a, struct problem *p) __attribute__((warn_unused_result));

/* Look at a leaf by what is in force now, before its turn and without the book: fills l->view. Of
 * the audit only what configs change is read. */
void audit_look(const struct audit *a, struct audit_leaf *l);

/* Settle the next leaf in the book. Fails with FAULT_BREACH, FAULT_NO_MEMORY. */
bool audit_settle(struct audit *a, const struct audit_leaf *l, struct problem *p)
    __attribute__((warn_unused_result));

/* Tell whether the documents are of the very log that the checkpoint covers: a busy server's are
 * behind or ahead at most moments, and then say nothing against it. */
bool audit_documents_fit(struct audit *a, bool *fit, struct problem *p)
    __attribute__((warn_unused_result));

/* Compare what is published of submitters and cells with what the book says: words and integers
 * exactly, reals within 1e-9 of their size. Fails with FAULT_BREACH. */
bool audit_documents(struct audit *a, struct problem *p) __attribute__((warn_unused_result));

/* The same of every page of runs: each submission once, its state, verdict and numbers. */
bool audit_runs(struct audit *a, struct problem *p) __attribute__((warn_unused_result));

/* Read a document by its path below data/v1/; where is its whole path, for faults. Returns new. */
json_t *audit_document(struct audit *a, const char *name, char where[300], struct problem *p);

/* Tell whether two values are the same, reals within 1e-9 of their size. told may be NULL. */
bool audit_same(const json_t *own, const json_t *told);

/* Fill p with a breach and return false. */
bool audit_breach(struct problem *p, const char *where, const char *expected, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

void audit_clear(struct audit *a);

#endif
