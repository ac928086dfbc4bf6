// The kernel's SCTP for Swift: one-to-many sockets (RFC 6458 §3), with own types, so that the system's SCTP headers, which
// contradict those of other stacks, stay out of every importer.
//
// Ports and payload protocol identifiers are in host order. Functions that can fail return the negated errno.
#ifndef C_KERNEL_SCTP_H
#define C_KERNEL_SCTP_H

#include <stdbool.h>
#include <stdint.h>

// An association as the kernel numbers it; numbers come back after an association's end.
typedef int32_t kernel_sctp_number;

// A transport address. An IPv4 address is in the low 32 bits of `low`; `family` is 4 or 6.
struct kernel_sctp_address {
    uint64_t high;
    uint64_t low;
    uint16_t port;
    uint16_t encapsulation_port; // 0: none
    uint8_t family;
};

// RFC 9260 §16; times in milliseconds.
struct kernel_sctp_timing {
    uint32_t initial_timeout;
    uint32_t minimum_timeout;
    uint32_t maximum_timeout;
    uint32_t heartbeat_interval;
    bool has_heartbeats;
    uint16_t association_retransmissions;
    uint16_t path_retransmissions;
};

// MARK: Sockets

// A new socket, non-blocking and closed on exec, with all options that every endpoint needs. `family` is 4 or 6; one for
// IPv6 serves IPv4 too, unless `only_ipv6`. The buffer sizes are in bytes; the kernel may give less, or more.
int kernel_sctp_open(int family, bool only_ipv6, uint32_t send_buffer, uint32_t receive_buffer);
void kernel_sctp_close(int socket);
// Adds one address; the first one's port 0 lets the kernel choose, the others have to have the first one's.
int kernel_sctp_bind(int socket, const struct kernel_sctp_address *address);
int kernel_sctp_listen(int socket, bool is_listening);
// The socket's port; 0 before it is bound.
int kernel_sctp_port(int socket);
// Each stores at most `capacity` addresses and returns how many there are. A peer's primary address comes first.
int kernel_sctp_local_addresses(int socket, struct kernel_sctp_address *addresses, int capacity);
int kernel_sctp_peer_addresses(
    int socket, kernel_sctp_number number, struct kernel_sctp_address *addresses, int capacity);
// Bytes of kernel memory that wait in the socket for sending or acknowledgement, and how many may.
int kernel_sctp_send_memory(int socket, uint32_t *used, uint32_t *limit);
// The UDP port where this network namespace takes encapsulated SCTP (net.sctp.udp_port); 0 for none.
int kernel_sctp_udp_port(void);
// 0 where this host has a route to the address.
int kernel_sctp_check_route(const struct kernel_sctp_address *address);

// MARK: Associations. Number 0 stands for those to come.

// Starts an association; the addresses share a port.
int kernel_sctp_connect(
    int socket, const struct kernel_sctp_address *addresses, int count, kernel_sctp_number *number);
int kernel_sctp_shut_down(int socket, kernel_sctp_number number);
int kernel_sctp_abort(int socket, kernel_sctp_number number);
int kernel_sctp_set_timing(int socket, kernel_sctp_number number, const struct kernel_sctp_timing *timing);
// For associations to come; `maximum_timeout` in milliseconds.
int kernel_sctp_set_initiation(int socket, uint16_t streams, uint16_t retransmissions, uint16_t maximum_timeout);
// The UDP port of a peer: of one of its addresses, or with no address of all.
int kernel_sctp_set_encapsulation_port(
    int socket, kernel_sctp_number number, const struct kernel_sctp_address *address, uint16_t port);
// Asks for kernel_sctp_sender_dry; it comes at once where nothing waits.
int kernel_sctp_watch_sender_dry(int socket, kernel_sctp_number number, bool is_watched);
// The primary path's smoothed round-trip time and its retransmission time-out, in milliseconds.
int kernel_sctp_round_trip(int socket, kernel_sctp_number number, uint32_t *smoothed, uint32_t *timeout);

// MARK: Input

enum { kernel_sctp_batch = 32 };

// A read's result: a message, a notification, or a part of either.
struct kernel_sctp_item {
    const uint8_t *bytes;
    uint32_t length;
    uint32_t payload_protocol;
    kernel_sctp_number number; // 0 in a notification
    uint16_t stream;
    bool is_unordered;
    bool is_notification;
    bool is_last; // false: the rest follows in the association's next item
};

// Buffers for reading up to kernel_sctp_batch items at once.
struct kernel_sctp_input;
struct kernel_sctp_input *kernel_sctp_input_create(void);
void kernel_sctp_input_destroy(struct kernel_sctp_input *input);
// Returns how many items were read: 0 for none. They are valid until the next call.
int kernel_sctp_receive(int socket, struct kernel_sctp_input *input);
struct kernel_sctp_item kernel_sctp_input_item(const struct kernel_sctp_input *input, int index);

enum kernel_sctp_event {
    kernel_sctp_unknown_event,
    kernel_sctp_association_up,
    kernel_sctp_association_restarted,
    kernel_sctp_association_lost,
    kernel_sctp_association_failed,
    kernel_sctp_association_shut_down,
    kernel_sctp_peer_shuts_down,
    kernel_sctp_path_change,
    kernel_sctp_send_failure,
    kernel_sctp_delivery_aborted, // the rest of a message that was delivered in part never comes
    kernel_sctp_sender_dry,       // everything sent was acknowledged
};

enum kernel_sctp_path_state {
    kernel_sctp_path_available,
    kernel_sctp_path_unreachable,
    kernel_sctp_path_removed,
    kernel_sctp_path_added,
    kernel_sctp_path_made_primary,
    kernel_sctp_path_confirmed,
    kernel_sctp_path_potentially_failed,
    kernel_sctp_path_unknown,
};

struct kernel_sctp_notification {
    enum kernel_sctp_event event;
    enum kernel_sctp_path_state path_state;
    struct kernel_sctp_address path;
    kernel_sctp_number number;
    uint16_t error;         // of an association's end: an error cause of RFC 9260 §3.3.10, or 0
    bool has_abort_causes;  // of an association's end: the peer's ABORT said why
    uint16_t inbound_streams;
    uint16_t outbound_streams;
    // A send failure returns one fragment of the message.
    uint32_t data_offset; // where in the notification it starts
    uint32_t payload_protocol;
    uint16_t stream;
    bool is_unordered;
    bool is_first_fragment;
    bool is_last_fragment;
    bool was_sent;
};

// Reads a whole notification; event 0 for one that is too short or not known.
struct kernel_sctp_notification kernel_sctp_parse(const uint8_t *bytes, uint32_t length);

// MARK: Output

// Up to kernel_sctp_batch messages that are given to the kernel in one call.
struct kernel_sctp_output;
struct kernel_sctp_output *kernel_sctp_output_create(void);
void kernel_sctp_output_destroy(struct kernel_sctp_output *output);
// Whether there is room for a message of so many bytes; an empty batch has room for any.
bool kernel_sctp_output_has_room(const struct kernel_sctp_output *output, uint32_t length);
// Copies a message, with number, payload_protocol, stream and is_unordered of `item`, to the end of the batch; false where
// there is no room, or no memory. `asks_for_acknowledgement` makes the peer acknowledge at
// once (RFC 7053).
bool kernel_sctp_output_add(
    struct kernel_sctp_output *output, const struct kernel_sctp_item *item, bool asks_for_acknowledgement);
int kernel_sctp_output_count(const struct kernel_sctp_output *output);
struct kernel_sctp_item kernel_sctp_output_item(const struct kernel_sctp_output *output, int index);
// Gives the kernel the messages from `first` on, and returns how many it took; an error concerns the message at `first`.
int kernel_sctp_output_send(int socket, struct kernel_sctp_output *output, int first);
void kernel_sctp_output_clear(struct kernel_sctp_output *output);

#endif
