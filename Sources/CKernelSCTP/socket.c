#include "addresses.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/sctp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif

static int set(int socket, int option, const void *value, socklen_t length) {
    return setsockopt(socket, SOL_SCTP, option, value, length) < 0 ? -errno : 0;
}

static int set_number(int socket, int option, int value) {
    return set(socket, option, &value, sizeof value);
}

static int subscribe(int socket, kernel_sctp_number number, uint16_t type, bool is_on) {
    struct sctp_event event = {.se_assoc_id = number, .se_type = type, .se_on = is_on};
    return set(socket, SCTP_EVENT, &event, sizeof event);
}

// Privileged processes may exceed net.core.wmem_max and rmem_max; the others get what these allow.
static void set_buffer(int socket, int forced_option, int option, uint32_t bytes) {
    // The kernel doubles the value for its own needs.
    int value = (int)(bytes / 2);
    if (setsockopt(socket, SOL_SOCKET, forced_option, &value, sizeof value) < 0)
        (void)setsockopt(socket, SOL_SOCKET, option, &value, sizeof value);
}

static int configure(int socket, int family, bool only_ipv6) {
    static const uint16_t events[] = {
        SCTP_ASSOC_CHANGE,   SCTP_PEER_ADDR_CHANGE,       SCTP_SEND_FAILED_EVENT,
        SCTP_SHUTDOWN_EVENT, SCTP_PARTIAL_DELIVERY_EVENT,
    };
    if (family == 6) {
        int value = only_ipv6;
        if (setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &value, sizeof value) < 0) return -errno;
        int error = set_number(socket, SCTP_I_WANT_MAPPED_V4_ADDR, 0);
        if (error) return error;
    }
    for (unsigned index = 0; index < sizeof events / sizeof *events; index++) {
        int error = subscribe(socket, SCTP_FUTURE_ASSOC, events[index], true);
        if (error) return error;
    }
    int error = set_number(socket, SCTP_RECVRCVINFO, 1);
    if (!error) error = set_number(socket, SCTP_NODELAY, 1);
    // A long message of one association must not hold up those of the others.
    if (!error) error = set_number(socket, SCTP_FRAGMENT_INTERLEAVE, 1);
    if (error) return error;
    // Linux 5.6 and later; before that a path is either available or unreachable.
    struct sctp_assoc_value expose = {.assoc_id = SCTP_FUTURE_ASSOC, .assoc_value = 2};
    error = set(socket, SCTP_EXPOSE_POTENTIALLY_FAILED_STATE, &expose, sizeof expose);
    return error == -ENOPROTOOPT ? 0 : error;
}

int kernel_sctp_open(int family, bool only_ipv6, uint32_t send_buffer, uint32_t receive_buffer) {
    int result =
        socket(family == 6 ? AF_INET6 : AF_INET, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_SCTP);
    if (result < 0) return -errno;
    set_buffer(result, SO_SNDBUFFORCE, SO_SNDBUF, send_buffer);
    set_buffer(result, SO_RCVBUFFORCE, SO_RCVBUF, receive_buffer);
    int error = configure(result, family, only_ipv6);
    if (error == 0) return result;
    close(result);
    return error;
}

void kernel_sctp_close(int socket) {
    close(socket);
}

int kernel_sctp_bind(int socket, const struct kernel_sctp_address *address) {
    struct sockaddr_storage storage = kernel_sctp_to_system(address);
    return sctp_bindx(socket, (struct sockaddr *)&storage, 1, SCTP_BINDX_ADD_ADDR) < 0 ? -errno : 0;
}

int kernel_sctp_listen(int socket, bool is_listening) {
    return listen(socket, is_listening ? SOMAXCONN : 0) < 0 ? -errno : 0;
}

int kernel_sctp_port(int socket) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    if (getsockname(socket, (struct sockaddr *)&storage, &length) < 0) return -errno;
    return kernel_sctp_from_system(&storage).port;
}

// Copies libsctp's packed list of socket addresses.
static void copy_addresses(
    const struct sockaddr *packed, int count, struct kernel_sctp_address *addresses, int capacity) {
    const char *position = (const char *)packed;
    for (int index = 0; index < count && index < capacity; index++) {
        addresses[index] = kernel_sctp_from_system(position);
        position += kernel_sctp_system_length(position);
    }
}

int kernel_sctp_local_addresses(int socket, struct kernel_sctp_address *addresses, int capacity) {
    struct sockaddr *packed = NULL;
    int count = sctp_getladdrs(socket, 0, &packed);
    if (count < 0) return -errno;
    if (count == 0) return 0;
    copy_addresses(packed, count, addresses, capacity);
    sctp_freeladdrs(packed);
    return count;
}

static int status(int socket, kernel_sctp_number number, struct sctp_status *status) {
    memset(status, 0, sizeof *status);
    status->sstat_assoc_id = number;
    socklen_t length = sizeof *status;
    return getsockopt(socket, SOL_SCTP, SCTP_STATUS, status, &length) < 0 ? -errno : 0;
}

static uint16_t encapsulation_port(int socket, kernel_sctp_number number, const struct kernel_sctp_address *address) {
    struct sctp_udpencaps value = {
        .sue_assoc_id = number,
        .sue_address = kernel_sctp_to_system(address),
    };
    socklen_t length = sizeof value;
    if (getsockopt(socket, SOL_SCTP, SCTP_REMOTE_UDP_ENCAPS_PORT, &value, &length) < 0) return 0;
    return ntohs(value.sue_port);
}

int kernel_sctp_peer_addresses(
    int socket, kernel_sctp_number number, struct kernel_sctp_address *addresses, int capacity) {
    struct sockaddr *packed = NULL;
    int count = sctp_getpaddrs(socket, number, &packed);
    if (count < 0) return -errno;
    if (count == 0) return 0;
    copy_addresses(packed, count, addresses, capacity);
    sctp_freepaddrs(packed);
    struct sctp_status current;
    bool has_primary = status(socket, number, &current) == 0;
    struct kernel_sctp_address primary = {.family = 0};
    if (has_primary) primary = kernel_sctp_from_system(&current.sstat_primary.spinfo_address);
    for (int index = 0; index < count && index < capacity; index++) {
        struct kernel_sctp_address address = addresses[index];
        address.encapsulation_port = encapsulation_port(socket, number, &address);
        addresses[index] = address;
        if (address.family == primary.family && address.high == primary.high && address.low == primary.low) {
            addresses[index] = addresses[0];
            addresses[0] = address;
        }
    }
    return count;
}

int kernel_sctp_send_memory(int socket, uint32_t *used, uint32_t *limit) {
    uint32_t values[SK_MEMINFO_VARS];
    socklen_t length = sizeof values;
    if (getsockopt(socket, SOL_SOCKET, SO_MEMINFO, values, &length) < 0) return -errno;
    *used = values[SK_MEMINFO_WMEM_QUEUED];
    *limit = values[SK_MEMINFO_SNDBUF];
    return 0;
}

int kernel_sctp_udp_port(void) {
    FILE *file = fopen("/proc/sys/net/sctp/udp_port", "re");
    if (!file) return 0;
    int port = 0;
    if (fscanf(file, "%d", &port) != 1 || port < 0 || port > 65535) port = 0;
    fclose(file);
    return port;
}

int kernel_sctp_connect(
    int socket, const struct kernel_sctp_address *addresses, int count, kernel_sctp_number *number) {
    char *packed = calloc((size_t)count, sizeof(struct sockaddr_in6));
    if (!packed) return -ENOMEM;
    char *position = packed;
    for (int index = 0; index < count; index++) {
        struct sockaddr_storage storage = kernel_sctp_to_system(&addresses[index]);
        socklen_t length = kernel_sctp_system_length(&storage);
        memcpy(position, &storage, length);
        position += length;
    }
    sctp_assoc_t identifier = 0;
    int result = sctp_connectx(socket, (struct sockaddr *)packed, count, &identifier);
    int error = result < 0 ? -errno : 0;
    free(packed);
    *number = identifier;
    return error == -EINPROGRESS ? 0 : error;
}

static int end(int socket, kernel_sctp_number number, uint16_t flags) {
    union {
        char bytes[CMSG_SPACE(sizeof(struct sctp_sndinfo))];
        struct cmsghdr alignment;
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_control = &control, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = IPPROTO_SCTP;
    header->cmsg_type = SCTP_SNDINFO;
    header->cmsg_len = CMSG_LEN(sizeof(struct sctp_sndinfo));
    struct sctp_sndinfo information = {.snd_assoc_id = number, .snd_flags = flags};
    memcpy(CMSG_DATA(header), &information, sizeof information);
    return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

int kernel_sctp_shut_down(int socket, kernel_sctp_number number) {
    return end(socket, number, SCTP_EOF);
}

int kernel_sctp_abort(int socket, kernel_sctp_number number) {
    return end(socket, number, SCTP_ABORT);
}

int kernel_sctp_set_timing(int socket, kernel_sctp_number number, const struct kernel_sctp_timing *timing) {
    struct sctp_rtoinfo timeouts = {
        .srto_assoc_id = number,
        .srto_initial = timing->initial_timeout,
        .srto_max = timing->maximum_timeout,
        .srto_min = timing->minimum_timeout,
    };
    int error = set(socket, SCTP_RTOINFO, &timeouts, sizeof timeouts);
    if (error) return error;
    struct sctp_paddrparams paths;
    memset(&paths, 0, sizeof paths);
    paths.spp_assoc_id = number;
    paths.spp_hbinterval = timing->has_heartbeats ? timing->heartbeat_interval : 0;
    paths.spp_pathmaxrxt = timing->path_retransmissions;
    paths.spp_flags = timing->has_heartbeats ? SPP_HB_ENABLE : SPP_HB_DISABLE;
    // An interval of 0 would leave the one in use.
    if (timing->has_heartbeats && timing->heartbeat_interval == 0) paths.spp_flags |= SPP_HB_TIME_IS_ZERO;
    error = set(socket, SCTP_PEER_ADDR_PARAMS, &paths, sizeof paths);
    if (error) return error;
    struct sctp_assocparams association = {
        .sasoc_assoc_id = number,
        .sasoc_asocmaxrxt = timing->association_retransmissions,
    };
    return set(socket, SCTP_ASSOCINFO, &association, sizeof association);
}

int kernel_sctp_set_initiation(int socket, uint16_t streams, uint16_t retransmissions, uint16_t maximum_timeout) {
    struct sctp_initmsg value = {
        .sinit_num_ostreams = streams,
        .sinit_max_instreams = streams,
        .sinit_max_attempts = retransmissions,
        .sinit_max_init_timeo = maximum_timeout,
    };
    return set(socket, SCTP_INITMSG, &value, sizeof value);
}

int kernel_sctp_set_encapsulation_port(
    int socket, kernel_sctp_number number, const struct kernel_sctp_address *address, uint16_t port) {
    struct sctp_udpencaps value;
    memset(&value, 0, sizeof value);
    value.sue_assoc_id = number;
    value.sue_port = htons(port);
    if (address) value.sue_address = kernel_sctp_to_system(address);
    return set(socket, SCTP_REMOTE_UDP_ENCAPS_PORT, &value, sizeof value);
}

int kernel_sctp_watch_sender_dry(int socket, kernel_sctp_number number, bool is_watched) {
    return subscribe(socket, number, SCTP_SENDER_DRY_EVENT, is_watched);
}

int kernel_sctp_round_trip(int socket, kernel_sctp_number number, uint32_t *smoothed, uint32_t *timeout) {
    struct sctp_status current;
    int error = status(socket, number, &current);
    if (error) return error;
    *smoothed = current.sstat_primary.spinfo_srtt;
    *timeout = current.sstat_primary.spinfo_rto;
    return 0;
}
