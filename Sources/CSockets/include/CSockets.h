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
/// say so too. With `tells_errors` socket_take_error has what became of what was sent.
int socket_open_datagram(socket_place *place, bool is_shared, bool tells_errors);
/// Takes a group's datagrams from one interface.
int socket_join(int descriptor, const socket_place *group, uint32_t interface);
/// Which interface multicast leaves by, and for IPv4 from which address (0: the interface's).
int socket_set_multicast_interface(int descriptor, bool is_ipv6, uint32_t interface, uint32_t ipv4_source);
/// How far multicast goes (1: the link), whether this host hears it too, and that only own groups are heard.
int socket_set_multicast_options(int descriptor, bool is_ipv6, uint8_t hops, bool is_looped_back);
ssize_t socket_send_to(int descriptor, const void *bytes, size_t length, const socket_place *destination);
/// Returns the datagram's whole length, which may be more than `capacity`.
ssize_t socket_receive_from(int descriptor, void *bytes, size_t capacity, socket_place *source);
/// Takes one error off the socket's queue, such as that nobody is at a port that was sent to: 1 with the place and the error's
/// number (positive), 0 where there is none.
int socket_take_error(int descriptor, socket_place *destination, int *error);

// --- TCP

/// A bound TCP socket that does not listen yet; `place->port` becomes the port bound. Buffers are in bytes.
int socket_open_stream(socket_place *place, int send_buffer, int receive_buffer);
int socket_listen(int descriptor, int backlog);
int socket_accept(int descriptor, socket_place *peer);
/// Starts connecting from a local place, or with NULL from any; the descriptor gets writable when that has an outcome.
int socket_connect(const socket_place *local, const socket_place *peer, int send_buffer, int receive_buffer);
/// Connects to a socket of this host by its path of `length` bytes; has an outcome at once.
int socket_connect_local(const char *path, size_t length);
/// The outcome of connecting, or what broke a connection: 0 or a positive errno.
int socket_error(int descriptor);
ssize_t socket_read(int descriptor, void *bytes, size_t capacity);
ssize_t socket_write(int descriptor, const void *bytes, size_t length);
/// Sends the end of the stream; reading goes on.
int socket_end_sending(int descriptor);
/// Closes and lets the peer know that it was not in order.
void socket_reset(int descriptor);
/// Finds out whether a silent peer is there: first probe, further probes, how many, and how long what was sent may go without
/// an answer, in milliseconds; `idle` 0 sends no probes.
int socket_set_supervision(int descriptor, int idle, int interval, int probes, int unanswered);
/// Smoothed round-trip time in microseconds.
int socket_round_trip_time(int descriptor, uint32_t *microseconds);

// --- Sockets of this host, by their paths of `length` bytes

/// Which file a path named, so that another one that takes its place is left alone.
typedef struct {
    uint64_t device, number;
} socket_file;

/// A listening socket that the own user alone may connect to. The file of one that nobody listens at any more is replaced.
int socket_open_local(const char *path, size_t length, int backlog, socket_file *file);
int socket_accept_local(int descriptor);
/// Removes the file of a listening socket, unless another one has taken its place.
void socket_remove_local(const char *path, size_t length, const socket_file *file);
