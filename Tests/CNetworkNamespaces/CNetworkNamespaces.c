// setns is Linux's own.
#define _GNU_SOURCE
#include "CNetworkNamespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

int network_namespace_enter(const char *name) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "/run/netns/%s", name);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    int error = setns(descriptor, CLONE_NEWNET) < 0 ? -errno : 0;
    close(descriptor);
    return error;
}
