#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <time.h>

#include <linux/errqueue.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif

static int set(int descriptor, int level, int name, int value) {
    return setsockopt(descriptor, level, name, &value, sizeof(value)) == 0 ? 0 : -errno;
}

int socket_open_datagram(socket_place *place, bool is_shared, bool tells_errors) {
    int descriptor = socket(place->is_ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    if (is_shared && set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1) != 0) return socket_fail(descriptor);
    if (place->is_ipv6 && set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1) != 0) return socket_fail(descriptor);
    if (tells_errors && set(descriptor, place->is_ipv6 ? IPPROTO_IPV6 : IPPROTO_IP,
                            place->is_ipv6 ? IPV6_RECVERR : IP_RECVERR, 1) != 0) return socket_fail(descriptor);
    if (socket_bind(descriptor, place) != 0) return socket_fail(descriptor);
    return descriptor;
}

int socket_join(int descriptor, const socket_place *group, uint32_t interface) {
    socket_name name;
    socket_write_name(group, &name);
    if (group->is_ipv6) {
        struct ipv6_mreq request = {.ipv6mr_multiaddr = name.v6.sin6_addr, .ipv6mr_interface = interface};
        return setsockopt(descriptor, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof(request)) == 0 ? 0 : -errno;
    }
    struct ip_mreqn request = {.imr_multiaddr = name.v4.sin_addr, .imr_ifindex = (int)interface};
    return setsockopt(descriptor, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request)) == 0 ? 0 : -errno;
}

int socket_set_multicast_interface(int descriptor, bool is_ipv6, uint32_t interface, uint32_t ipv4_source) {
    if (is_ipv6) return set(descriptor, IPPROTO_IPV6, IPV6_MULTICAST_IF, (int)interface);
    struct ip_mreqn request = {.imr_address.s_addr = htonl(ipv4_source), .imr_ifindex = (int)interface};
    return setsockopt(descriptor, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof(request)) == 0 ? 0 : -errno;
}

int socket_set_multicast_options(int descriptor, bool is_ipv6, uint8_t hops, bool is_looped_back) {
    int level = is_ipv6 ? IPPROTO_IPV6 : IPPROTO_IP;
    int error = set(descriptor, level, is_ipv6 ? IPV6_MULTICAST_HOPS : IP_MULTICAST_TTL, hops);
    if (error == 0) error = set(descriptor, level, is_ipv6 ? IPV6_MULTICAST_LOOP : IP_MULTICAST_LOOP, is_looped_back);
    if (error != 0) return error;
    // Otherwise a socket hears every group that any program of the host has joined. Kernels before 4.20 have no such option for
    // IPv6; there a socket that is bound to its group hears that group alone anyway.
    error = set(descriptor, level, is_ipv6 ? IPV6_MULTICAST_ALL : IP_MULTICAST_ALL, 0);
    return is_ipv6 && error == -ENOPROTOOPT ? 0 : error;
}

ssize_t socket_send_to(int descriptor, const void *bytes, size_t length, const socket_place *destination) {
    socket_name name;
    socklen_t name_length = socket_write_name(destination, &name);
    ssize_t sent = sendto(descriptor, bytes, length, MSG_NOSIGNAL, &name.any, name_length);
    return sent < 0 ? -errno : sent;
}

ssize_t socket_receive_from(int descriptor, void *bytes, size_t capacity, socket_place *source) {
    socket_name name;
    socklen_t name_length = sizeof(name);
    memset(&name, 0, sizeof(name));
    ssize_t received = recvfrom(descriptor, bytes, capacity, MSG_TRUNC, &name.any, &name_length);
    if (received < 0) return -errno;
    socket_read_name(&name, source);
    return received;
}

int socket_take_error(int descriptor, socket_place *destination, int *error) {
    socket_name name;
    char control[512];
    char payload[1];
    struct iovec vector = {.iov_base = payload, .iov_len = sizeof(payload)};
    struct msghdr message = {.msg_name = &name, .msg_namelen = sizeof(name), .msg_iov = &vector, .msg_iovlen = 1,
                             .msg_control = control, .msg_controllen = sizeof(control)};
    memset(&name, 0, sizeof(name));
    *error = 0;
    if (recvmsg(descriptor, &message, MSG_ERRQUEUE) < 0) return 0;
    socket_read_name(&name, destination);
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
        if ((header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_RECVERR) ||
            (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_RECVERR)) {
            struct sock_extended_err report;
            memcpy(&report, CMSG_DATA(header), sizeof(report));
            *error = (int)report.ee_errno;
        }
    }
    return 1;
}
