#ifndef WSDIAG_CLINUX_SHIM_H
#define WSDIAG_CLINUX_SHIM_H
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

/* Needs _GNU_SOURCE, which would change the structures that the Glibc module shares: declared by hand. */
extern int accept4(int, struct sockaddr *, socklen_t *, int);

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
