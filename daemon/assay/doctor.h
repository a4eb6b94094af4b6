/* doctor.h — what is well and what is not, with a server and with this machine's own set-up.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_DOCTOR_H
#define ASSAY_DOCTOR_H

#include <jansson.h>

#include "fault.h"

struct args;
struct home;
struct net;
struct pin;

/* Nobody's address (RFC 5737): questions claim to be forwarded for it. */
#define DOCTOR_FOREIGN "192.0.2.1"

enum finding_level { FINDING_OK, FINDING_NOTE, FINDING_WARN, FINDING_WRONG };

/* What was looked at, and what is to be done about it; texts are borrowed. */
struct finding {
	const char *check; /* a stable word for scripts */
	enum finding_level level;
	enum exit_code exit; /* what FINDING_WRONG ends the verb with */
	const char *todo;    /* NULL: nothing */
};

/* Append {check, level, says, do?, exit_code?} to list; fmt is what was found, in plain words. */
void finding_add(json_t *list, struct finding f, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Look at the server at url, a result of net_url(): reached, ready, its log and key, its history
 * (against what home remembers, if pin is of the same log), what stands in front of it. Appends to
 * findings. What a fault keeps it from seeing is a finding too. */
void doctor_look_at_server(
    json_t *findings, const char *url, const struct home *home, const struct pin *pin);

/* Look at what stands in front of a server that was reached: whom it is believed to speak for,
 * security headers, compression. */
void doctor_look_in_front(json_t *findings, struct net *net);

/* Look at key, pin, spool, suites, the programs that measure, and accelerators. */
void doctor_look_at_home(
    json_t *findings, const struct args *a, const struct home *home, const struct pin *pin);

#endif
