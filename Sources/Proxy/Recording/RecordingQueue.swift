import Glibc
import Wire

/// Blocks between the relay's thread and the one that writes them: bounded, in order, comments still to be added.
///
/// Laws: the relay never waits for the disk. Whole blocks are written in one piece; nothing is written in the middle of
/// a turn, nor while a connection waits for its answer (for `hold` at most), so that what is found out can still be
/// put beside the packets that show it.
final class RecordingQueue: @unchecked Sendable {
    /// How long blocks wait for an answer to be judged. Nanoseconds.
    static let hold: Int64 = 500_000_000
    /// Waiting ends when so much has gathered. Bytes.
    static let batch = 1 << 20
    /// The writer sleeps so long after each batch: waking it for every message costs more than writing. Nanoseconds.
    static let nap: Int64 = 4_000_000

    private let most: Int
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    // All of these are touched with the mutex held.
    private var pending = PcapngWriting()
    private var starts: [(frame: Int, start: Int)] = []
    private var spare: [UInt8] = []
    private var waiting: Set<Int> = []
    private var releaseAt: Int64?
    private var isTurnOpen = false
    private var napsUntil: Int64 = 0
    private var isNapping = false
    private var isFinished = false
    private var isFailed = false
    private var failure: String?

    init(most: Int) {
        self.most = most
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        condition.deallocate()
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}

// MARK: - The relay's side

extension RecordingQueue {
    /// Whether payload may be added; when not, the caller tells of a gap instead. After a failure nothing is kept and
    /// nothing is missed: the recording has ended.
    var hasRoom: Bool { locked { isFailed || pending.bytes.count < most } }

    /// Why writing ended, once.
    func takeFailure() -> String? {
        locked {
            defer { failure = nil }
            return failure
        }
    }

    /// Adds blocks; `frame` numbers the packet, nil for other blocks.
    func add(frame: Int?, _ write: (inout PcapngWriting) -> Void) {
        locked {
            guard !isFailed else { return }
            isTurnOpen = true
            if let frame { starts.append((frame, pending.bytes.count)) }
            write(&pending)
            if Self.batch <= pending.bytes.count { pthread_cond_signal(condition) }
        }
    }

    /// Adds a key log before the first packet that was not written yet: readers look for keys where they need them.
    func addKeys(_ text: [UInt8]) {
        locked {
            guard !isFailed else { return }
            isTurnOpen = true
            var block = PcapngWriting()
            block.keyLog(text)
            pending.bytes.insert(contentsOf: block.bytes, at: starts.first?.start ?? pending.bytes.count)
            for index in starts.indices { starts[index].start += block.bytes.count }
        }
    }

    /// Puts a comment beside a packet; false when it is written already.
    func comment(_ text: String, onFrame frame: Int) -> Bool {
        locked {
            var (low, high) = (0, starts.count)
            while low < high {
                let middle = (low + high) / 2
                if starts[middle].frame < frame { low = middle + 1 } else { high = middle }
            }
            guard low < starts.count, starts[low].frame == frame else { return false }
            let longer = pending.addComment(text, toBlockAt: starts[low].start)
            for index in starts.indices.dropFirst(low + 1) { starts[index].start += longer }
            return true
        }
    }

    /// What a connection says from here on is kept back until `release`, or for `hold`.
    func wait(for id: Int) { locked { _ = waiting.insert(id) } }

    /// The connection has its answer.
    func release(_ id: Int) { locked { _ = waiting.remove(id) } }

    /// What was added may go.
    func endTurn() {
        locked {
            isTurnOpen = false
            if waiting.isEmpty {
                releaseAt = nil
            } else if releaseAt == nil {
                releaseAt = monotonicNanoseconds() + Self.hold
            }
            if !pending.bytes.isEmpty, !isNapping { pthread_cond_signal(condition) }
        }
    }

    /// Nothing more will be added.
    func finish() {
        locked {
            isFinished = true
            pthread_cond_signal(condition)
        }
    }
}

// MARK: - The writer's side

extension RecordingQueue {
    /// Waits for blocks that may be written; nil when there will be none any more.
    func next() -> [UInt8]? {
        locked {
            while true {
                let isLong = Self.batch <= pending.bytes.count
                if pending.bytes.isEmpty {
                    if isFinished { return nil }
                    pthread_cond_wait(condition, mutex)
                } else if isFinished || isLong {
                    return take()
                } else if monotonicNanoseconds() < napsUntil {
                    isNapping = true
                    wait(until: napsUntil)
                    isNapping = false
                } else if isTurnOpen {
                    pthread_cond_wait(condition, mutex)
                } else if let due = releaseAt, monotonicNanoseconds() < due {
                    wait(until: due)
                } else {
                    // Those that waited too long are waited for no more.
                    if releaseAt != nil { waiting.removeAll() }
                    return take()
                }
            }
        }
    }

    /// Takes back the buffer of blocks that were written.
    func giveBack(_ buffer: inout [UInt8]) {
        locked {
            guard buffer.capacity <= 4 * Self.batch else { return }
            // Nobody else may hold it, or emptying it would make a new one.
            swap(&spare, &buffer)
            spare.removeAll(keepingCapacity: true)
        }
    }

    /// Writing is over, though more may come.
    func fail(_ reason: String) {
        locked {
            isFailed = true
            failure = reason
            pending.bytes = []
            starts = []
        }
    }

    /// With the mutex held.
    private func wait(until due: Int64) {
        var until = timespec(tv_sec: Int(due / 1_000_000_000), tv_nsec: Int(due % 1_000_000_000))
        pthread_cond_timedwait(condition, mutex, &until)
    }

    private func take() -> [UInt8] {
        releaseAt = nil
        napsUntil = monotonicNanoseconds() + Self.nap
        starts.removeAll(keepingCapacity: true)
        let taken = pending.bytes
        pending.bytes = spare
        spare = []
        return taken
    }
}
