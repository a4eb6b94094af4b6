/* address.c — addresses of the network, one or a range, as bytes and in text.
 * SPDX-License-Identifier: Apache-2.0 */
#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define MAPPED_BITS 96 /* of ::ffff:0:0/96, where IPv4 addresses stand in IPv6 */

static const uint8_t mapped[ADDRESS_BYTES] = {[10] = 0xff, [11] = 0xff};

static bool
is_v4(const uint8_t bytes[ADDRESS_BYTES])
{
	return memcmp(bytes, mapped, MAPPED_BITS / 8) == 0;
}

static void
set_v4(struct address *a, const struct in_addr *v4)
{
	memcpy(a->bytes, mapped, ADDRESS_BYTES);
	memcpy(a->bytes + MAPPED_BITS / 8, v4, sizeof(*v4));
}

static void
print(struct address *a)
{
	if (is_v4(a->bytes))
		inet_ntop(AF_INET, a->bytes + MAPPED_BITS / 8, a->text, sizeof(a->text));
	else
		inet_ntop(AF_INET6, a->bytes, a->text, sizeof(a->text));
}

/* ---- sockets ---- */

/* Returns the port, -1 if it is no address of the network. */
static int
from_socket(const struct sockaddr_storage *at, struct address *out)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)at;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)at;

	*out = (struct address){.text = "unknown"};
	if (at->ss_family == AF_INET)
		set_v4(out, &v4->sin_addr);
	else if (at->ss_family == AF_INET6)
		memcpy(out->bytes, &v6->sin6_addr, ADDRESS_BYTES);
	else
		return -1;
	print(out);
	return ntohs(at->ss_family == AF_INET ? v4->sin_port : v6->sin6_port);
}

void
address_of_peer(int fd, struct address *out)
{
	struct sockaddr_storage at = {.ss_family = AF_UNSPEC};
	socklen_t n = sizeof(at);

	if (getpeername(fd, (struct sockaddr *)&at, &n) != 0)
		at.ss_family = AF_UNSPEC;
	from_socket(&at, out);
}

void
address_print_local(int fd, char *out, size_t room)
{
	struct sockaddr_storage at = {.ss_family = AF_UNSPEC};
	socklen_t n = sizeof(at);
	struct address a;
	int port;

	if (getsockname(fd, (struct sockaddr *)&at, &n) != 0)
		at.ss_family = AF_UNSPEC;
	port = from_socket(&at, &a);
	snprintf(out, room, at.ss_family == AF_INET6 ? "[%s]:%d" : "%s:%d", a.text, port);
}

/* ---- text ---- */

bool
address_read(const char *s, size_t n, struct address *out)
{
	char text[ADDRESS_SIZE];
	struct in_addr v4;

	if (n == 0 || n >= sizeof(text) || memchr(s, 0, n) != NULL)
		return false;
	memcpy(text, s, n);
	text[n] = 0;
	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &v4) == 1)
		set_v4(out, &v4);
	else if (inet_pton(AF_INET6, text, out->bytes) != 1)
		return false;
	print(out);
	return true;
}

void
address_network(const struct address *a, uint8_t out[ADDRESS_BYTES])
{
	memcpy(out, a->bytes, ADDRESS_BYTES);
	if (!is_v4(a->bytes))
		memset(out + 8, 0, ADDRESS_BYTES - 8);
}

/* ---- ranges ---- */

static bool
same_bits(const uint8_t *a, const uint8_t *b, int bits)
{
	int rest = bits % 8;

	return memcmp(a, b, (size_t)(bits / 8)) == 0 &&
	       (rest == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0);
}

static bool
has_bits_behind(const uint8_t bytes[ADDRESS_BYTES], int bits)
{
	for (int i = bits; i < ADDRESS_BYTES * 8; i++)
		if (bytes[i / 8] & 0x80 >> i % 8)
			return true;
	return false;
}

/* At most three digits, nothing else. */
static bool
read_bits(const char *s, size_t n, int most, int *out)
{
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		*out = *out * 10 + (s[i] - '0');
	}
	return n >= 1 && n <= 3 && *out <= most;
}

static bool
read_range(const char *s, size_t n, struct address_range *out)
{
	const char *slash = memchr(s, '/', n);
	size_t address_n = slash != NULL ? (size_t)(slash - s) : n;
	struct address a;
	int most, bits;

	if (!address_read(s, address_n, &a))
		return false;
	/* a mapped address that is written out as IPv6 counts its bits as IPv6 */
	most = memchr(s, ':', address_n) != NULL ? 128 : 32;
	bits = most;
	if (slash != NULL && !read_bits(slash + 1, n - address_n - 1, most, &bits))
		return false;
	memcpy(out->bytes, a.bytes, ADDRESS_BYTES);
	out->bits = bits + 128 - most;
	return !has_bits_behind(out->bytes, out->bits);
}

bool
address_ranges_read(const char *s, const char *where, struct address_ranges *out, struct fault *f)
{
	static const char apart[] = ", \t";

	out->n = 0;
	for (s += strspn(s, apart); *s != 0; s += strspn(s, apart)) {
		size_t n = strcspn(s, apart);

		if (out->n == ADDRESS_RANGES_MAX)
			return fault_set(f, FAULT_OPTION, where, "at most 64 ranges", "more");
		if (!read_range(s, n, &out->list[out->n++]))
			return fault_set(f, FAULT_OPTION, where,
			    "addresses and ranges like 10.0.0.0/8 or 2001:db8::/32, no bit set "
			    "behind the slash's number",
			    "\"%.*s\"", (int)(n < 80 ? n : 80), s);
		s += n;
	}
	return true;
}

bool
address_ranges_have(const struct address_ranges *ranges, const struct address *a)
{
	int least_bits = is_v4(a->bytes) ? MAPPED_BITS : 0;

	for (size_t i = 0; i < ranges->n; i++)
		if (ranges->list[i].bits >= least_bits &&
		    same_bits(ranges->list[i].bytes, a->bytes, ranges->list[i].bits))
			return true;
	return false;
}
