import Glibc
import Wire

/// A client of the page: plain HTTP that is served here and relayed nowhere.
final class LocalClient {
    let id: Int
    private unowned let loop: RelayLoop
    private let service: any LocalService
    private let leg: Leg

    init(_ loop: RelayLoop, service: any LocalService, id: Int, descriptor: Int32) {
        self.loop = loop
        self.service = service
        self.id = id
        leg = Leg(side: .client, descriptor: descriptor)
    }

    /// Begins to read. False when the kernel has no room.
    func begin(listener: Endpoint) -> Bool {
        service.opened(id, listener: listener, at: loop.now)
        leg.ticket = loop.poller.add(leg.descriptor, .reading, .local(self))
        leg.interest = .reading
        return leg.ticket != nil
    }

    func ready(_ what: Poller.Interest) {
        if !what.isDisjoint(with: [.reading, .failure]) {
            switch receive(leg.descriptor, into: loop.wireBuffer) {
            case .wouldBlock: break
            case .failed, .bytes(0): return close()
            case .bytes(let count):
                UnsafeRawBufferPointer(rebasing: loop.wireBuffer[..<count])
                    .withMemoryRebound(to: UInt8.self) {
                        service.received($0.span, on: id, at: loop.now)
                    }
            }
        }
        serve()
    }

    /// Sends what the service has for this client, as far as the kernel takes it.
    func serve() {
        while true {
            guard leg.flush() else { return close() }
            guard leg.owed.isEmpty else { break }
            let more = service.takeOutput(for: id)
            if more.isEmpty { break }
            leg.give(more.span)
        }
        if leg.owed.isEmpty, service.isFinished(id) {
            shutdown(leg.descriptor, Int32(SHUT_WR))
            return close()
        }
        let interest: Poller.Interest = leg.owed.isEmpty ? .reading : [.reading, .writing]
        guard interest != leg.interest, let ticket = leg.ticket else { return }
        leg.interest = interest
        loop.poller.change(ticket, leg.descriptor, interest)
    }

    func close() {
        guard leg.isOpen else { return }
        leg.shut(reset: false, loop.poller)
        service.closed(id)
        loop.forget(self)
    }
}
