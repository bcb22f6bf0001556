import Glibc
import Wire

/// Text for somebody who may have stopped reading: nothing here waits, and what finds no room is counted.
package final class LineOutput {
    private let descriptor: Int32
    private var waiting = ByteQueue()
    private var lost = 0
    private var isGone = false

    private static let mostWaiting = 1 << 20

    /// Output to a descriptor that belongs to somebody else.
    package init(descriptor: Int32) { self.descriptor = descriptor }

    /// Takes whole lines.
    package func write(_ text: String) {
        guard !isGone else { return }
        guard waiting.count < Self.mostWaiting else {
            lost += 1
            return
        }
        if 0 < lost {
            waiting.append(Array("… \(counted(lost, "message")) not shown: nobody read them\n".utf8).span)
            lost = 0
        }
        waiting.append(Array(text.utf8).span)
    }

    /// Writes what is taken at once.
    package func flush() { drain(patience: 0) }

    /// Writes the rest, and waits a little for a reader that is slow.
    package func finish() { drain(patience: 1000) }

    private func drain(patience: Int32) {
        while !waiting.isEmpty, !isGone {
            var query = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard 0 < poll(&query, 1, patience) else { return }
            // A pipe that is ready takes this much without waiting (pipe(7), PIPE_BUF).
            let written = waiting.withBytes { Glibc.write(descriptor, $0.baseAddress, min($0.count, 4096)) }
            if 0 < written {
                waiting.drop(written)
            } else if errno != EINTR {
                if errno != EAGAIN { isGone = true }
                return
            }
        }
    }
}
