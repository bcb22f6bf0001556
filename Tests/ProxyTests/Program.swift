import Glibc
import Testing

@testable import Proxy

/// A program that a test starts: its output is gathered while the proxy's loop turns.
final class Program {
    private let process: pid_t
    private let output: Int32
    private var input: Int32
    private var bytes: [UInt8] = []
    private(set) var status: Int32?

    /// Starts it, found by PATH.
    init(_ words: [String], environment: [String: String] = [:]) throws {
        var toChild: [Int32] = [-1, -1]
        var fromChild: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        try #require(socketpair(AF_UNIX, kind, 0, &toChild) == 0)
        try #require(socketpair(AF_UNIX, kind, 0, &fromChild) == 0)
        input = toChild[1]
        output = fromChild[0]
        _ = fcntl(output, F_SETFL, O_NONBLOCK)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 2)
        let all = ["/usr/bin/env"] + environment.map { "\($0)=\($1)" } + words
        let arguments: [UnsafeMutablePointer<CChar>?] = all.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = []
        for variable in ["PATH=/usr/bin:/bin", "HOME=/tmp"] { variables.append(strdup(variable)) }
        variables.append(nil)
        var child = pid_t()
        let answer = posix_spawn(&child, "/usr/bin/env", &actions, nil, arguments, &variables)
        (arguments + variables).forEach { free($0) }
        posix_spawn_file_actions_destroy(&actions)
        Glibc.close(toChild[0])
        Glibc.close(fromChild[1])
        process = child
        try #require(answer == 0)
    }

    deinit {
        endInput()
        if !poll() { kill(process, SIGKILL) }
        if status == nil { waitpid(process, nil, 0) }
        Glibc.close(output)
    }

    /// What it said so far, errors included.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Says something on its standard input; what is said is short.
    func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(input, bytes, bytes.count)
    }

    /// Sends it a signal.
    func send(_ signal: Int32) { if status == nil { kill(process, signal) } }

    /// Closes its standard input.
    func endInput() {
        if 0 <= input { Glibc.close(input) }
        input = -1
    }

    /// Gathers output. True when the program is over.
    @discardableResult
    func poll() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(output, &buffer, buffer.count)
            guard 0 < count else { break }
            bytes += buffer[..<count]
        }
        guard status == nil else { return true }
        var raw: Int32 = 0
        guard waitpid(process, &raw, WNOHANG) == process else { return false }
        status = raw & 0x7f == 0 ? raw >> 8 & 0xff : -1
        return poll()
    }

    /// Whether a command is there that succeeds: what is asked of a peer before it is used.
    static func succeeds(_ words: [String], environment: [String: String] = [:]) -> Bool {
        guard let program = try? Program(words, environment: environment) else { return false }
        program.endInput()
        waitpid(program.process, &program.rawStatus, 0)
        program.status = program.rawStatus
        return program.rawStatus == 0
    }

    private var rawStatus: Int32 = 0
}
