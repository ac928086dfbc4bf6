// recvmmsg and sendmmsg are GNU's.
#define _GNU_SOURCE
#include "addresses.h"

#include <errno.h>
#include <netinet/sctp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// Bits of a DATA chunk's flags (RFC 9260 §3.3.1).
enum { data_end = 1, data_beginning = 2, data_unordered = 4 };

// MARK: Input

// What one read takes at most: longer messages come in parts, so that the buffers stay small.
enum { input_slot = 4096 };

struct receive_control {
    union {
        char bytes[CMSG_SPACE(sizeof(struct sctp_rcvinfo))];
        struct cmsghdr alignment;
    };
};

struct kernel_sctp_input {
    struct mmsghdr messages[kernel_sctp_batch];
    struct iovec vectors[kernel_sctp_batch];
    struct receive_control controls[kernel_sctp_batch];
    uint8_t slots[kernel_sctp_batch][input_slot];
};

struct kernel_sctp_input *kernel_sctp_input_create(void) {
    struct kernel_sctp_input *input = calloc(1, sizeof *input);
    if (!input) return NULL;
    for (int index = 0; index < kernel_sctp_batch; index++) {
        input->vectors[index] = (struct iovec){.iov_base = input->slots[index], .iov_len = input_slot};
        input->messages[index].msg_hdr.msg_iov = &input->vectors[index];
        input->messages[index].msg_hdr.msg_iovlen = 1;
        input->messages[index].msg_hdr.msg_control = &input->controls[index];
    }
    return input;
}

void kernel_sctp_input_destroy(struct kernel_sctp_input *input) {
    free(input);
}

int kernel_sctp_receive(int socket, struct kernel_sctp_input *input) {
    for (int index = 0; index < kernel_sctp_batch; index++)
        input->messages[index].msg_hdr.msg_controllen = sizeof input->controls[index].bytes;
    int count = recvmmsg(socket, input->messages, kernel_sctp_batch, MSG_DONTWAIT, NULL);
    if (count >= 0) return count;
    return errno == EAGAIN ? 0 : -errno;
}

struct kernel_sctp_item kernel_sctp_input_item(const struct kernel_sctp_input *input, int index) {
    const struct mmsghdr *message = &input->messages[index];
    struct kernel_sctp_item item = {
        .bytes = input->slots[index],
        .length = message->msg_len,
        .is_notification = (message->msg_hdr.msg_flags & MSG_NOTIFICATION) != 0,
        .is_last = (message->msg_hdr.msg_flags & MSG_EOR) != 0,
    };
    const struct cmsghdr *header = CMSG_FIRSTHDR(&message->msg_hdr);
    if (header && header->cmsg_level == IPPROTO_SCTP && header->cmsg_type == SCTP_RCVINFO) {
        struct sctp_rcvinfo information;
        memcpy(&information, CMSG_DATA(header), sizeof information);
        item.number = information.rcv_assoc_id;
        item.stream = information.rcv_sid;
        item.is_unordered = (information.rcv_flags & SCTP_UNORDERED) != 0;
        item.payload_protocol = ntohl(information.rcv_ppid);
    }
    return item;
}

// MARK: Notifications

static void parse_association_change(
    const uint8_t *bytes, uint32_t length, struct kernel_sctp_notification *notification) {
    struct sctp_assoc_change change;
    memcpy(&change, bytes, sizeof change);
    switch (change.sac_state) {
    case SCTP_COMM_UP: notification->event = kernel_sctp_association_up; break;
    case SCTP_RESTART: notification->event = kernel_sctp_association_restarted; break;
    case SCTP_COMM_LOST: notification->event = kernel_sctp_association_lost; break;
    case SCTP_CANT_STR_ASSOC: notification->event = kernel_sctp_association_failed; break;
    case SCTP_SHUTDOWN_COMP: notification->event = kernel_sctp_association_shut_down; break;
    default: return;
    }
    notification->number = change.sac_assoc_id;
    notification->error = ntohs(change.sac_error);
    notification->has_abort_causes = length > sizeof change;
    notification->inbound_streams = change.sac_inbound_streams;
    notification->outbound_streams = change.sac_outbound_streams;
}

static enum kernel_sctp_path_state path_state(int state) {
    switch (state) {
    case SCTP_ADDR_AVAILABLE: return kernel_sctp_path_available;
    case SCTP_ADDR_UNREACHABLE: return kernel_sctp_path_unreachable;
    case SCTP_ADDR_REMOVED: return kernel_sctp_path_removed;
    case SCTP_ADDR_ADDED: return kernel_sctp_path_added;
    case SCTP_ADDR_MADE_PRIM: return kernel_sctp_path_made_primary;
    case SCTP_ADDR_CONFIRMED: return kernel_sctp_path_confirmed;
    case SCTP_ADDR_POTENTIALLY_FAILED: return kernel_sctp_path_potentially_failed;
    default: return kernel_sctp_path_unknown;
    }
}

static void parse_send_failure(const uint8_t *bytes, struct kernel_sctp_notification *notification) {
    struct sctp_send_failed_event failure;
    memcpy(&failure, bytes, sizeof failure);
    notification->event = kernel_sctp_send_failure;
    notification->number = failure.ssf_assoc_id;
    notification->data_offset = offsetof(struct sctp_send_failed_event, ssf_data);
    notification->payload_protocol = ntohl(failure.ssfe_info.snd_ppid);
    notification->stream = failure.ssfe_info.snd_sid;
    // Linux puts the DATA chunk's flags here.
    notification->is_unordered = (failure.ssfe_info.snd_flags & data_unordered) != 0;
    notification->is_first_fragment = (failure.ssfe_info.snd_flags & data_beginning) != 0;
    notification->is_last_fragment = (failure.ssfe_info.snd_flags & data_end) != 0;
    notification->was_sent = failure.ssf_flags == SCTP_DATA_SENT;
}

struct kernel_sctp_notification kernel_sctp_parse(const uint8_t *bytes, uint32_t length) {
    struct kernel_sctp_notification notification;
    memset(&notification, 0, sizeof notification);
    uint16_t type;
    if (length < sizeof type) return notification;
    memcpy(&type, bytes, sizeof type);
    if (type == SCTP_ASSOC_CHANGE && length >= sizeof(struct sctp_assoc_change)) {
        parse_association_change(bytes, length, &notification);
    } else if (type == SCTP_PEER_ADDR_CHANGE && length >= sizeof(struct sctp_paddr_change)) {
        struct sctp_paddr_change change;
        memcpy(&change, bytes, sizeof change);
        notification.event = kernel_sctp_path_change;
        notification.number = change.spc_assoc_id;
        notification.path_state = path_state(change.spc_state);
        notification.path = kernel_sctp_from_system(&change.spc_aaddr);
    } else if (type == SCTP_SEND_FAILED_EVENT && length >= sizeof(struct sctp_send_failed_event)) {
        parse_send_failure(bytes, &notification);
    } else if (type == SCTP_SHUTDOWN_EVENT && length >= sizeof(struct sctp_shutdown_event)) {
        struct sctp_shutdown_event shutdown;
        memcpy(&shutdown, bytes, sizeof shutdown);
        notification.event = kernel_sctp_peer_shuts_down;
        notification.number = shutdown.sse_assoc_id;
    } else if (type == SCTP_PARTIAL_DELIVERY_EVENT && length >= sizeof(struct sctp_pdapi_event)) {
        struct sctp_pdapi_event delivery;
        memcpy(&delivery, bytes, sizeof delivery);
        notification.event = kernel_sctp_delivery_aborted;
        notification.number = delivery.pdapi_assoc_id;
    } else if (type == SCTP_SENDER_DRY_EVENT && length >= sizeof(struct sctp_sender_dry_event)) {
        struct sctp_sender_dry_event dry;
        memcpy(&dry, bytes, sizeof dry);
        notification.event = kernel_sctp_sender_dry;
        notification.number = dry.sender_dry_assoc_id;
    }
    return notification;
}

// MARK: Output

enum { output_arena = 65536 };

struct send_control {
    union {
        char bytes[CMSG_SPACE(sizeof(struct sctp_sndinfo))];
        struct cmsghdr alignment;
    };
};

struct kernel_sctp_output {
    struct mmsghdr messages[kernel_sctp_batch];
    struct iovec vectors[kernel_sctp_batch];
    struct send_control controls[kernel_sctp_batch];
    struct kernel_sctp_item items[kernel_sctp_batch];
    uint8_t *arena;
    uint32_t capacity;
    uint32_t used;
    int count;
};

struct kernel_sctp_output *kernel_sctp_output_create(void) {
    struct kernel_sctp_output *output = calloc(1, sizeof *output);
    if (!output) return NULL;
    output->arena = malloc(output_arena);
    if (!output->arena) {
        free(output);
        return NULL;
    }
    output->capacity = output_arena;
    for (int index = 0; index < kernel_sctp_batch; index++) {
        struct msghdr *message = &output->messages[index].msg_hdr;
        message->msg_iov = &output->vectors[index];
        message->msg_iovlen = 1;
        message->msg_control = &output->controls[index];
        message->msg_controllen = sizeof output->controls[index].bytes;
        struct cmsghdr *header = CMSG_FIRSTHDR(message);
        header->cmsg_level = IPPROTO_SCTP;
        header->cmsg_type = SCTP_SNDINFO;
        header->cmsg_len = CMSG_LEN(sizeof(struct sctp_sndinfo));
    }
    return output;
}

void kernel_sctp_output_destroy(struct kernel_sctp_output *output) {
    if (output) free(output->arena);
    free(output);
}

bool kernel_sctp_output_has_room(const struct kernel_sctp_output *output, uint32_t length) {
    return output->count == 0 || (output->count < kernel_sctp_batch && length <= output->capacity - output->used);
}

bool kernel_sctp_output_add(
    struct kernel_sctp_output *output, const struct kernel_sctp_item *item, bool asks_for_acknowledgement) {
    if (!kernel_sctp_output_has_room(output, item->length)) return false;
    if (item->length > output->capacity) {
        uint8_t *larger = realloc(output->arena, item->length);
        if (!larger) return false;
        output->arena = larger;
        output->capacity = item->length;
    }
    int index = output->count;
    uint8_t *bytes = output->arena + output->used;
    memcpy(bytes, item->bytes, item->length);
    output->items[index] = *item;
    output->items[index].bytes = bytes;
    output->vectors[index] = (struct iovec){.iov_base = bytes, .iov_len = item->length};
    struct sctp_sndinfo information = {
        .snd_sid = item->stream,
        .snd_flags = (uint16_t)((item->is_unordered ? SCTP_UNORDERED : 0) |
                                (asks_for_acknowledgement ? SCTP_SACK_IMMEDIATELY : 0)),
        .snd_ppid = htonl(item->payload_protocol),
        .snd_assoc_id = item->number,
    };
    memcpy(CMSG_DATA(CMSG_FIRSTHDR(&output->messages[index].msg_hdr)), &information, sizeof information);
    output->used += item->length;
    output->count = index + 1;
    return true;
}

int kernel_sctp_output_count(const struct kernel_sctp_output *output) {
    return output->count;
}

struct kernel_sctp_item kernel_sctp_output_item(const struct kernel_sctp_output *output, int index) {
    return output->items[index];
}

int kernel_sctp_output_send(int socket, struct kernel_sctp_output *output, int first) {
    int sent = sendmmsg(
        socket, output->messages + first, (unsigned)(output->count - first), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 ? -errno : sent;
}

void kernel_sctp_output_clear(struct kernel_sctp_output *output) {
    output->count = 0;
    output->used = 0;
    // One very long message must not keep its memory.
    if (output->capacity > output_arena) {
        uint8_t *smaller = realloc(output->arena, output_arena);
        if (smaller) {
            output->arena = smaller;
            output->capacity = output_arena;
        }
    }
}
