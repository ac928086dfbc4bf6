#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

socklen_t socket_write_name(const socket_place *place, socket_name *name) {
    memset(name, 0, sizeof(*name));
    if (!place->is_ipv6) {
        name->v4.sin_family = AF_INET;
        name->v4.sin_port = htons(place->port);
        name->v4.sin_addr.s_addr = htonl((uint32_t)place->low);
        return sizeof(name->v4);
    }
    name->v6.sin6_family = AF_INET6;
    name->v6.sin6_port = htons(place->port);
    name->v6.sin6_scope_id = place->interface;
    for (int i = 0; i < 8; i++) {
        name->v6.sin6_addr.s6_addr[i] = (uint8_t)(place->high >> (56 - 8 * i));
        name->v6.sin6_addr.s6_addr[8 + i] = (uint8_t)(place->low >> (56 - 8 * i));
    }
    return sizeof(name->v6);
}

void socket_read_name(const socket_name *name, socket_place *place) {
    memset(place, 0, sizeof(*place));
    if (name->any.sa_family != AF_INET6) {
        place->low = ntohl(name->v4.sin_addr.s_addr);
        place->port = ntohs(name->v4.sin_port);
        return;
    }
    place->is_ipv6 = true;
    place->port = ntohs(name->v6.sin6_port);
    place->interface = name->v6.sin6_scope_id;
    for (int i = 0; i < 8; i++) {
        place->high = place->high << 8 | name->v6.sin6_addr.s6_addr[i];
        place->low = place->low << 8 | name->v6.sin6_addr.s6_addr[8 + i];
    }
}

int socket_bind(int descriptor, socket_place *place) {
    socket_name name;
    socklen_t length = socket_write_name(place, &name);
    if (bind(descriptor, &name.any, length) != 0 || getsockname(descriptor, &name.any, &length) != 0) return -errno;
    socket_place bound;
    socket_read_name(&name, &bound);
    place->port = bound.port;
    return 0;
}

int socket_fail(int descriptor) {
    int error = errno;
    close(descriptor);
    return -error;
}

int socket_list_interfaces(socket_interface *interfaces, int capacity) {
    struct ifaddrs *list;
    if (getifaddrs(&list) != 0) return -errno;
    int count = 0;
    for (struct ifaddrs *entry = list; entry != NULL; entry = entry->ifa_next) {
        uint32_t number = if_nametoindex(entry->ifa_name);
        if (number == 0) continue;
        int place = 0;
        while (place < count && interfaces[place].number < number) place++;
        if (place == count || interfaces[place].number != number) {
            if (count == capacity) continue;
            memmove(&interfaces[place + 1], &interfaces[place], (size_t)(count - place) * sizeof(*interfaces));
            memset(&interfaces[place], 0, sizeof(*interfaces));
            count++;
        }
        socket_interface *interface = &interfaces[place];
        interface->number = number;
        strncpy(interface->name, entry->ifa_name, sizeof(interface->name) - 1);
        interface->is_up = (entry->ifa_flags & IFF_UP) != 0;
        interface->is_loopback = (entry->ifa_flags & IFF_LOOPBACK) != 0;
        interface->has_multicast = (entry->ifa_flags & IFF_MULTICAST) != 0;
        if (entry->ifa_addr == NULL) continue;
        if (entry->ifa_addr->sa_family == AF_INET6) interface->has_ipv6 = true;
        if (entry->ifa_addr->sa_family != AF_INET || interface->has_ipv4) continue;
        interface->has_ipv4 = true;
        interface->ipv4 = ntohl(((const struct sockaddr_in *)(const void *)entry->ifa_addr)->sin_addr.s_addr);
    }
    freeifaddrs(list);
    return count;
}
