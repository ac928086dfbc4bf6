// Without the package trait this target is empty, so that a build without it needs no usrsctp.
#ifdef USERLAND_SCTP

#define _GNU_SOURCE
#define INET 1
#define INET6 1
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <string.h>
#include <usrsctp.h>

#include "internal.h"

enum { control_size = CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct in_pktinfo)) };

userland_packet_counts userland_packet_count;
const userland_packet_counts *userland_counts(void) { return &userland_packet_count; }

static uint8_t input_bytes[userland_batch][userland_maximum_packet];
static socket_address input_names[userland_batch];
static uint8_t input_control[userland_batch][control_size] __attribute__((aligned(8)));
static struct iovec input_vectors[userland_batch];
static struct mmsghdr input_headers[userland_batch];
static userland_packet input_packets[userland_batch];
static bool is_input_packet[userland_batch];

static bool has_right_checksum(uint8_t *bytes, size_t length) {
    uint32_t found;
    memcpy(&found, bytes + 8, 4);
    memset(bytes + 8, 0, 4);
    return userland_checksum(bytes, length) == found;
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
            userland_read_ipv4(&info.ipi_addr, destination);
        } else if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(item), sizeof(info));
            userland_read_ipv6(&info.ipi6_addr, destination);
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
    // A pending ICMP error is reported once in place of packets; what came before it must be read first, as an ABORT.
    if (count < 0 && errno != EAGAIN) count = recvmmsg(descriptor, input_headers, userland_batch, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++) {
        userland_packet *packet = &input_packets[i];
        size_t length = input_headers[i].msg_len;
        is_input_packet[i] = false;
        userland_packet_count.received++;
        if (length < shortest_packet) {
            userland_packet_count.too_short++;
        } else if (!has_right_checksum(input_bytes[i], length)) {
            userland_packet_count.wrong_checksum++;
        } else {
            read_header(input_bytes[i], length, packet);
            userland_read_address(&input_names[i], &packet->source);
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
            userland_read_address(&name, remote);
            read_header(bytes, (size_t)length, packet);
            return true;
        }
    }
}

#endif
