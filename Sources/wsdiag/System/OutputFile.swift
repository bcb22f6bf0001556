import Glibc
import JSON
import Report

/// Where a report goes: a file, or standard output.
struct OutputFile: ~Copyable {
    private let path: String?
    private let descriptor: Int32
    private let surroundings: Surroundings

    /// Opens the file that `--output` names, readable for its owner only: reports hold claims of people.
    init(_ invocation: Invocation) throws(Failure) {
        path = invocation.value(.output).flatMap { $0 == "-" ? nil : $0 }
        surroundings = invocation.surroundings
        guard let path else {
            descriptor = -1
            return
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard 0 <= descriptor else { throw .output(["cannot write to \(path): \(errorText(errno))"]) }
    }

    deinit { if 0 <= descriptor { close(descriptor) } }

    func write(_ bytes: [UInt8]) throws(Failure) {
        guard let path else { return try surroundings.write(bytes) }
        try writeAll(bytes, to: descriptor, name: path)
    }

    func write(_ text: String) throws(Failure) { try write(Array(text.utf8)) }

    /// Takes what a writer has ready.
    func flush(_ json: inout JSONWriter) throws(Failure) { try write(json.take()) }
}

/// `--format`, else the ending of the file that `--output` names, else text.
func outputFormat(_ invocation: Invocation, _ choices: [String]) -> String {
    if let given = invocation.value(.format(choices)) { return given }
    guard let path = invocation.value(.output), let dot = path.lastIndex(of: ".") else { return choices[0] }
    let ending = String(path[path.index(after: dot)...])
    return choices.contains(ending) ? ending : choices[0]
}
