/* options.h — every setting of the server, from one table.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_OPTIONS_H
#define ASSAYD_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "fault.h"

/* Read-only once the threads run. Text is owned by the options. */
struct options {
	char *config;
	char *listen;
	char *database;
	char *migrate_database;
	char *origin;
	char *published;
	char *webroot;
	char *suites;
	char *sql;
	char *terms;
	char *statement_key;
	char *root_keys;
	char *log_vkey;
	char *log_key;
	char *signer_state;
	char *signer_socket;
	char *log_level;
	char *trusted_proxies;
	int64_t pow_bits;
	int64_t watches_max_n;
	int64_t workers_n;
	bool lead;
	bool metrics;
	int64_t connections_max_n;
	int64_t bodies_max_bytes;
	int64_t evidence_submission_max_bytes;
	int64_t evidence_day_max_bytes;
	int64_t evidence_max_bytes;
	int64_t head_max_bytes;
	int64_t head_fields_max_n;
	int64_t head_deadline_ms;
	int64_t body_deadline_ms;
	int64_t idle_ms;
	int64_t write_stall_ms;
	int64_t linger_ms;
	int64_t cache_max_bytes;
	int64_t cache_file_max_bytes;
	int64_t db_queue_max_n;
	int64_t db_deadline_ms;
	int64_t db_retry_max_ms;
	int64_t publish_interval_ms;
	int64_t drain_ms;
	int64_t address_rate_n;
	int64_t address_burst_n;
	int64_t submitter_rate_n;
	int64_t unknown_key_rate_n;
	/* how they were read, for options_reread(); borrowed */
	int argc, first;
	char **argv;
	struct options *older; /* what a reload replaced; serve.c */
};

/* Fill from defaults, then the file named by --config or ASSAYD_CONFIG, then ASSAYD_* environment,
 * then argv[first…]. Words that are not flags are left at argv[*rest_first…] in order.
 * Fails with FAULT_OPTION; path names the flag, variable, or file and line. */
bool options_read(struct options *o, int argc, char **argv, int first, int *rest_first,
    struct fault *f) __attribute__((warn_unused_result));

/* Read them again the same way as `old`. tell() hears of each that changed; those that are not live
 * keep their old value. options_clear(fresh) in any case. Fails as options_read(). */
bool options_reread(struct options *old, struct options *fresh,
    void (*tell)(const char *name, bool live), struct fault *f) __attribute__((warn_unused_result));

void options_clear(struct options *o);

/* Print the table: --help text, or the present values in the file's form. Secrets do not occur. */
void options_print_help(FILE *out);
void options_print(const struct options *o, FILE *out);
void options_print_man(FILE *out);

#endif
