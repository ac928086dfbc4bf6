#define _GNU_SOURCE
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "internal.h"

static int set(int descriptor, int level, int name, int value) {
    return setsockopt(descriptor, level, name, &value, sizeof(value)) == 0 ? 0 : -errno;
}

// A socket of the place's family. Buffers are set before a connection, since they decide which windows are offered; the host
// cuts what is too much.
static int open_stream(bool is_ipv6, int send_buffer, int receive_buffer) {
    int descriptor = socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    set(descriptor, SOL_SOCKET, SO_SNDBUF, send_buffer);
    set(descriptor, SOL_SOCKET, SO_RCVBUF, receive_buffer);
    if (is_ipv6 && set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1) != 0) return socket_fail(descriptor);
    // Messages are what is written; they must not wait for each other's acknowledgements.
    if (set(descriptor, IPPROTO_TCP, TCP_NODELAY, 1) != 0) return socket_fail(descriptor);
    return descriptor;
}

int socket_open_stream(socket_place *place, int send_buffer, int receive_buffer) {
    int descriptor = open_stream(place->is_ipv6, send_buffer, receive_buffer);
    if (descriptor < 0) return descriptor;
    // Connections of an earlier program that are waiting for their end do not keep the port.
    if (set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1) != 0) return socket_fail(descriptor);
    if (socket_bind(descriptor, place) != 0) return socket_fail(descriptor);
    return descriptor;
}

int socket_listen(int descriptor, int backlog) { return listen(descriptor, backlog) == 0 ? 0 : -errno; }

int socket_accept(int descriptor, socket_place *peer) {
    socket_name name;
    socklen_t length = sizeof(name);
    memset(&name, 0, sizeof(name));
    int accepted = accept4(descriptor, &name.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted < 0) return -errno;
    socket_read_name(&name, peer);
    set(accepted, IPPROTO_TCP, TCP_NODELAY, 1);
    return accepted;
}

int socket_connect(const socket_place *local, const socket_place *peer, int send_buffer, int receive_buffer) {
    int descriptor = open_stream(peer->is_ipv6, send_buffer, receive_buffer);
    if (descriptor < 0) return descriptor;
    socket_name name;
    if (local != NULL) {
        socklen_t length = socket_write_name(local, &name);
        // The port is chosen when the peer is known: then all of them serve every peer.
        set(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
        if (bind(descriptor, &name.any, length) != 0) return socket_fail(descriptor);
    }
    socklen_t length = socket_write_name(peer, &name);
    if (connect(descriptor, &name.any, length) != 0 && errno != EINPROGRESS) return socket_fail(descriptor);
    return descriptor;
}

int socket_connect_local(const char *path, size_t length) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    if (length >= sizeof(name.sun_path)) return -ENAMETOOLONG;
    memcpy(name.sun_path, path, length);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    if (connect(descriptor, (const struct sockaddr *)(const void *)&name, sizeof(name)) != 0) return socket_fail(descriptor);
    return descriptor;
}

int socket_error(int descriptor) {
    int error = 0;
    socklen_t length = sizeof(error);
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

ssize_t socket_read(int descriptor, void *bytes, size_t capacity) {
    ssize_t count = recv(descriptor, bytes, capacity, 0);
    return count < 0 ? -errno : count;
}

ssize_t socket_write(int descriptor, const void *bytes, size_t length) {
    ssize_t count = send(descriptor, bytes, length, MSG_NOSIGNAL);
    return count < 0 ? -errno : count;
}

int socket_end_sending(int descriptor) { return shutdown(descriptor, SHUT_WR) == 0 ? 0 : -errno; }

void socket_reset(int descriptor) {
    const struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    close(descriptor);
}

static int seconds(int milliseconds) { return milliseconds < 1000 ? 1 : (milliseconds + 999) / 1000; }

int socket_set_supervision(int descriptor, int idle, int interval, int probes, int unanswered) {
    int error = set(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, unanswered);
    if (error == 0) error = set(descriptor, SOL_SOCKET, SO_KEEPALIVE, idle > 0);
    if (error != 0 || idle <= 0) return error;
    error = set(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, seconds(idle));
    if (error == 0) error = set(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, seconds(interval));
    return error == 0 ? set(descriptor, IPPROTO_TCP, TCP_KEEPCNT, probes > 127 ? 127 : probes) : error;
}

int socket_round_trip_time(int descriptor, uint32_t *microseconds) {
    struct tcp_info info;
    socklen_t length = sizeof(info);
    memset(&info, 0, sizeof(info));
    if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return -errno;
    *microseconds = info.tcpi_rtt;
    return 0;
}
