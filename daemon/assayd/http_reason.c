/* http_reason.c — reason phrases of the status codes this server sends.
 * SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

static const struct {
	int status;
	const char *phrase;
} reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {304, "Not Modified"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

#define REASONS_N (sizeof(reasons) / sizeof(*reasons))

_Static_assert(REASONS_N < HTTP_STATUSES_MAX_N, "the last place is for what is not in the table");

const char *
http_reason(int status)
{
	for (size_t i = 0; i < REASONS_N; i++)
		if (reasons[i].status == status)
			return reasons[i].phrase;
	return "Unknown";
}

size_t
http_status_place(int status)
{
	for (size_t i = 0; i < REASONS_N; i++)
		if (reasons[i].status == status)
			return i;
	return HTTP_STATUSES_MAX_N - 1;
}

int
http_status_at(size_t place)
{
	return place < REASONS_N ? reasons[place].status : 0;
}
