#define _GNU_SOURCE
#include "CEventLoop.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int result(int value) { return value < 0 ? -errno : value; }

int event_loop_make_epoll(void) { return result(epoll_create1(EPOLL_CLOEXEC)); }

int event_loop_make_wakeup(void) { return result(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

static int control(int epoll, int operation, int descriptor, uint64_t token, int read, int write) {
    struct epoll_event event = {
        .events = (read ? EPOLLIN : 0u) | (write ? EPOLLOUT : 0u),
        .data.u64 = token,
    };
    return result(epoll_ctl(epoll, operation, descriptor, &event));
}

int event_loop_add(int epoll, int descriptor, uint64_t token, int read, int write) {
    return control(epoll, EPOLL_CTL_ADD, descriptor, token, read, write);
}

int event_loop_change(int epoll, int descriptor, uint64_t token, int read, int write) {
    return control(epoll, EPOLL_CTL_MOD, descriptor, token, read, write);
}

int event_loop_remove(int epoll, int descriptor) { return control(epoll, EPOLL_CTL_DEL, descriptor, 0, 0, 0); }

int event_loop_wait(int epoll, struct event_loop_ready *ready, int milliseconds) {
    struct epoll_event events[event_loop_ready_capacity];
    int count = epoll_wait(epoll, events, event_loop_ready_capacity, milliseconds);
    for (int index = 0; index < count; index++) {
        uint32_t flags = events[index].events;
        // An error or a hang-up is found by reading, so it counts as readable.
        ready[index].token = events[index].data.u64;
        ready[index].readable = (flags & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0;
        ready[index].writable = (flags & EPOLLOUT) != 0;
    }
    return count < 0 ? 0 : count;
}

void event_loop_wake(int wakeup) {
    uint64_t one = 1;
    // The only failure is a full counter, and then the loop is awake already.
    ssize_t ignored = write(wakeup, &one, sizeof one);
    (void)ignored;
}

void event_loop_drain_wakeup(int wakeup) {
    uint64_t counter;
    ssize_t ignored = read(wakeup, &counter, sizeof counter);
    (void)ignored;
}

void event_loop_name_thread(unsigned long thread, const char *name) {
    char start[16];
    snprintf(start, sizeof start, "%s", name);
    pthread_setname_np(thread, start);
}

static _Thread_local const void *current_loop;

const void *event_loop_current(void) { return current_loop; }

void event_loop_set_current(const void *loop) { current_loop = loop; }
