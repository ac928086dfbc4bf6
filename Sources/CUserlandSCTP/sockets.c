// Without the package trait this target is empty, so that a build without it needs no usrsctp.
#ifdef USERLAND_SCTP

#define _GNU_SOURCE
#define INET 1
#define INET6 1
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <usrsctp.h>

#include "internal.h"

socklen_t userland_write_address(const userland_address *address, socket_address *result) {
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

void userland_read_ipv6(const struct in6_addr *ip, userland_address *result) {
    result->is_ipv6 = true;
    result->high = result->low = 0;
    for (int i = 0; i < 8; i++) {
        result->high = result->high << 8 | ip->s6_addr[i];
        result->low = result->low << 8 | ip->s6_addr[8 + i];
    }
}

void userland_read_ipv4(const struct in_addr *ip, userland_address *result) {
    result->is_ipv6 = false;
    result->high = 0;
    result->low = ntohl(ip->s_addr);
}

void userland_read_address(const socket_address *address, userland_address *result) {
    if (address->any.sa_family == AF_INET6) {
        userland_read_ipv6(&address->v6.sin6_addr, result);
        result->port = ntohs(address->v6.sin6_port);
    } else {
        userland_read_ipv4(&address->v4.sin_addr, result);
        result->port = ntohs(address->v4.sin_port);
    }
}

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
    socklen_t length = userland_write_address(address, &name);
    int descriptor = socket(name.any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    if (set_udp_options(descriptor, address->is_ipv6) == 0 && bind(descriptor, &name.any, length) == 0 &&
        getsockname(descriptor, &name.any, &length) == 0) {
        userland_address bound;
        userland_read_address(&name, &bound);
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
    socklen_t length = userland_write_address(remote, &name);
    userland_write_address(local, &source);
    int descriptor = socket(name.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return errno;
    int error = 0;
    if (bind(descriptor, &source.any, length) != 0 || connect(descriptor, &name.any, length) != 0 ||
        getsockname(descriptor, &source.any, &length) != 0) error = errno;
    else userland_read_address(&source, local);
    close(descriptor);
    return error;
}

#endif
