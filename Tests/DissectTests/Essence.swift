import Case
import Diagnosis
import JSON
import Report
import TestSupport

/// What a report says, without what changes when the same conversation is captured otherwise: frame and stream numbers,
/// times of day, addresses, sizes of files, and limits that tell of the capture.
struct Essence: Equatable, CustomStringConvertible {
    /// The lines that are left of the JSON report.
    var lines: [String]

    init(_ file: CaseFile) {
        let report = Report(version: "0", file: file, judgements: judge(file))
        var text: [UInt8] = []
        writeJSONReport(report) { json in text += json.take() }
        lines = Essence.without(
            text.split(separator: 0x0a).map(Array.init), sections: ["inputs", "evidence", "limits"]
        )
        .filter { !Essence.isDropped($0) }
        .map(Essence.levelled)
    }

    private static let dropped: [[UInt8]] = [
        "startedAt", "client", "server", "stream", "input", "evidence", "filter",
    ].map { Array("\($0)\":".utf8) }

    /// Leaves out members of the outermost object.
    private static func without(_ lines: [[UInt8]], sections: [String]) -> [[UInt8]] {
        let beginnings = sections.map { Array("  \"\($0)\":".utf8) }
        var isLeftOut = false
        return lines.filter { line in
            if 3 < line.count, line[2] == 0x22 { isLeftOut = beginnings.contains { line.starts(with: $0) } }
            return !isLeftOut
        }
    }

    /// Whether a line tells only where or when: a dropped member, or an element of a list of evidence (`"e12"`).
    private static func isDropped(_ line: [UInt8]) -> Bool {
        guard let start = line.firstIndex(where: { $0 != 0x20 }), line[start] == 0x22 else { return false }
        let rest = line[(start + 1)...]
        if rest.first == 0x65, let next = rest.dropFirst().first, isDigit(next) { return true }
        return dropped.contains { rest.starts(with: $0) }
    }

    /// The numbers of frames and SYNs, and addresses, replaced by a letter. By hand: a regular expression takes a
    /// hundred times as long in a debug build.
    private static func levelled(_ line: [UInt8]) -> String {
        var out: [UInt8] = []
        var index = 0
        while index < line.count {
            if line[index...].starts(with: "[2001:db8::".utf8),
                let close = line[index...].firstIndex(of: 0x5d)
            {
                index = close + 1
                while index < line.count, isDigit(line[index]) || line[index] == 0x3a { index += 1 }
                out.append(0x41)
                continue
            }
            guard isDigit(line[index]) else {
                out.append(line[index])
                index += 1
                continue
            }
            var end = index
            while end < line.count, isDigit(line[end]) || line[end] == 0x2e || line[end] == 0x3a { end += 1 }
            while index < end, !isDigit(line[end - 1]) { end -= 1 }
            let isAddress = line[index..<end].count { $0 == 0x2e } == 3
            let after = line[end...].prefix(4)
            let isCount =
                numbered.contains { out.suffix($0.count).elementsEqual($0) }
                || after.elementsEqual(" SYN".utf8)
            out += isAddress ? [0x41] : isCount ? [0x4e] : Array(line[index..<end])
            index = end
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// What stands before a number that tells a place. A list goes on after a number that was replaced.
    private static let numbered: [[UInt8]] = [
        "rame ", "rames ", "N, ", "N and ", "N–", "N-", "stream eq ", "number == ",
    ].map { Array($0.utf8) }

    private static func isDigit(_ byte: UInt8) -> Bool { 0x30 <= byte && byte <= 0x39 }

    /// The first lines that differ.
    func difference(from other: Essence) -> String {
        let common = zip(lines, other.lines).prefix { $0 == $1 }.count
        let left = lines.dropFirst(common).prefix(5).map { "- " + $0 }
        let right = other.lines.dropFirst(common).prefix(5).map { "+ " + $0 }
        return (left + right).joined(separator: "\n")
    }

    var description: String { "\(lines.count) lines" }
}
