/* address.h — addresses of the network, one or a range, as bytes and in text.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_ADDRESS_H
#define ASSAYD_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

#define ADDRESS_SIZE 48
#define ADDRESS_BYTES 16
#define ADDRESS_RANGES_MAX 64

/* An IPv6 address; an IPv4 address in its mapped form, however it came, but printed as such. */
struct address {
	uint8_t bytes[ADDRESS_BYTES];
	char text[ADDRESS_SIZE];
};

/* The addresses whose first `bits` bits are these. */
struct address_range {
	uint8_t bytes[ADDRESS_BYTES];
	int bits;
};

struct address_ranges {
	struct address_range list[ADDRESS_RANGES_MAX];
	size_t n;
};

/* Tell the other end of a connection, without port. "unknown" and zeros if it has none. */
void address_of_peer(int fd, struct address *out);

/* Print this end as "ADDRESS:PORT" or "[IPV6]:PORT". */
void address_print_local(int fd, char *out, size_t room);

/* Read an IPv4 or IPv6 address from n bytes that hold nothing else: no port, brackets, zone. */
bool address_read(const char *s, size_t n, struct address *out) __attribute__((warn_unused_result));

/* Cut an address down to what one customer of a provider usually holds: IPv4 whole, IPv6 /64. */
void address_network(const struct address *a, uint8_t out[ADDRESS_BYTES]);

/* Read ranges, apart by commas or blanks: ADDRESS or ADDRESS/BITS, with no bit set behind BITS.
 * Fails with FAULT_OPTION; path is `where`. */
bool address_ranges_read(const char *s, const char *where, struct address_ranges *out,
    struct fault *f) __attribute__((warn_unused_result));

/* Tell whether one of the ranges has it. IPv6 ranges have no IPv4 addresses. */
bool address_ranges_have(const struct address_ranges *ranges, const struct address *a);

#endif
