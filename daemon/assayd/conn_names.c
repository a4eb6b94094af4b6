/* conn_names.c — words for the states of connections and the reasons why they end.
 * SPDX-License-Identifier: Apache-2.0 */
#include "conn.h"

static const char *const state_names[CONN__MAX] = {
    [CONN_IDLE] = "idle",
    [CONN_HEAD] = "head",
    [CONN_BODY] = "body",
    [CONN_HANDLING] = "handling",
    [CONN_WRITING] = "writing",
    [CONN_LINGERING] = "lingering",
    [CONN_ENDED] = "ended",
};

static const char *const end_names[CONN_END__MAX] = {
    [CONN_END_CLIENT_CLOSED] = "client_closed",
    [CONN_END_CLIENT_LEFT] = "client_left",
    [CONN_END_ANSWERED] = "answered",
    [CONN_END_REFUSED] = "refused",
    [CONN_END_IDLE] = "idle",
    [CONN_END_SLOW_REQUEST] = "slow_request",
    [CONN_END_SLOW_READER] = "slow_reader",
    [CONN_END_FILE] = "file",
    [CONN_END_MEMORY] = "memory",
    [CONN_END_DRAINED] = "drained",
    [CONN_END_STOPPED] = "stopped",
};

const char *
conn_state_name(enum conn_state state)
{
	return state_names[state];
}

const char *
conn_end_name(enum conn_end why)
{
	return end_names[why];
}
