import Glibc

/// A program that was run to its end.
package struct Command {
    /// Its exit status; -1 when a signal ended it or it could not be started.
    package var status: Int32
    /// What it wrote, errors included.
    package var output: String
    /// The most memory that it had. Bytes.
    package var peakBytes = 0
    /// The processor time that it took.
    package var seconds = 0.0

    /// Runs a program, found by PATH, with a file as its standard input.
    package init(_ words: [String], input: String = "/dev/null", environment: [String: String] = [:]) {
        (status, output) = (-1, "")
        TestFile.temporary { path in
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
            defer { posix_spawn_file_actions_destroy(&actions) }
            var surroundings = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8"]
            // How a program that is built with a sanitizer behaves (`make sanitize`).
            if let options = getenv("ASAN_OPTIONS") {
                surroundings["ASAN_OPTIONS"] = String(cString: options)
            }
            surroundings.merge(environment) { $1 }
            var arguments = (["/usr/bin/env"] + words).map { strdup($0) } + [nil]
            var variables = surroundings.map { strdup("\($0.key)=\($0.value)") } + [nil]
            defer { (arguments + variables).forEach { free($0) } }
            var child = pid_t()
            guard posix_spawn(&child, "/usr/bin/env", &actions, nil, &arguments, &variables) == 0 else {
                return
            }
            var raw: Int32 = 0
            var usage = rusage()
            while wait4(child, &raw, 0, &usage) == -1, errno == EINTR {}
            peakBytes = usage.ru_maxrss << 10
            for time in [usage.ru_utime, usage.ru_stime] {
                seconds += Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
            }
            status = raw & 0x7f == 0 ? raw >> 8 & 0xff : -1
            output = String(decoding: TestFile.read(path) ?? [], as: UTF8.self)
        }
    }

    /// Whether a program is installed.
    package static func exists(_ name: String) -> Bool {
        Command(["sh", "-c", "command -v \"$1\"", "sh", name]).status == 0
    }

    /// The program of this package, built beside the tests; nil where it is not.
    package static let wsdiag: String? = {
        // The tests are handed over as a file of the same folder, or as one inside it.
        for argument in CommandLine.arguments where argument.contains(".xctest") {
            var folder = argument[...]
            while let slash = folder.lastIndex(of: "/") {
                folder = folder[..<slash]
                if TestFile.exists(folder + "/wsdiag") { return folder + "/wsdiag" }
                guard folder.contains(".build") || folder.contains(".xctest") else { break }
            }
        }
        return nil
    }()
}
