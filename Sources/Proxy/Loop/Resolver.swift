import CLinux
import Glibc
import Wire

/// Looks names up off the loop's thread: getaddrinfo(3) may wait for seconds.
///
/// Each look-up is a thread of its own, a few at a time; its answer comes back as one message on a socket pair, so that
/// no memory is shared.
final class Resolver {
    /// Becomes readable when an answer is there.
    let descriptor: Int32
    private let answerEnd: Int32
    private var running = 0
    private var queued: [Job] = []

    private static let mostThreads = 8
    private static let mostQueued = 4096
    fileprivate static let mostAddresses = 16

    /// What a thread needs to know.
    fileprivate struct Job: Sendable {
        var id: Int
        var name: String
        var answerEnd: Int32 = -1
    }

    /// One answer.
    struct Answer {
        var id: Int
        var addresses: [Endpoint]
        /// The number of getaddrinfo's error, 0 for none.
        var error: Int32
    }

    init() throws(ProxyFailure) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .system("socketpair", errno) }
        descriptor = ends[0]
        answerEnd = ends[1]
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(descriptor)
        close(answerEnd)
    }

    /// Asks for a name's addresses. False when too many wait already.
    func ask(_ name: String, for id: Int) -> Bool {
        guard running < Self.mostThreads else {
            guard queued.count < Self.mostQueued else { return false }
            queued.append(Job(id: id, name: name))
            return true
        }
        return begin(Job(id: id, name: name))
    }

    /// The answers that are there; ports are 0.
    func takeAnswers() -> [Answer] {
        var answers: [Answer] = []
        var message = [UInt8](repeating: 0, count: 16 + 16 * Self.mostAddresses)
        while true {
            let count = recv(descriptor, &message, message.count, 0)
            guard 16 <= count else { break }
            answers.append(Self.decode(message[..<count]))
            running -= 1
            while running < Self.mostThreads, !queued.isEmpty {
                let job = queued.removeFirst()
                if !begin(job) { answers.append(Answer(id: job.id, addresses: [], error: EAI_AGAIN)) }
            }
        }
        return answers
    }

    private func begin(_ job: Job) -> Bool {
        var job = job
        // The thread may outlive the resolver: its end of the pair is its own.
        job.answerEnd = fcntl(answerEnd, F_DUPFD_CLOEXEC, 0)
        guard 0 <= job.answerEnd else { return false }
        let box = Unmanaged.passRetained(JobBox(job))
        var thread = pthread_t()
        guard pthread_create(&thread, nil, lookUp, box.toOpaque()) == 0 else {
            box.release()
            close(job.answerEnd)
            return false
        }
        pthread_detach(thread)
        running += 1
        return true
    }

    private static func decode(_ message: ArraySlice<UInt8>) -> Answer {
        let bytes = Array(message)
        let span = bytes.span
        var addresses: [Endpoint] = []
        var offset = 16
        while let high = span.integer(at: offset, width: 8), let low = span.integer(at: offset + 8, width: 8)
        {
            addresses.append(Endpoint(high: high, low: low, port: 0))
            offset += 16
        }
        return Answer(
            id: Int(truncatingIfNeeded: span.integer(at: 0, width: 8) ?? 0), addresses: addresses,
            error: Int32(truncatingIfNeeded: span.integer(at: 8, width: 8) ?? 0))
    }
}

private final class JobBox: Sendable {
    let job: Resolver.Job
    init(_ job: Resolver.Job) { self.job = job }
}

/// The thread's life: one look-up, one message.
private func lookUp(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let job = Unmanaged<JobBox>.fromOpaque(argument).takeRetainedValue().job
    var message: [UInt8] = []
    func put(_ value: UInt64) { withUnsafeBytes(of: value.bigEndian) { message.append(contentsOf: $0) } }
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let error = getaddrinfo(job.name, nil, &hints, &list)
    put(UInt64(truncatingIfNeeded: job.id))
    put(UInt64(truncatingIfNeeded: Int64(error)))
    var next = list
    var count = 0
    while let entry = next, count < Resolver.mostAddresses {
        if let address = entry.pointee.ai_addr, let endpoint = Endpoint(address) {
            put(endpoint.high)
            put(endpoint.low)
            count += 1
        }
        next = entry.pointee.ai_next
    }
    if let list { freeaddrinfo(list) }
    _ = message.withUnsafeBytes { bytes in
        Glibc.send(job.answerEnd, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    }
    close(job.answerEnd)
    return nil
}
