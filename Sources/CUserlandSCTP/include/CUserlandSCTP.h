// The thinnest layer over libusrsctp and the UDP sockets that carry its packets.
//
// usrsctp runs without threads of its own in our code: every function here is called on one thread, the owner's, and the only
// call-back, for outgoing packets, stays inside this target and merely queues. usrsctp sees one address only, its own, and tells
// endpoints and peers apart by internal ports: one per endpoint, and per endpoint one for each of its peers. Packets get the
// ports of the wire when they leave and internal ones when they come in.
// No type of <usrsctp.h> appears, because its structs clash with those of <netinet/sctp.h>.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// An IP address and a UDP port in host order. IPv4 addresses are in `low`.
typedef struct {
    uint64_t high, low;
    uint16_t port;
    bool is_ipv6;
} userland_address;

// --- The stack (stack.c)

typedef struct socket userland_socket;

typedef struct {
    uint32_t rto_initial, rto_minimum, rto_maximum;  // milliseconds
    uint32_t heartbeat_interval;                     // milliseconds; 0 sends none
    uint16_t association_retransmissions, path_retransmissions, init_retransmissions;
} userland_timing;

typedef struct {
    uint16_t internal_port;  // unique in the process; the port on the wire is set by userland_set_external_port
    bool is_listening;
    uint16_t streams;
    uint32_t receive_buffer, send_buffer;  // bytes per association
    userland_timing timing;
} userland_options;

typedef enum {
    userland_event_nothing,  // the socket has no more to tell
    userland_event_message,
    userland_event_up,
    userland_event_restarted,
    userland_event_lost,
    userland_event_failed,
    userland_event_shut_down,
    userland_event_peer_is_closing,
    userland_event_send_failed,
    userland_event_path,
    userland_event_partial_delivery_aborted,
    userland_event_other,
} userland_event_kind;

typedef enum {
    userland_path_available,
    userland_path_unreachable,
    userland_path_removed,
    userland_path_added,
    userland_path_made_primary,
    userland_path_confirmed,
} userland_path_state;

typedef struct {
    userland_event_kind kind;
    uint32_t association;
    uint16_t peer;  // the peer's internal port; not in send_failed
    size_t length;       // message, send_failed: of userland_event_bytes()
    bool is_complete;  // message: the last or only part
    bool is_unordered;
    uint16_t stream;
    uint32_t payload_protocol;  // host order
    uint32_t context;           // send_failed: as given to userland_send
    bool was_sent;              // send_failed: at least a part was on the wire
    bool is_fragment;           // send_failed: a part of a message; more follow with the same context
    uint16_t inbound_streams, outbound_streams;  // up, restarted
    bool aborted_by_peer;                        // lost, failed
    int32_t error;                               // lost, failed: SCTP cause code, 0 if none
    userland_path_state path_state;
} userland_event;

/// Starts the stack: once per process.
void userland_start(void);
/// Tells the stack that time has passed; its timers run from within.
void userland_handle_timers(uint32_t elapsed_milliseconds);
/// A bound one-to-many socket, or NULL with errno set.
userland_socket *userland_open(const userland_options *options);
void userland_close(userland_socket *socket);
/// The functions below return 0 or an errno.
int userland_connect(userland_socket *socket, uint16_t peer, uint32_t *association);
/// Queues a message; of what is queued, at least whole packets are put out, and the rest with userland_push.
int userland_send(userland_socket *socket, uint32_t association, const void *bytes, size_t length, uint16_t stream,
                  uint32_t payload_protocol, bool is_unordered, uint32_t context);
int userland_shut_down(userland_socket *socket, uint32_t association);
int userland_abort(userland_socket *socket, uint32_t association);
/// For one association, or with 0 for all later ones.
int userland_set_timing(userland_socket *socket, uint32_t association, const userland_timing *timing);
int userland_get_tags(userland_socket *socket, uint32_t association, uint32_t *local, uint32_t *peer);
int userland_get_queued_bytes(userland_socket *socket, uint32_t association, uint32_t *bytes);
/// Smoothed round-trip time in milliseconds.
int userland_get_round_trip_time(userland_socket *socket, uint32_t association, uint32_t *milliseconds);
/// Whether both sides have agreed on the association, and neither is closing it.
bool userland_is_established(userland_socket *socket, uint32_t association);
/// Takes the next event off the socket; false when there is none.
bool userland_receive(userland_socket *socket, userland_event *event);
/// What the last event brought; valid until the next call of userland_receive.
const uint8_t *userland_event_bytes(void);
/// Associations in the stack, those being closed included.
uint32_t userland_association_count(void);
uint32_t userland_endpoint_count(void);

// --- Packets (sockets.c, input.c, output.c)

enum { userland_batch = 32, userland_maximum_packet = 65536 };

/// A datagram that is an SCTP packet by its length and checksum.
typedef struct {
    size_t length;
    userland_address source;
    userland_address destination;  // the local address; its port is 0
    uint32_t verification_tag;     // as it is on the wire, not byte-swapped
    uint16_t source_port, destination_port;  // SCTP, host order
    uint32_t initiate_tag;                   // of an INIT, as it is on the wire; 0 in other packets
} userland_packet;

typedef struct {
    uint64_t received, sent;
    uint64_t put_out;                    // by the stack: several may be sent as one
    uint64_t too_short, wrong_checksum;  // dropped on input
    uint64_t not_sent;                   // dropped on output: no such peer any more, or the host refused
} userland_packet_counts;

/// A non-blocking UDP socket bound to the address; -1 and errno on failure. `address->port` becomes the port bound.
int userland_udp_open(userland_address *address);
/// Which local address the host would use towards `remote`, given the address bound, or 0 for any: 0 or an errno.
int userland_udp_source(const userland_address *remote, userland_address *local);
/// Receives up to `userland_batch` datagrams; the number taken off the socket, or -1 if there are none.
int userland_udp_receive(int descriptor);
/// The packet at `index` of the last batch; false if it was dropped.
bool userland_udp_packet(int index, userland_packet *packet);
/// Takes one ICMP "port unreachable" off the socket's error queue. `packet` holds what had been sent; false when none is left.
bool userland_udp_unreachable(int descriptor, userland_address *remote, userland_packet *packet);
/// Tells where packets to a peer go: the socket, the remote address, the peer's SCTP port, and, for sockets bound to every address,
/// the local one. Peers are numbered from 1 without great gaps.
void userland_set_route(uint16_t internal_port, uint16_t peer, int descriptor, const userland_address *remote,
                        uint16_t peer_port, const userland_address *local);
void userland_clear_route(uint16_t internal_port, uint16_t peer);
/// Forgets an endpoint's peers.
void userland_clear_routes(uint16_t internal_port);
/// The port on the wire for an internal port.
void userland_set_external_port(uint16_t internal_port, uint16_t external_port);
/// Gives the packet at `index` of the last batch its internal ports, and hands it to the stack.
void userland_deliver(int index, uint16_t internal_port, uint16_t peer);
/// Ends an association as an ABORT of its peer would: the stack itself aborts none that is not up yet. Tags as on the wire.
void userland_take_abort(uint16_t internal_port, uint16_t peer, uint32_t local_tag);
/// Sends an ABORT to a peer.
void userland_send_abort(uint16_t internal_port, uint16_t peer, uint32_t peer_tag);
/// Lets the stack put out what userland_send left queued for an association, as far as the peer and congestion control let it.
/// Not for an association that is not established yet: the stack would send DATA before the peer may take it. The tag as on the
/// wire.
void userland_push(uint16_t internal_port, uint16_t peer, uint32_t local_tag);
/// Sends what the stack has put out.
void userland_flush(void);
bool userland_has_output(void);
const userland_packet_counts *userland_counts(void);

/// Puts the checksum into a packet: for tests that make packets of their own.
void userland_seal(uint8_t *bytes, size_t length);
/// CRC32c as it stands in a packet (RFC 9260 §6.8, Appendix A), by the processor's instruction where it has one.
uint32_t userland_checksum(uint8_t *bytes, size_t length);
/// The same by usrsctp's tables.
uint32_t userland_plain_checksum(uint8_t *bytes, size_t length);
