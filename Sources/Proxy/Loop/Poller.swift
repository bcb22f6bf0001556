import CLinux
import Glibc

/// epoll, level-triggered, with a generation in each event: what was meant for a closed descriptor reaches nobody, though
/// its number is in use again within the same batch.
final class Poller {
    /// What a descriptor belongs to.
    enum Source {
        case listener(Int)
        case leg(Relay, Leg)
        case local(LocalClient)
        case resolver
        case signals
    }

    /// What is waited for.
    struct Interest: OptionSet {
        var rawValue: UInt32
        static let reading = Interest(rawValue: UInt32(EPOLLIN.rawValue))
        static let writing = Interest(rawValue: UInt32(EPOLLOUT.rawValue))
        /// Told whether asked for or not.
        static let failure = Interest(rawValue: UInt32(EPOLLERR.rawValue | EPOLLHUP.rawValue))
    }

    /// A registered descriptor.
    struct Ticket: Equatable {
        fileprivate var slot: Int
        fileprivate var generation: UInt32
        fileprivate var tag: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
    }

    private struct Slot {
        var generation: UInt32 = 0
        var source: Source?
    }

    private let queue: Int32
    private var slots: [Slot] = []
    private var free: [Int] = []
    private var events = [epoll_event](repeating: epoll_event(), count: 128)

    init() throws(ProxyFailure) {
        queue = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard 0 <= queue else { throw .system("epoll_create1", errno) }
    }

    deinit { close(queue) }

    /// Begins to watch a descriptor; nil when the kernel has no room.
    func add(_ descriptor: Int32, _ interest: Interest, _ source: Source) -> Ticket? {
        let slot = free.popLast() ?? slots.count
        if slot == slots.count { slots.append(Slot()) }
        slots[slot].source = source
        let ticket = Ticket(slot: slot, generation: slots[slot].generation)
        guard wsd_epoll_set(queue, EPOLL_CTL_ADD, descriptor, interest.rawValue, ticket.tag) == 0 else {
            release(ticket)
            return nil
        }
        return ticket
    }

    /// Waits for something else from now on.
    func change(_ ticket: Ticket, _ descriptor: Int32, _ interest: Interest) {
        _ = wsd_epoll_set(queue, EPOLL_CTL_MOD, descriptor, interest.rawValue, ticket.tag)
    }

    /// Stops watching. Events that were already fetched are dropped too.
    func remove(_ ticket: Ticket, _ descriptor: Int32) {
        _ = wsd_epoll_set(queue, EPOLL_CTL_DEL, descriptor, 0, 0)
        release(ticket)
    }

    private func release(_ ticket: Ticket) {
        guard slots[ticket.slot].generation == ticket.generation else { return }
        slots[ticket.slot].source = nil
        slots[ticket.slot].generation &+= 1
        free.append(ticket.slot)
    }

    /// Waits, -1 for ever, and hands out what happened.
    func wait(milliseconds: Int32, _ each: (Source, Interest) -> Void) {
        let count = epoll_wait(queue, &events, Int32(events.count), milliseconds)
        guard 0 < count else { return }
        for index in 0..<Int(count) {
            let tag = wsd_epoll_tag(&events[index])
            let slot = Int(tag & 0xffff_ffff)
            guard slot < slots.count, slots[slot].generation == UInt32(tag >> 32),
                let source = slots[slot].source
            else { continue }
            each(source, Interest(rawValue: wsd_epoll_events(&events[index])))
        }
    }
}
