#ifndef WSDIAG_CLINUX_SHIM_H
#define WSDIAG_CLINUX_SHIM_H
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

/* Needs _GNU_SOURCE, which would change the structures that the Glibc module shares: declared by hand. */
extern int accept4(int, struct sockaddr *, socklen_t *, int);
extern int sched_getaffinity(pid_t, size_t, void *);

/* The cores that this process may run on, or 0 when that is not known: 8192 at most. */
static inline int wsd_available_cores(void) {
    unsigned long long bits[128] = {0};
    int count = 0;
    if (sched_getaffinity(0, sizeof bits, bits) < 0) return 0;
    for (int index = 0; index < 128; index++) count += __builtin_popcountll(bits[index]);
    return count;
}

/* epoll_data is a union: Swift would have to choose a member by hand each time. */
static inline int wsd_epoll_set(int queue, int operation, int descriptor, unsigned events, unsigned long long tag) {
    struct epoll_event event;
    event.events = events;
    event.data.u64 = tag;
    return epoll_ctl(queue, operation, descriptor, &event);
}
static inline unsigned long long wsd_epoll_tag(const struct epoll_event *event) { return event->data.u64; }
static inline unsigned wsd_epoll_events(const struct epoll_event *event) { return event->events; }

/* A global variable, which Swift takes for a race. */
extern char **environ;
static inline char **wsd_environment(void) { return environ; }
#endif
