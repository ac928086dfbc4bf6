#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "CSockets.h"

static int fail(int descriptor, int error) {
    if (descriptor >= 0) close(descriptor);
    return -error;
}

static int make_socket(void) { return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

// Removes a socket file at which nobody listens any more. Returns 0 where it did, else the errno that says why not.
static int remove_stale(const struct sockaddr_un *name) {
    struct stat status;
    if (lstat(name->sun_path, &status) != 0) return errno == ENOENT ? 0 : errno;
    if (!S_ISSOCK(status.st_mode)) return EEXIST;
    int probe = make_socket();
    if (probe < 0) return errno;
    int error = connect(probe, (const struct sockaddr *)(const void *)name, sizeof(*name)) == 0 ? EADDRINUSE : errno;
    close(probe);
    // A full queue means that somebody listens.
    if (error == EAGAIN) return EADDRINUSE;
    if (error != ECONNREFUSED) return error;
    return unlink(name->sun_path) == 0 || errno == ENOENT ? 0 : errno;
}

int socket_open_local(const char *path, size_t length, int backlog, socket_file *file) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    if (length >= sizeof(name.sun_path)) return -ENAMETOOLONG;
    memcpy(name.sun_path, path, length);
    int descriptor = make_socket();
    if (descriptor < 0) return -errno;
    // Linux gives the file the mode that the socket has when it is bound: at no time can others connect.
    if (fchmod(descriptor, S_IRUSR | S_IWUSR) != 0) return fail(descriptor, errno);
    const struct sockaddr *address = (const struct sockaddr *)(const void *)&name;
    if (bind(descriptor, address, sizeof(name)) != 0) {
        if (errno != EADDRINUSE) return fail(descriptor, errno);
        int error = remove_stale(&name);
        if (error != 0) return fail(descriptor, error);
        if (bind(descriptor, address, sizeof(name)) != 0) return fail(descriptor, errno);
    }
    struct stat status;
    if (lstat(name.sun_path, &status) != 0) return fail(descriptor, errno);
    file->device = status.st_dev;
    file->number = status.st_ino;
    if (listen(descriptor, backlog) != 0) {
        int error = errno;
        unlink(name.sun_path);
        return fail(descriptor, error);
    }
    return descriptor;
}

int socket_accept_local(int descriptor) {
    int accepted = accept4(descriptor, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    return accepted < 0 ? -errno : accepted;
}

void socket_remove_local(const char *path, size_t length, const socket_file *file) {
    char name[sizeof(((struct sockaddr_un *)0)->sun_path)] = {0};
    struct stat status;
    if (length >= sizeof(name)) return;
    memcpy(name, path, length);
    if (lstat(name, &status) == 0 && status.st_dev == file->device && status.st_ino == file->number) unlink(name);
}
