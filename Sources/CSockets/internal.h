#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include "CSockets.h"

typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} socket_name;

socklen_t socket_write_name(const socket_place *place, socket_name *name);
void socket_read_name(const socket_name *name, socket_place *place);
/// Binds, and reads the port bound into `place`; 0 or a negated errno.
int socket_bind(int descriptor, socket_place *place);
/// Closes the descriptor and returns the negated errno of before.
int socket_fail(int descriptor);
