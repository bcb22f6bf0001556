import Glibc
import Synchronization

/// Set by the handler of SIGINT and looked at between two reads.
private let interruption = Atomic<Bool>(false)

/// Whether Ctrl-C was pressed.
func isInterrupted() -> Bool { interruption.load(ordering: .relaxed) }

/// A second Ctrl-C ends the process at once.
private func noteInterruption(_ signal: Int32) {
    interruption.store(true, ordering: .relaxed)
    Glibc.signal(signal, SIG_DFL)
}

/// A reader that leaves shall be an error of write(2) and no death; Ctrl-C shall end a read.
func installSignalHandlers() {
    signal(SIGPIPE, SIG_IGN)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = noteInterruption
    // Without SA_RESTART a read from a pipe ends with EINTR.
    action.sa_flags = 0
    sigaction(SIGINT, &action, nil)
}
