/* audit_open.c — which log is gone through, where it is read from, and its checkpoint.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <unistd.h>

#include "args.h"
#include "audit.h"
#include "file.h"
#include "home.h"
#include "pin.h"

bool
audit_open(const struct args *args, const char *where, struct audit *a, struct problem *p)
{
	const char *vkey = args_text(args, "vkey"), *keep = args_text(args, "keep");
	long threads = sysconf(_SC_NPROCESSORS_ONLN);
	struct home home = {0};
	struct pin pin = {0};
	char *kept = NULL;
	bool done = home_find(args, &home, &p->fault) &&
		    args_whole(args, "threads", 1, 64, &threads, &p->fault);

	a->threads_n = (int)threads;
	if (done && (vkey == NULL || where == NULL))
		done = pin_need(&home, &pin, &p->fault);
	if (done && keep == NULL)
		keep = kept = path_join(home.dir, "audit");
	done = done && log_name_read(vkey != NULL ? vkey : pin.vkey, &a->log, &p->fault) &&
	       log_source_open(where != NULL ? where : pin.url, keep, &a->source, p);
	a->source.mirror = args_text(args, "mirror");
	free(kept);
	home_close(&home);
	return done;
}

bool
audit_begin(struct audit *a, struct problem *p)
{
	return log_source_read(&a->source, "log/checkpoint", false, &a->note, &a->note_n, p) &&
	       checkpoint_open(
		   a->note, a->note_n, a->log.origin, a->log.key, &a->checkpoint, &p->fault);
}
