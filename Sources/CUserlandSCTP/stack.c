// Without the package trait this target is empty, so that a build without it needs no usrsctp.
#ifdef USERLAND_SCTP

#define INET 1
#define INET6 1
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <usrsctp.h>

#include "internal.h"

// Options that the library has and its header does not show.
#define GET_SNDBUF_USE 0x00001101
#define GET_NONCE_VALUES 0x00001105
#define PCB_STATUS 0x00001104

struct socket_use {
    sctp_assoc_t association;
    uint32_t send, receive;
};

static void *const only_address = (void *)1;

// The longest event: a whole unsent message with its notification header.
static uint8_t event_buffer[(1 << 20) + 4096];
static const uint8_t *event_bytes = event_buffer;
const uint8_t *userland_event_bytes(void) { return event_bytes; }

void userland_start(void) {
    usrsctp_init_nothreads(0, userland_output, NULL);
    // usrsctp looks through its local addresses for each packet, so there is one, and it is every peer's address too.
    usrsctp_register_address(only_address);
    usrsctp_enable_crc32c_offload();
    // Extensions that nothing here uses are doors that need not be open.
    usrsctp_sysctl_set_sctp_asconf_enable(0);
    usrsctp_sysctl_set_sctp_auth_enable(0);
    usrsctp_sysctl_set_sctp_reconfig_enable(0);
    usrsctp_sysctl_set_sctp_nrsack_enable(0);
    usrsctp_sysctl_set_sctp_pktdrop_enable(0);
    usrsctp_sysctl_set_sctp_pr_enable(0);
    usrsctp_sysctl_set_sctp_ecn_enable(0);
    usrsctp_sysctl_set_sctp_blackhole(0);
    // The limit on queued bytes is the one that counts; this one would stop short messages long before it.
    usrsctp_sysctl_set_sctp_max_chunks_on_queue(16384);
}

void userland_handle_timers(uint32_t elapsed_milliseconds) { usrsctp_handle_timers(elapsed_milliseconds); }

void userland_input(const uint8_t *bytes, size_t length) { usrsctp_conninput(only_address, bytes, length, 0); }

static struct sockaddr_conn connection_address(void *place, uint16_t port) {
    struct sockaddr_conn address;
    memset(&address, 0, sizeof(address));
    address.sconn_family = AF_CONN;
    address.sconn_port = htons(port);
    address.sconn_addr = place;
    return address;
}

static int set_option(userland_socket *socket, int option, const void *value, socklen_t length) {
    return usrsctp_setsockopt(socket, IPPROTO_SCTP, option, value, length) == 0 ? 0 : errno;
}

static int set_events(userland_socket *socket) {
    static const uint16_t types[] = {SCTP_ASSOC_CHANGE, SCTP_PEER_ADDR_CHANGE, SCTP_SEND_FAILED_EVENT, SCTP_SHUTDOWN_EVENT,
                                     SCTP_PARTIAL_DELIVERY_EVENT};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        struct sctp_event event = {.se_assoc_id = SCTP_FUTURE_ASSOC, .se_type = types[i], .se_on = 1};
        int error = set_option(socket, SCTP_EVENT, &event, sizeof(event));
        if (error != 0) return error;
    }
    return 0;
}

static int set_options(userland_socket *socket, const userland_options *options) {
    int error = set_events(socket);
    if (error != 0) return error;
    const int on = 1;
    // Nagle's algorithm stays on, so that messages gather until userland_push.
    if ((error = set_option(socket, SCTP_RECVRCVINFO, &on, sizeof(on))) != 0) return error;
    struct sctp_assoc_value scheduler = {.assoc_id = SCTP_FUTURE_ASSOC, .assoc_value = SCTP_SS_FIRST_COME};
    if ((error = set_option(socket, SCTP_PLUGGABLE_SS, &scheduler, sizeof(scheduler))) != 0) return error;
    const int send_buffer = (int)options->send_buffer, receive_buffer = (int)options->receive_buffer;
    if (usrsctp_setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof(send_buffer)) != 0) return errno;
    if (usrsctp_setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer)) != 0) return errno;
    struct sctp_initmsg init = {.sinit_num_ostreams = options->streams, .sinit_max_instreams = options->streams};
    if ((error = set_option(socket, SCTP_INITMSG, &init, sizeof(init))) != 0) return error;
    return userland_set_timing(socket, 0, &options->timing);
}

userland_socket *userland_open(const userland_options *options) {
    struct socket *socket = usrsctp_socket(AF_CONN, SOCK_SEQPACKET, IPPROTO_SCTP, NULL, NULL, 0, NULL);
    if (socket == NULL) return NULL;
    int error = usrsctp_set_non_blocking(socket, 1) == 0 ? set_options(socket, options) : errno;
    if (error == 0) {
        struct sockaddr_conn address = connection_address(NULL, options->internal_port);
        if (usrsctp_bind(socket, (struct sockaddr *)&address, sizeof(address)) != 0) error = errno;
    }
    if (error == 0 && options->is_listening && usrsctp_listen(socket, 1) != 0) error = errno;
    if (error != 0) {
        usrsctp_close(socket);
        errno = error;
        return NULL;
    }
    return socket;
}

void userland_close(userland_socket *socket) { usrsctp_close(socket); }

int userland_connect(userland_socket *socket, uint16_t peer, uint32_t *association) {
    struct sockaddr_conn address = connection_address(only_address, peer);
    if (usrsctp_connect(socket, (struct sockaddr *)&address, sizeof(address)) != 0 && errno != EINPROGRESS) return errno;
    *association = usrsctp_getassocid(socket, (struct sockaddr *)&address);
    return *association == 0 ? ENOTCONN : 0;
}

static int send_with_flags(userland_socket *socket, uint32_t association, const void *bytes, size_t length,
                           struct sctp_sndinfo *info) {
    info->snd_assoc_id = association;
    // A null pointer is refused even with length 0.
    ssize_t sent = usrsctp_sendv(socket, bytes == NULL ? "" : bytes, length, NULL, 0, info, sizeof(*info), SCTP_SENDV_SNDINFO, 0);
    return sent < 0 ? errno : 0;
}

int userland_send(userland_socket *socket, uint32_t association, const void *bytes, size_t length, uint16_t stream,
                  uint32_t payload_protocol, bool is_unordered, uint32_t context) {
    struct sctp_sndinfo info = {
        .snd_sid = stream,
        .snd_flags = is_unordered ? SCTP_UNORDERED : 0,
        .snd_ppid = htonl(payload_protocol),
        .snd_context = context,
    };
    return send_with_flags(socket, association, bytes, length, &info);
}

int userland_shut_down(userland_socket *socket, uint32_t association) {
    struct sctp_sndinfo info = {.snd_flags = SCTP_EOF};
    return send_with_flags(socket, association, NULL, 0, &info);
}

int userland_abort(userland_socket *socket, uint32_t association) {
    struct sctp_sndinfo info = {.snd_flags = SCTP_ABORT};
    return send_with_flags(socket, association, NULL, 0, &info);
}

int userland_set_timing(userland_socket *socket, uint32_t association, const userland_timing *timing) {
    struct sctp_rtoinfo rto = {
        .srto_assoc_id = association,
        .srto_initial = timing->rto_initial,
        .srto_max = timing->rto_maximum,
        .srto_min = timing->rto_minimum,
    };
    int error = set_option(socket, SCTP_RTOINFO, &rto, sizeof(rto));
    if (error != 0) return error;
    struct sctp_assocparams parameters = {.sasoc_assoc_id = association, .sasoc_asocmaxrxt = timing->association_retransmissions};
    if ((error = set_option(socket, SCTP_ASSOCINFO, &parameters, sizeof(parameters))) != 0) return error;
    if (association == 0) {
        struct sctp_initmsg init = {
            .sinit_max_attempts = timing->init_retransmissions,
            .sinit_max_init_timeo = timing->rto_maximum > UINT16_MAX ? UINT16_MAX : (uint16_t)timing->rto_maximum,
        };
        if ((error = set_option(socket, SCTP_INITMSG, &init, sizeof(init))) != 0) return error;
    }
    struct sctp_paddrparams path;
    memset(&path, 0, sizeof(path));
    struct sockaddr_conn any = connection_address(NULL, 0);
    memcpy(&path.spp_address, &any, sizeof(any));
    path.spp_assoc_id = association;
    path.spp_hbinterval = timing->heartbeat_interval;
    path.spp_pathmaxrxt = timing->path_retransmissions;
    path.spp_pathmtu = longest_packet - common_header;
    path.spp_flags = SPP_PMTUD_DISABLE | (timing->heartbeat_interval == 0 ? SPP_HB_DISABLE : SPP_HB_ENABLE);
    return set_option(socket, SCTP_PEER_ADDR_PARAMS, &path, sizeof(path));
}

int userland_get_tags(userland_socket *socket, uint32_t association, uint32_t *local, uint32_t *peer) {
    struct sctp_get_nonce_values tags = {.gn_assoc_id = association};
    socklen_t length = sizeof(tags);
    if (usrsctp_getsockopt(socket, IPPROTO_SCTP, GET_NONCE_VALUES, &tags, &length) != 0) return errno;
    // The stack gives them in host order; packets carry them in network order.
    *local = htonl(tags.gn_local_tag);
    *peer = htonl(tags.gn_peers_tag);
    return 0;
}

int userland_get_queued_bytes(userland_socket *socket, uint32_t association, uint32_t *bytes) {
    struct socket_use use = {.association = association};
    socklen_t length = sizeof(use);
    if (usrsctp_getsockopt(socket, IPPROTO_SCTP, GET_SNDBUF_USE, &use, &length) != 0) return errno;
    *bytes = use.send;
    return 0;
}

static int get_status(userland_socket *socket, uint32_t association, struct sctp_status *status) {
    memset(status, 0, sizeof(*status));
    status->sstat_assoc_id = association;
    socklen_t length = sizeof(*status);
    return usrsctp_getsockopt(socket, IPPROTO_SCTP, SCTP_STATUS, status, &length) == 0 ? 0 : errno;
}

int userland_get_round_trip_time(userland_socket *socket, uint32_t association, uint32_t *milliseconds) {
    struct sctp_status status;
    int error = get_status(socket, association, &status);
    if (error == 0) *milliseconds = status.sstat_primary.spinfo_srtt;
    return error;
}

bool userland_is_established(userland_socket *socket, uint32_t association) {
    struct sctp_status status;
    return get_status(socket, association, &status) == 0 && status.sstat_state == SCTP_ESTABLISHED;
}

struct stack_counts {
    uint32_t endpoints, associations, rest[8];
};

static struct stack_counts counts(void) {
    // The counters are the stack's, but it shows them through a socket only.
    struct stack_counts result = {0};
    struct socket *socket = usrsctp_socket(AF_CONN, SOCK_SEQPACKET, IPPROTO_SCTP, NULL, NULL, 0, NULL);
    if (socket == NULL) return result;
    socklen_t length = sizeof(result);
    usrsctp_getsockopt(socket, IPPROTO_SCTP, PCB_STATUS, &result, &length);
    usrsctp_close(socket);
    if (result.endpoints > 0) result.endpoints--;
    return result;
}

uint32_t userland_association_count(void) { return counts().associations; }
uint32_t userland_endpoint_count(void) { return counts().endpoints; }

static void read_association_change(const struct sctp_assoc_change *change, size_t length, userland_event *event) {
    event->association = change->sac_assoc_id;
    event->error = change->sac_error;
    event->inbound_streams = change->sac_inbound_streams;
    event->outbound_streams = change->sac_outbound_streams;
    // The ABORT chunk follows where the peer sent one.
    event->aborted_by_peer = length > sizeof(*change);
    switch (change->sac_state) {
        case SCTP_COMM_UP: event->kind = userland_event_up; break;
        case SCTP_RESTART: event->kind = userland_event_restarted; break;
        case SCTP_COMM_LOST: event->kind = userland_event_lost; break;
        case SCTP_CANT_STR_ASSOC: event->kind = userland_event_failed; break;
        case SCTP_SHUTDOWN_COMP: event->kind = userland_event_shut_down; break;
        default: event->kind = userland_event_other; break;
    }
}

static void read_path_change(const struct sctp_paddr_change *change, userland_event *event) {
    event->association = change->spc_assoc_id;
    event->kind = userland_event_path;
    switch (change->spc_state) {
        case SCTP_ADDR_AVAILABLE: event->path_state = userland_path_available; break;
        case SCTP_ADDR_UNREACHABLE: event->path_state = userland_path_unreachable; break;
        case SCTP_ADDR_REMOVED: event->path_state = userland_path_removed; break;
        case SCTP_ADDR_ADDED: event->path_state = userland_path_added; break;
        case SCTP_ADDR_MADE_PRIM: event->path_state = userland_path_made_primary; break;
        case SCTP_ADDR_CONFIRMED: event->path_state = userland_path_confirmed; break;
        default: event->kind = userland_event_other; break;
    }
}

static void read_send_failure(const struct sctp_send_failed_event *failure, size_t length, userland_event *event) {
    event->kind = userland_event_send_failed;
    event->association = failure->ssfe_assoc_id;
    event->stream = failure->ssfe_info.snd_sid;
    event->payload_protocol = ntohl(failure->ssfe_info.snd_ppid);
    event->context = failure->ssfe_info.snd_context;
    event->was_sent = (failure->ssfe_flags & SCTP_DATA_SENT) != 0;
    // Flags of a DATA chunk: 0x01 the last fragment, 0x02 the first, 0x04 unordered. A message not yet cut has both.
    event->is_fragment = (failure->ssfe_info.snd_flags & 0x03) != 0x03;
    event->is_unordered = (failure->ssfe_info.snd_flags & 0x04) != 0;
    event_bytes = failure->ssfe_data;
    event->length = length - sizeof(*failure);
}

static void read_notification(size_t length, userland_event *event) {
    const union sctp_notification *notification = (const union sctp_notification *)event_buffer;
    event->kind = userland_event_other;
    if (length < sizeof(notification->sn_header)) return;
    switch (notification->sn_header.sn_type) {
        case SCTP_ASSOC_CHANGE:
            if (length >= sizeof(struct sctp_assoc_change)) read_association_change(&notification->sn_assoc_change, length, event);
            break;
        case SCTP_PEER_ADDR_CHANGE:
            if (length >= sizeof(struct sctp_paddr_change)) read_path_change(&notification->sn_paddr_change, event);
            break;
        case SCTP_SEND_FAILED_EVENT:
            if (length >= sizeof(struct sctp_send_failed_event))
                read_send_failure(&notification->sn_send_failed_event, length, event);
            break;
        case SCTP_SHUTDOWN_EVENT:
            if (length >= sizeof(struct sctp_shutdown_event)) {
                event->kind = userland_event_peer_is_closing;
                event->association = notification->sn_shutdown_event.sse_assoc_id;
            }
            break;
        case SCTP_PARTIAL_DELIVERY_EVENT:
            if (length >= sizeof(struct sctp_pdapi_event)) {
                event->kind = userland_event_partial_delivery_aborted;
                event->association = notification->sn_pdapi_event.pdapi_assoc_id;
            }
            break;
    }
}

bool userland_receive(userland_socket *socket, userland_event *event) {
    struct sockaddr_conn from;
    socklen_t from_length = sizeof(from);
    struct sctp_rcvinfo info;
    socklen_t info_length = sizeof(info);
    unsigned int info_type = SCTP_RECVV_NOINFO;
    int flags = 0;
    memset(event, 0, sizeof(*event));
    memset(&from, 0, sizeof(from));
    ssize_t length = usrsctp_recvv(socket, event_buffer, sizeof(event_buffer), (struct sockaddr *)&from, &from_length, &info,
                                   &info_length, &info_type, &flags);
    if (length <= 0) return false;
    event->peer = ntohs(from.sconn_port);
    if ((flags & MSG_NOTIFICATION) != 0) {
        read_notification((size_t)length, event);
        return true;
    }
    if (info_type != SCTP_RECVV_RCVINFO) {
        event->kind = userland_event_other;
        return true;
    }
    event->kind = userland_event_message;
    event->association = info.rcv_assoc_id;
    event_bytes = event_buffer;
    event->length = (size_t)length;
    event->is_complete = (flags & MSG_EOR) != 0;
    event->is_unordered = (info.rcv_flags & SCTP_UNORDERED) != 0;
    event->stream = info.rcv_sid;
    event->payload_protocol = ntohl(info.rcv_ppid);
    return true;
}

#endif
