import CLinux
import Glibc

/// A thread that reads the same files as the main one and dissects the other half of their streams.
///
/// Nothing is shared while both read: each has its own descriptors, keys and tables. Passing packets from one thread to
/// the other costs more than reading their headers twice (docs/architecture.md, "What was measured").
final class SecondReader: @unchecked Sendable {
    private let open: () throws(Failure) -> Inputs
    private let invocation: Invocation
    private var outcome: Result<ShardReading, Failure>?
    private var thread = pthread_t()
    private var isRunning = false

    /// Starts to read.
    init(_ inputs: Inputs, _ invocation: Invocation) {
        self.invocation = invocation
        let paths = (inputs.captures + inputs.keyLogs).map(\.path)
        open = { () throws(Failure) in try Inputs(paths, invocation) }
        let own = Unmanaged.passRetained(self)
        isRunning = pthread_create(&thread, nil, runSecondReader, own.toOpaque()) == 0
        if !isRunning { own.release() }
    }

    /// Waits for the end and answers what was seen. Where no thread could be had, the work is done here.
    func join() throws(Failure) -> ShardReading {
        if isRunning { pthread_join(thread, nil) } else { run() }
        guard let outcome else { throw .input(["the second reader of the files ended without an answer"]) }
        return try outcome.get()
    }

    fileprivate func run() {
        do throws(Failure) {
            outcome = .success(try ShardReading(try open(), invocation, shard: 1, of: 2))
        } catch {
            outcome = .failure(error)
        }
    }
}

/// The thread's function: free, so that it belongs to no actor.
private func runSecondReader(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<SecondReader>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}

extension Inputs {
    /// Below this a second thread is not worth its start. Bytes.
    private static let largeBytes = 32 << 20

    /// Whether two readers would be faster than one: large files that can be read twice, and a second core.
    var deserveTwoReaders: Bool {
        let sizes = captures.map { $0.isPacked ? nil : $0.size }
        guard sizes.allSatisfy({ $0 != nil }), Self.largeBytes <= sizes.reduce(0, { $0 + ($1 ?? 0) }) else {
            return false
        }
        // Fewer than the machine has under taskset and in containers.
        return 1 < wsd_available_cores()
    }
}
