/* run_offer.c — whoever measured is asked whether to send it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "args.h"
#include "deliver.h"
#include "explain.h"
#include "home.h"
#include "measured.h"
#include "pin.h"
#include "run_parts.h"
#include "term.h"

bool
run_offer(struct task *t, struct problem *p)
{
	json_t *files = json_object_get(t->result, "files");
	struct home home = {0};
	struct pin pin;
	bool done;

	if (t->json || !term_can_ask() || json_array_size(files) == 0 ||
	    json_object_get(t->result, "submit") != NULL || args_has(t->args, "offline"))
		return true;
	measured_show(json_object_get(t->result, "measured"), stderr);
	json_object_del(t->result, "measured");
	if (!term_ask("Send it now? What is sent is public and permanent."))
		return true;
	done = home_find(t->args, &home, &p->fault) && pin_need(&home, &pin, &p->fault) &&
	       deliver_after(t, &home, &pin, p);
	home_close(&home);
	return done;
}
