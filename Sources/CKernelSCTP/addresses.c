#include "addresses.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct sockaddr_storage kernel_sctp_to_system(const struct kernel_sctp_address *address) {
    struct sockaddr_storage storage;
    memset(&storage, 0, sizeof storage);
    if (address->family == 4) {
        struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(address->port)};
        four.sin_addr.s_addr = htonl((uint32_t)address->low);
        memcpy(&storage, &four, sizeof four);
    } else {
        struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(address->port)};
        for (int index = 0; index < 8; index++) {
            six.sin6_addr.s6_addr[index] = (uint8_t)(address->high >> (56 - 8 * index));
            six.sin6_addr.s6_addr[8 + index] = (uint8_t)(address->low >> (56 - 8 * index));
        }
        memcpy(&storage, &six, sizeof six);
    }
    return storage;
}

struct kernel_sctp_address kernel_sctp_from_system(const void *system_address) {
    struct kernel_sctp_address address = {.family = 0};
    sa_family_t family;
    memcpy(&family, system_address, sizeof family);
    if (family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, system_address, sizeof four);
        address.family = 4;
        address.port = ntohs(four.sin_port);
        address.low = ntohl(four.sin_addr.s_addr);
    } else if (family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, system_address, sizeof six);
        address.family = 6;
        address.port = ntohs(six.sin6_port);
        for (int index = 0; index < 8; index++) {
            address.high = address.high << 8 | six.sin6_addr.s6_addr[index];
            address.low = address.low << 8 | six.sin6_addr.s6_addr[8 + index];
        }
        // A socket for both families may show IPv4 addresses as ::ffff:a.b.c.d.
        if (address.high == 0 && address.low >> 32 == 0xffff) {
            address.family = 4;
            address.low &= 0xffffffff;
        }
    }
    return address;
}

socklen_t kernel_sctp_system_length(const void *system_address) {
    sa_family_t family;
    memcpy(&family, system_address, sizeof family);
    return family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

// The kernel starts an association to an address without a route and lets its INITs vanish; a UDP socket tells at once.
int kernel_sctp_check_route(const struct kernel_sctp_address *address) {
    struct sockaddr_storage storage = kernel_sctp_to_system(address);
    int probe = socket(storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (probe < 0) return -errno;
    int result = connect(probe, (struct sockaddr *)&storage, kernel_sctp_system_length(&storage));
    int error = result < 0 ? -errno : 0;
    close(probe);
    return error;
}
