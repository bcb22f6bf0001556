import CLinux
import Glibc

/// A program that cannot be started.
package struct LaunchError: Error, Equatable {
    /// What was asked for.
    package var program: String
    /// The system's number for why.
    package var number: Int32

    /// One line for the reader.
    package var text: String { "\(program): \(systemText(number))" }
    /// What a shell answers for it.
    package var status: ChildProcess.Status { number == ENOENT ? 127 : 126 }
}

/// A program that was started, with the terminal of this one.
package struct ChildProcess: Sendable {
    /// How it ended, as a shell tells it: its status, or 128 and the signal's number.
    package typealias Status = Int32

    private let id: pid_t

    /// Starts a program that is found in PATH. It gets `environment`, every descriptor that is meant for it, and signals
    /// as if this program were not there.
    ///
    /// Throws: with the program's name and why it cannot be started.
    package init(_ command: [String], environment: [String: String]) throws(LaunchError) {
        guard let program = command.first else { throw LaunchError(program: "", number: ENOENT) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // Ignored signals would stay ignored.
        var usual = sigset_t()
        sigemptyset(&usual)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD] { sigaddset(&usual, signal) }
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let lines = environment.sorted { $0.key < $1.key }.map { $0.key + "=" + $0.value }
        var started: pid_t = 0
        let problem = withStrings(command) { arguments in
            withStrings(lines) { variables in
                posix_spawnp(&started, program, nil, &attributes, arguments, variables)
            }
        }
        guard problem == 0 else { throw LaunchError(program: program, number: problem) }
        id = started
    }

    /// How it ended, or nil while it runs. Asked again after that it answers nil for ever.
    package func ended() -> Status? {
        var status: Int32 = 0
        guard waitpid(id, &status, WNOHANG) == id else { return nil }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    /// Passes a signal on.
    package func send(_ signal: Int32) { kill(id, signal) }
}

/// Signals that are kept from this process, to be passed on to another.
package enum PassedSignals {
    private static var all: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2] { sigaddset(&set, signal) }
        return set
    }

    /// Keeps them from every thread that is made after this.
    package static func block() {
        var set = all
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// The next one that came, or nil. `isFromTerminal` says that the terminal sent it to its whole group, so that a
    /// child has it already.
    package static func next() -> (signal: Int32, isFromTerminal: Bool)? {
        var set = all
        var information = siginfo_t()
        var now = timespec()
        let signal = sigtimedwait(&set, &information, &now)
        guard 0 < signal else { return nil }
        // SI_KERNEL: no process sent it.
        return (signal, information.si_code == 0x80)
    }
}

/// The environment of this process, whole.
package func processEnvironment() -> [String: String] {
    var environment: [String: String] = [:]
    guard var entry = wsd_environment() else { return environment }
    while let text = entry.pointee {
        let line = String(cString: text)
        if let equals = line.firstIndex(of: "=") {
            environment[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        entry += 1
    }
    return environment
}

/// Lends texts as C takes a list of them.
private func withStrings<Value>(
    _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
) -> Value {
    var pointers = texts.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
        // There is always the nil at the end.
        guard let start = buffer.baseAddress else { preconditionFailure("a list without its end") }
        return body(start)
    }
}
