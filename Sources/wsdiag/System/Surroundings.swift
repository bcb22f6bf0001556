import Glibc

/// What a command may know and do outside of its inputs. Tests hand in one of their own.
struct Surroundings: Sendable {
    /// The environment variables that are read at all.
    static let variables = [
        "SSLKEYLOGFILE", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM", "COLUMNS", "LC_ALL", "LC_CTYPE",
        "LANG", "HOME", "XDG_DATA_HOME",
    ]

    var environment: [String: String] = [:]
    var inputIsTerminal = false
    var outputIsTerminal = false
    var errorIsTerminal = false
    /// The width of the terminal that standard output goes to.
    var terminalColumns: Int?
    /// Writes to standard output.
    var write: @Sendable ([UInt8]) throws(Failure) -> Void
    /// Writes to standard error. What cannot be written there is lost.
    var note: @Sendable (String) -> Void

    /// Those of this process.
    static func ofProcess() -> Surroundings {
        var environment: [String: String] = [:]
        for name in variables {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        let outputIsTerminal = isatty(STDOUT_FILENO) == 1
        return Surroundings(
            environment: environment, inputIsTerminal: isatty(STDIN_FILENO) == 1,
            outputIsTerminal: outputIsTerminal, errorIsTerminal: isatty(STDERR_FILENO) == 1,
            terminalColumns: outputIsTerminal ? columns(of: STDOUT_FILENO) : nil,
            write: { bytes throws(Failure) in try writeAll(bytes, to: STDOUT_FILENO, name: "standard output")
            },
            note: { text in try? writeAll(Array(text.utf8), to: STDERR_FILENO, name: "standard error") })
    }

    private static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, 0 < size.ws_col else { return nil }
        return Int(size.ws_col)
    }
}

/// Writes every byte, or says why not. A pipe whose reader left is `outputClosed`.
func writeAll(_ bytes: [UInt8], to descriptor: Int32, name: String) throws(Failure) {
    var offset = 0
    while offset < bytes.count {
        let written = bytes.withUnsafeBytes { buffer in
            buffer.baseAddress.map { Glibc.write(descriptor, $0 + offset, buffer.count - offset) } ?? 0
        }
        if 0 < written {
            offset += written
        } else if errno == EINTR {
            if isInterrupted() { throw .interrupted }
        } else if errno == EPIPE {
            throw .outputClosed
        } else {
            throw .output(["cannot write to \(name): \(errorText(errno))"])
        }
    }
}

/// What the system calls an error: `No such file or directory`.
func errorText(_ number: Int32) -> String {
    strerror(number).map { String(cString: $0) } ?? "error \(number)"
}
