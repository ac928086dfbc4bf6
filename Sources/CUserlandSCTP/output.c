// Without the package trait this target is empty, so that a build without it needs no usrsctp.
#ifdef USERLAND_SCTP

#define _GNU_SOURCE
#define INET 1
#define INET6 1
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <usrsctp.h>

#include "internal.h"

enum {
    output_slots = 256,
    output_slot_size = 2048,  // longer than any packet of the stack
    control_size = CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct in_pktinfo)),
};

void userland_seal(uint8_t *bytes, size_t length) {
    memset(bytes + 8, 0, 4);
    uint32_t checksum = userland_checksum(bytes, length);
    memcpy(bytes + 8, &checksum, 4);
}

typedef struct {
    bool is_used, has_local;
    uint16_t peer_port;
    int descriptor;
    socklen_t remote_length;
    socket_address remote;
    userland_address local;
    uint64_t latest_flush;  // while it is flush_count, latest_slot has the latest packet to the peer
    int latest_slot;
} route;

typedef struct {
    route *routes;  // by the peer's internal port
    size_t count;
    uint16_t external_port;
} endpoint;

static endpoint endpoints[65536];  // by internal port

static uint8_t output_bytes[output_slots][output_slot_size];
static uint8_t output_control[output_slots][control_size] __attribute__((aligned(8)));
static socket_address output_names[output_slots];
static struct iovec output_vectors[output_slots];
static struct mmsghdr output_headers[output_slots];
static int output_descriptors[output_slots];
static int output_count;
static uint64_t flush_count = 1;
// Which packets in the slots may get more chunks, and of which kind.
static enum { takes_nothing, takes_data, takes_all } output_room[output_slots];

static route *find_route(uint16_t internal_port, uint16_t peer) {
    endpoint *owner = &endpoints[internal_port];
    return peer < owner->count && owner->routes[peer].is_used ? &owner->routes[peer] : NULL;
}

static route *make_route(uint16_t internal_port, uint16_t peer) {
    endpoint *owner = &endpoints[internal_port];
    if (peer >= owner->count) {
        size_t count = owner->count == 0 ? 4 : owner->count;
        while (count <= peer) count *= 2;
        owner->routes = realloc(owner->routes, count * sizeof(route));
        if (owner->routes == NULL) abort();
        memset(owner->routes + owner->count, 0, (count - owner->count) * sizeof(route));
        owner->count = count;
    }
    return &owner->routes[peer];
}

void userland_set_route(uint16_t internal_port, uint16_t peer, int descriptor, const userland_address *remote,
                        uint16_t peer_port, const userland_address *local) {
    route *entry = make_route(internal_port, peer);
    entry->is_used = true;
    entry->peer_port = peer_port;
    entry->descriptor = descriptor;
    entry->remote_length = userland_write_address(remote, &entry->remote);
    entry->has_local = local != NULL;
    if (local != NULL) entry->local = *local;
}

void userland_clear_route(uint16_t internal_port, uint16_t peer) {
    route *entry = find_route(internal_port, peer);
    if (entry != NULL) entry->is_used = false;
}

void userland_clear_routes(uint16_t internal_port) {
    free(endpoints[internal_port].routes);
    endpoints[internal_port] = (endpoint){0};
}

void userland_set_external_port(uint16_t internal_port, uint16_t external_port) {
    endpoints[internal_port].external_port = external_port;
}

static void set_source(struct msghdr *header, uint8_t *control, const userland_address *local) {
    socket_address address;
    userland_write_address(local, &address);
    header->msg_control = control;
    header->msg_controllen = control_size;
    struct cmsghdr *item = CMSG_FIRSTHDR(header);
    if (local->is_ipv6) {
        struct in6_pktinfo info = {.ipi6_addr = address.v6.sin6_addr};
        *item = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(info)), .cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_PKTINFO};
        memcpy(CMSG_DATA(item), &info, sizeof(info));
        header->msg_controllen = CMSG_SPACE(sizeof(info));
    } else {
        struct in_pktinfo info = {.ipi_spec_dst = address.v4.sin_addr};
        *item = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(info)), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO};
        memcpy(CMSG_DATA(item), &info, sizeof(info));
        header->msg_controllen = CMSG_SPACE(sizeof(info));
    }
}

enum { chunk_data = 0, chunk_sack = 3 };

/// What may follow a packet's chunks in the packet: only packets of SACK and DATA take part, with DATA last (RFC 9260 §6.10).
static int room_after(const uint8_t *bytes, size_t length) {
    for (size_t place = common_header; place + 4 <= length;) {
        if (bytes[place] == chunk_data) return takes_data;
        size_t chunk = read_16(bytes + place + 2);
        if (bytes[place] != chunk_sack || chunk < 4) return takes_nothing;
        place += (chunk + 3) & ~(size_t)3;
    }
    return takes_all;
}

/// Adds a packet's chunks to the latest packet to the same peer, if that has not left yet and has room. The stack puts out a
/// packet for each short message, and a packet costs far more than its bytes.
static bool bundle(const route *entry, const uint8_t *bytes, size_t length) {
    if (entry->latest_flush != flush_count) return false;
    int slot = entry->latest_slot, room = output_room[slot];
    size_t before = output_vectors[slot].iov_len;
    if (room == takes_nothing || (room == takes_data && bytes[common_header] != chunk_data)) return false;
    int room_left = room_after(bytes, length);
    if (room_left == takes_nothing || before % 4 != 0 || before + length - common_header > longest_packet) return false;
    if (memcmp(output_bytes[slot] + 4, bytes + 4, 4) != 0) return false;
    memcpy(output_bytes[slot] + before, bytes + common_header, length - common_header);
    output_vectors[slot].iov_len = before + length - common_header;
    output_room[slot] = room_left;
    return true;
}

int userland_output(void *address, void *buffer, size_t length, uint8_t tos, uint8_t set_df) {
    (void)address;
    (void)tos;
    (void)set_df;
    if (length > output_slot_size || length < shortest_packet) {
        userland_packet_count.not_sent++;
        return 0;
    }
    uint16_t internal_port = read_16(buffer);
    route *entry = find_route(internal_port, read_16((uint8_t *)buffer + 2));
    if (entry == NULL) {
        userland_packet_count.not_sent++;
        return 0;
    }
    userland_packet_count.put_out++;
    if (bundle(entry, buffer, length)) return 0;
    if (output_count == output_slots) userland_flush();
    int slot = output_count++;
    uint8_t *bytes = output_bytes[slot];
    memcpy(bytes, buffer, length);
    write_16(bytes, endpoints[internal_port].external_port);
    write_16(bytes + 2, entry->peer_port);
    output_room[slot] = room_after(bytes, length);
    entry->latest_slot = slot;
    entry->latest_flush = flush_count;
    output_names[slot] = entry->remote;
    output_descriptors[slot] = entry->descriptor;
    output_vectors[slot] = (struct iovec){bytes, length};
    output_headers[slot].msg_hdr = (struct msghdr){
        .msg_name = &output_names[slot],
        .msg_namelen = entry->remote_length,
        .msg_iov = &output_vectors[slot],
        .msg_iovlen = 1,
    };
    if (entry->has_local) set_source(&output_headers[slot].msg_hdr, output_control[slot], &entry->local);
    return 0;
}

static void write_abort(uint8_t *bytes, uint16_t source, uint16_t destination, uint32_t tag) {
    memset(bytes, 0, shortest_packet);
    write_16(bytes, source);
    write_16(bytes + 2, destination);
    memcpy(bytes + 4, &tag, 4);
    bytes[common_header] = 6;
    write_16(bytes + common_header + 2, 4);
}

void userland_take_abort(uint16_t internal_port, uint16_t peer, uint32_t local_tag) {
    uint8_t bytes[shortest_packet];
    write_abort(bytes, peer, internal_port, local_tag);
    userland_input(bytes, sizeof(bytes));
}

void userland_send_abort(uint16_t internal_port, uint16_t peer, uint32_t peer_tag) {
    uint8_t bytes[shortest_packet];
    write_abort(bytes, internal_port, peer, peer_tag);
    userland_output(NULL, bytes, sizeof(bytes), 0, 0);
}

void userland_push(uint16_t internal_port, uint16_t peer, uint32_t local_tag) {
    // After each packet from the peer the stack sends what it may, and Nagle's algorithm has no say there. A packet of nothing
    // but padding (RFC 4820) has no other effect.
    uint8_t bytes[shortest_packet] = {0};
    write_16(bytes, peer);
    write_16(bytes + 2, internal_port);
    memcpy(bytes + 4, &local_tag, 4);
    bytes[common_header] = 0x84;
    write_16(bytes + common_header + 2, 4);
    userland_input(bytes, sizeof(bytes));
}

bool userland_has_output(void) { return output_count > 0; }

// A pending ICMP error of another packet is reported in place of sending: once it is taken, sending works.
static bool is_pending_error(int error) { return error == ECONNREFUSED || error == EHOSTUNREACH || error == EPROTO; }

static void flush_run(int descriptor, int first, int end) {
    bool was_tried = false;
    while (first < end) {
        int sent = sendmmsg(descriptor, output_headers + first, (unsigned int)(end - first), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0) {
            userland_packet_count.sent += (uint64_t)sent;
            first += sent;
            was_tried = false;
        } else if (errno == EINTR || (is_pending_error(errno) && !was_tried)) {
            was_tried = errno != EINTR;
        } else {
            // A full socket buffer or a packet that the host refuses: to SCTP it is a lost packet.
            userland_packet_count.not_sent++;
            first++;
            was_tried = false;
        }
    }
}

void userland_flush(void) {
    for (int slot = 0; slot < output_count; slot++) userland_seal(output_bytes[slot], output_vectors[slot].iov_len);
    int first = 0;
    while (first < output_count) {
        int end = first + 1;
        while (end < output_count && output_descriptors[end] == output_descriptors[first]) end++;
        flush_run(output_descriptors[first], first, end);
        first = end;
    }
    output_count = 0;
    flush_count++;
}

#endif
