#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include "CUserlandSCTP.h"

enum {
    common_header = 12,
    shortest_packet = common_header + 4,  // a packet has at least one chunk
    longest_packet = 1280 - 40 - 8,       // needs no IP fragments: IPv6's minimum MTU less the headers of IPv6 and UDP
};

typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} socket_address;

extern userland_packet_counts userland_packet_count;

/// The stack's output call-back: queues a copy.
int userland_output(void *address, void *buffer, size_t length, uint8_t tos, uint8_t set_df);

/// Hands a packet with internal ports to the stack.
void userland_input(const uint8_t *bytes, size_t length);

socklen_t userland_write_address(const userland_address *address, socket_address *result);
void userland_read_address(const socket_address *address, userland_address *result);
void userland_read_ipv4(const struct in_addr *ip, userland_address *result);
void userland_read_ipv6(const struct in6_addr *ip, userland_address *result);

static inline uint16_t read_16(const uint8_t *bytes) { return (uint16_t)(bytes[0] << 8 | bytes[1]); }

static inline void write_16(uint8_t *bytes, uint16_t value) {
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}
