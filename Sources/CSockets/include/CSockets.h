// UDP and TCP sockets for Swift, with addresses as plain numbers: no sockaddr, no cmsghdr, no variadic call crosses this header.
// Every function that can fail returns a negated errno for it. Descriptors are non-blocking and closed on exec.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// An IP address and a port in host order. IPv4 addresses are in `low`.
typedef struct {
    uint64_t high, low;
    uint32_t interface;  // IPv6 link-local addresses: the interface's number, else 0
    uint16_t port;
    bool is_ipv6;
} socket_place;

// --- Interfaces

typedef struct {
    uint32_t number;
    char name[16];
    bool is_up, is_loopback, has_multicast, has_ipv4, has_ipv6;
    uint32_t ipv4;  // the first address, in host order
} socket_interface;

/// Fills at most `capacity` entries, each interface once, ascending by number; returns how many.
int socket_list_interfaces(socket_interface *interfaces, int capacity);

// --- UDP

/// A bound UDP socket; `place->port` becomes the port bound. With `is_shared` other sockets may have the same place, if they
/// say so too.
int socket_open_datagram(socket_place *place, bool is_shared);
/// Takes a group's datagrams from one interface.
int socket_join(int descriptor, const socket_place *group, uint32_t interface);
/// Which interface multicast leaves by, and for IPv4 from which address (0: the interface's).
int socket_set_multicast_interface(int descriptor, bool is_ipv6, uint32_t interface, uint32_t ipv4_source);
/// How far multicast goes (1: the link), whether this host hears it too, and that only own groups are heard.
int socket_set_multicast_options(int descriptor, bool is_ipv6, uint8_t hops, bool is_looped_back);
ssize_t socket_send_to(int descriptor, const void *bytes, size_t length, const socket_place *destination);
/// Returns the datagram's whole length, which may be more than `capacity`.
ssize_t socket_receive_from(int descriptor, void *bytes, size_t capacity, socket_place *source);
