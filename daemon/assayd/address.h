/* address.h — socket addresses in text.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_ADDRESS_H
#define ASSAYD_ADDRESS_H

#include <stddef.h>
#include <sys/socket.h>

#define ADDRESS_SIZE 64

/* Print the other end of a connection, without port; an IPv4 address as such, however it came. */
void address_print_peer(int fd, char out[ADDRESS_SIZE]);

/* Print this end as "ADDRESS:PORT" or "[IPV6]:PORT". */
void address_print_local(int fd, char *out, size_t room);

#endif
