import CLinux
import Glibc

/// The thread that writes a recording. The file ends with a whole block whenever nothing is being written.
final class RecordingFile: @unchecked Sendable {
    private let path: String
    private let descriptor: Int32
    private let queue: RecordingQueue
    private var thread = pthread_t()
    /// Bytes of whole blocks; touched by the thread alone.
    private var length = 0

    /// Opens the file, for its owner only, and begins to write.
    ///
    /// Throws: `file`.
    init(_ path: String, _ queue: RecordingQueue) throws(AuthorityError) {
        self.path = path
        self.queue = queue
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard 0 <= descriptor else { throw .file(path, reason: systemText(errno)) }
        // The file may have been there, for everybody to read.
        fchmod(descriptor, 0o600)
        let context = Unmanaged.passRetained(self)
        let status = pthread_create(&thread, nil, runRecordingFile, context.toOpaque())
        guard status == 0 else {
            context.release()
            close(descriptor)
            throw .file(path, reason: systemText(status))
        }
    }

    /// Waits until everything is written.
    func join() { pthread_join(thread, nil) }

    fileprivate func run() {
        // Signals are for the relay's thread.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        var isBroken = false
        while var blocks = queue.next() {
            if !isBroken, !write(blocks) { isBroken = true }
            queue.giveBack(&blocks)
        }
        close(descriptor)
    }

    private func write(_ blocks: [UInt8]) -> Bool {
        if let number = writeWhole(blocks, to: descriptor) {
            queue.fail("\(path): \(systemText(number))")
            // Half a block helps nobody.
            ftruncate(descriptor, length)
            return false
        }
        length += blocks.count
        return true
    }
}

/// A thread begins with a function that belongs to nobody.
private func runRecordingFile(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<RecordingFile>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
