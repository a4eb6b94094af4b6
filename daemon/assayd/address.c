/* address.c — socket addresses in text.
 * SPDX-License-Identifier: Apache-2.0 */
#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

/* Print an address; returns its port, -1 if it has none. */
static int
print(const struct sockaddr_storage *at, char out[ADDRESS_SIZE])
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)at;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)at;

	snprintf(out, ADDRESS_SIZE, "unknown");
	if (at->ss_family == AF_INET) {
		inet_ntop(AF_INET, &v4->sin_addr, out, ADDRESS_SIZE);
		return ntohs(v4->sin_port);
	}
	if (at->ss_family != AF_INET6)
		return -1;
	if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], out, ADDRESS_SIZE);
	else
		inet_ntop(AF_INET6, &v6->sin6_addr, out, ADDRESS_SIZE);
	return ntohs(v6->sin6_port);
}

void
address_print_peer(int fd, char out[ADDRESS_SIZE])
{
	struct sockaddr_storage at = {.ss_family = AF_UNSPEC};
	socklen_t n = sizeof(at);

	if (getpeername(fd, (struct sockaddr *)&at, &n) != 0)
		at.ss_family = AF_UNSPEC;
	print(&at, out);
}

void
address_print_local(int fd, char *out, size_t room)
{
	struct sockaddr_storage at = {.ss_family = AF_UNSPEC};
	socklen_t n = sizeof(at);
	char address[ADDRESS_SIZE];
	int port;

	if (getsockname(fd, (struct sockaddr *)&at, &n) != 0)
		at.ss_family = AF_UNSPEC;
	port = print(&at, address);
	snprintf(out, room, at.ss_family == AF_INET6 ? "[%s]:%d" : "%s:%d", address, port);
}
