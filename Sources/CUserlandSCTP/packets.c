// Without the package trait this target is empty, so that a build without it needs no usrsctp.
#ifdef USERLAND_SCTP

#define _GNU_SOURCE
#define INET 1
#define INET6 1
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <usrsctp.h>

#include "internal.h"

enum {
    common_header = 12,
    shortest_packet = common_header + 4,  // a packet has at least one chunk
    output_slots = 256,
    output_slot_size = 2048,  // longer than any packet of the stack: see path_payload
    control_size = CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct in_pktinfo)),
};

typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} socket_address;

static userland_packet_counts packet_counts;
const userland_packet_counts *userland_counts(void) { return &packet_counts; }

// --- Addresses

static socklen_t write_address(const userland_address *address, socket_address *result) {
    memset(result, 0, sizeof(*result));
    if (!address->is_ipv6) {
        result->v4.sin_family = AF_INET;
        result->v4.sin_port = htons(address->port);
        result->v4.sin_addr.s_addr = htonl((uint32_t)address->low);
        return sizeof(result->v4);
    }
    result->v6.sin6_family = AF_INET6;
    result->v6.sin6_port = htons(address->port);
    for (int i = 0; i < 8; i++) {
        result->v6.sin6_addr.s6_addr[i] = (uint8_t)(address->high >> (56 - 8 * i));
        result->v6.sin6_addr.s6_addr[8 + i] = (uint8_t)(address->low >> (56 - 8 * i));
    }
    return sizeof(result->v6);
}

static void read_ipv6(const struct in6_addr *ip, userland_address *result) {
    result->is_ipv6 = true;
    result->high = result->low = 0;
    for (int i = 0; i < 8; i++) {
        result->high = result->high << 8 | ip->s6_addr[i];
        result->low = result->low << 8 | ip->s6_addr[8 + i];
    }
}

static void read_ipv4(const struct in_addr *ip, userland_address *result) {
    result->is_ipv6 = false;
    result->high = 0;
    result->low = ntohl(ip->s_addr);
}

static void read_address(const socket_address *address, userland_address *result) {
    if (address->any.sa_family == AF_INET6) {
        read_ipv6(&address->v6.sin6_addr, result);
        result->port = ntohs(address->v6.sin6_port);
    } else {
        read_ipv4(&address->v4.sin_addr, result);
        result->port = ntohs(address->v4.sin_port);
    }
}

// --- Sockets

static int set_udp_options(int descriptor, bool is_ipv6) {
    const int on = 1, buffer = 4 << 20;
    // More than the host allows is cut to what it allows.
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
    if (is_ipv6) {
        const int discover = IPV6_PMTUDISC_DONT;
        if (setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0) return -1;
        if (setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on)) != 0) return -1;
        if (setsockopt(descriptor, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &discover, sizeof(discover)) != 0) return -1;
        return setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
    }
    const int discover = IP_PMTUDISC_DONT;
    if (setsockopt(descriptor, IPPROTO_IP, IP_RECVERR, &on, sizeof(on)) != 0) return -1;
    if (setsockopt(descriptor, IPPROTO_IP, IP_MTU_DISCOVER, &discover, sizeof(discover)) != 0) return -1;
    return setsockopt(descriptor, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
}

int userland_udp_open(userland_address *address) {
    socket_address name;
    socklen_t length = write_address(address, &name);
    int descriptor = socket(name.any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    if (set_udp_options(descriptor, address->is_ipv6) == 0 && bind(descriptor, &name.any, length) == 0 &&
        getsockname(descriptor, &name.any, &length) == 0) {
        userland_address bound;
        read_address(&name, &bound);
        address->port = bound.port;
        return descriptor;
    }
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

int userland_udp_source(const userland_address *remote, userland_address *local) {
    socket_address name, source;
    socklen_t length = write_address(remote, &name);
    write_address(local, &source);
    int descriptor = socket(name.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return errno;
    int error = 0;
    if (bind(descriptor, &source.any, length) != 0 || connect(descriptor, &name.any, length) != 0 ||
        getsockname(descriptor, &source.any, &length) != 0) error = errno;
    else read_address(&source, local);
    close(descriptor);
    return error;
}

// --- Input

static uint8_t input_bytes[userland_batch][userland_maximum_packet];
static socket_address input_names[userland_batch];
static uint8_t input_control[userland_batch][control_size] __attribute__((aligned(8)));
static struct iovec input_vectors[userland_batch];
static struct mmsghdr input_headers[userland_batch];
static userland_packet input_packets[userland_batch];
static bool is_input_packet[userland_batch];

static uint16_t read_16(const uint8_t *bytes) { return (uint16_t)(bytes[0] << 8 | bytes[1]); }

static void write_16(uint8_t *bytes, uint16_t value) {
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

static bool has_right_checksum(uint8_t *bytes, size_t length) {
    uint32_t found;
    memcpy(&found, bytes + 8, 4);
    memset(bytes + 8, 0, 4);
    return usrsctp_crc32c(bytes, length) == found;
}

void userland_seal(uint8_t *bytes, size_t length) {
    memset(bytes + 8, 0, 4);
    uint32_t checksum = usrsctp_crc32c(bytes, length);
    memcpy(bytes + 8, &checksum, 4);
}

static void read_header(const uint8_t *bytes, size_t length, userland_packet *packet) {
    packet->length = length;
    packet->source_port = read_16(bytes);
    packet->destination_port = read_16(bytes + 2);
    memcpy(&packet->verification_tag, bytes + 4, 4);
    packet->initiate_tag = 0;
    // An INIT is chunk type 1, alone in a packet with tag 0; the tag that it proposes comes first after the chunk's header.
    if (packet->verification_tag == 0 && bytes[common_header] == 1 && length >= common_header + 8)
        memcpy(&packet->initiate_tag, bytes + common_header + 4, 4);
}

static void read_destination(struct msghdr *header, userland_address *destination) {
    memset(destination, 0, sizeof(*destination));
    for (struct cmsghdr *item = CMSG_FIRSTHDR(header); item != NULL; item = CMSG_NXTHDR(header, item)) {
        if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(item), sizeof(info));
            read_ipv4(&info.ipi_addr, destination);
        } else if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(item), sizeof(info));
            read_ipv6(&info.ipi6_addr, destination);
        }
    }
}

int userland_udp_receive(int descriptor) {
    for (int i = 0; i < userland_batch; i++) {
        input_vectors[i] = (struct iovec){input_bytes[i], userland_maximum_packet};
        input_headers[i].msg_hdr = (struct msghdr){
            .msg_name = &input_names[i],
            .msg_namelen = sizeof(input_names[i]),
            .msg_iov = &input_vectors[i],
            .msg_iovlen = 1,
            .msg_control = input_control[i],
            .msg_controllen = control_size,
        };
    }
    int count = recvmmsg(descriptor, input_headers, userland_batch, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++) {
        userland_packet *packet = &input_packets[i];
        size_t length = input_headers[i].msg_len;
        is_input_packet[i] = false;
        packet_counts.received++;
        if (length < shortest_packet) {
            packet_counts.too_short++;
        } else if (!has_right_checksum(input_bytes[i], length)) {
            packet_counts.wrong_checksum++;
        } else {
            read_header(input_bytes[i], length, packet);
            read_address(&input_names[i], &packet->source);
            read_destination(&input_headers[i].msg_hdr, &packet->destination);
            is_input_packet[i] = true;
        }
    }
    return count;
}

bool userland_udp_packet(int index, userland_packet *packet) {
    if (is_input_packet[index]) *packet = input_packets[index];
    return is_input_packet[index];
}

void userland_deliver(int index, uint16_t internal_port, uint16_t peer) {
    write_16(input_bytes[index], peer);
    write_16(input_bytes[index] + 2, internal_port);
    userland_input(input_bytes[index], input_packets[index].length);
}

static bool is_port_unreachable(const struct sock_extended_err *error) {
    return error->ee_errno == ECONNREFUSED && (error->ee_origin == SO_EE_ORIGIN_ICMP || error->ee_origin == SO_EE_ORIGIN_ICMP6);
}

bool userland_udp_unreachable(int descriptor, userland_address *remote, userland_packet *packet) {
    static uint8_t bytes[userland_maximum_packet];
    for (;;) {
        socket_address name;
        uint8_t control[512] __attribute__((aligned(8)));
        struct iovec vector = {bytes, sizeof(bytes)};
        struct msghdr header = {
            .msg_name = &name,
            .msg_namelen = sizeof(name),
            .msg_iov = &vector,
            .msg_iovlen = 1,
            .msg_control = control,
            .msg_controllen = sizeof(control),
        };
        ssize_t length = recvmsg(descriptor, &header, MSG_ERRQUEUE | MSG_DONTWAIT);
        if (length < 0) return false;
        for (struct cmsghdr *item = CMSG_FIRSTHDR(&header); item != NULL; item = CMSG_NXTHDR(&header, item)) {
            bool is_error = (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_RECVERR) ||
                            (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_RECVERR);
            if (!is_error || length < shortest_packet) continue;
            struct sock_extended_err error;
            memcpy(&error, CMSG_DATA(item), sizeof(error));
            if (!is_port_unreachable(&error)) continue;
            read_address(&name, remote);
            read_header(bytes, (size_t)length, packet);
            return true;
        }
    }
}

// --- Output

typedef struct {
    bool is_used, has_local;
    uint16_t peer_port;
    int descriptor;
    socklen_t remote_length;
    socket_address remote;
    userland_address local;
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
    entry->remote_length = write_address(remote, &entry->remote);
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
    write_address(local, &address);
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

int userland_output(void *address, void *buffer, size_t length, uint8_t tos, uint8_t set_df) {
    (void)address;
    (void)tos;
    (void)set_df;
    if (length > output_slot_size || length < common_header) {
        packet_counts.not_sent++;
        return 0;
    }
    uint16_t internal_port = read_16(buffer);
    route *entry = find_route(internal_port, read_16((uint8_t *)buffer + 2));
    if (entry == NULL) {
        packet_counts.not_sent++;
        return 0;
    }
    if (output_count == output_slots) userland_flush();
    int slot = output_count++;
    uint8_t *bytes = output_bytes[slot];
    memcpy(bytes, buffer, length);
    write_16(bytes, endpoints[internal_port].external_port);
    write_16(bytes + 2, entry->peer_port);
    userland_seal(bytes, length);
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

bool userland_has_output(void) { return output_count > 0; }

// A pending ICMP error of another packet is reported in place of sending: once it is taken, sending works.
static bool is_pending_error(int error) { return error == ECONNREFUSED || error == EHOSTUNREACH || error == EPROTO; }

static void flush_run(int descriptor, int first, int end) {
    bool was_tried = false;
    while (first < end) {
        int sent = sendmmsg(descriptor, output_headers + first, (unsigned int)(end - first), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0) {
            packet_counts.sent += (uint64_t)sent;
            first += sent;
            was_tried = false;
        } else if (errno == EINTR || (is_pending_error(errno) && !was_tried)) {
            was_tried = errno != EINTR;
        } else {
            // A full socket buffer or a packet that the host refuses: to SCTP it is a lost packet.
            packet_counts.not_sent++;
            first++;
            was_tried = false;
        }
    }
}

void userland_flush(void) {
    int first = 0;
    while (first < output_count) {
        int end = first + 1;
        while (end < output_count && output_descriptors[end] == output_descriptors[first]) end++;
        flush_run(output_descriptors[first], first, end);
        first = end;
    }
    output_count = 0;
}

#endif
