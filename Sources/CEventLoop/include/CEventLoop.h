// epoll and eventfd for Swift: the Glibc module leaves them out.
#ifndef C_EVENT_LOOP_H
#define C_EVENT_LOOP_H

#include <stdint.h>

// One ready descriptor: the token it was registered with, and what is ready.
struct event_loop_ready {
    uint64_t token;
    uint8_t readable;
    uint8_t writable;
};

enum { event_loop_ready_capacity = 128 };

// Each returns a descriptor, closed on exec, or the negated errno.
int event_loop_make_epoll(void);
int event_loop_make_wakeup(void);

// Each returns 0 or the negated errno.
int event_loop_add(int epoll, int descriptor, uint64_t token, int read, int write);
int event_loop_change(int epoll, int descriptor, uint64_t token, int read, int write);
int event_loop_remove(int epoll, int descriptor);

// Waits for at most `milliseconds` (below 0: for ever); returns how many entries of `ready`, at most
// event_loop_ready_capacity, are filled. A signal counts as nothing ready.
int event_loop_wait(int epoll, struct event_loop_ready *ready, int milliseconds);

void event_loop_wake(int wakeup);
void event_loop_drain_wakeup(int wakeup);

// Names a thread, a pthread_t, for debuggers; only the first 15 bytes are taken.
void event_loop_name_thread(unsigned long thread, const char *name);

// Which loop the calling thread runs; null on every other thread.
const void *event_loop_current(void);
void event_loop_set_current(const void *loop);

#endif
