import Case
import Diagnosis
import JSON
import TestSupport
import Testing
import Wire

@testable import Report

/// What a member of the report must be.
indirect enum Shape: Sendable {
    case string, integer, number, truth
    case optional(Shape)
    case list(Shape)
    case oneOf([String])
    /// Members that must be there, and members that may.
    case object([String: Shape], optional: [String: Shape] = [:])
    /// Any names, one shape.
    case table(Shape)
    case anything

    /// What is wrong with a value, by path; empty when nothing is.
    func faults(_ value: JSONValue?, _ path: String) -> [String] {
        guard let value else { return ["\(path) is absent"] }
        switch (self, value) {
        case (.anything, _), (.string, .string), (.number, .number), (.truth, .bool), (.optional, .null):
            return []
        case (.integer, .number(let number, _)):
            return number == number.rounded() ? [] : ["\(path) is no integer"]
        case (.optional(let shape), _): return shape.faults(value, path)
        case (.oneOf(let words), .string(let word)): return words.contains(word) ? [] : ["\(path) is \(word)"]
        case (.list(let shape), .array(let elements)):
            return elements.enumerated().flatMap { shape.faults($0.element, "\(path)[\($0.offset)]") }
        case (.table(let shape), .object(let members)):
            return members.flatMap { shape.faults($0.value, "\(path).\($0.name)") }
        case (.object(let wanted, let optional), .object(let members)):
            let names = members.map(\.name)
            let repeated = Set(names).count == names.count ? [] : ["\(path) repeats a member"]
            return repeated
                + wanted.keys.sorted().flatMap { wanted[$0]?.faults(value[$0], "\(path).\($0)") ?? [] }
                + optional.keys.sorted().flatMap { name in
                    value[name].map { optional[name]?.faults($0, "\(path).\(name)") ?? [] } ?? []
                }
        default: return ["\(path) is \(value)"]
        }
    }
}

/// docs/report-json.md, as far as a machine can check it.
let contract = Shape.object([
    "schema": .oneOf(["wsdiag.report/1"]),
    "tool": .object(["name": .oneOf(["wsdiag"]), "version": .string]),
    "inputs": .list(.object(["id": .string, "name": .string, "kind": .string, "bytes": .integer])),
    "attempts": .list(attemptContract),
    "exchanges": .list(
        .object([
            "id": .string, "method": .optional(.string), "url": .string, "status": .optional(.integer),
            "startedAt": .optional(.string), "token": .optional(.string),
        ])),
    "tokens": .list(
        .object([
            "id": .string, "kind": .string, "alg": .optional(.string), "claims": .table(.anything),
            "lifetime": .table(.anything), "seenIn": .list(.string),
            "verified": .oneOf(["no-key", "valid", "invalid", "key-unknown", "not-applicable"]),
        ])),
    "limits": .list(.object(["cause": .string, "code": .string, "text": .string, "connections": .integer])),
    "evidence": .table(
        .object(
            ["input": .string],
            optional: ["frame": .integer, "stream": .integer, "filter": .string, "line": .integer])),
    "summary": .object([
        "attempts": .integer, "refused": .integer, "failed": .integer, "healthy": .integer,
        "undetermined": .integer, "exitCode": .integer,
    ]),
])

private let attemptContract = Shape.object([
    "id": .integer, "input": .string, "url": .string, "startedAt": .optional(.string),
    "client": .optional(.string), "server": .optional(.string),
    "outcome": .object([
        "kind": .oneOf(["opened", "refused", "failed", "incomplete"]), "status": .optional(.integer),
        "close": .optional(
            .object([
                "code": .integer, "reason": .string, "by": .oneOf(["client", "server"]), "frame": .truth,
            ])),
        "basis": .oneOf(["observed", "reported", "inferred"]),
    ]),
    "verdict": .optional(
        .object([
            "cause": .string, "code": .optional(.string),
            "certainty": .oneOf(["certain", "likely", "possible"]),
            "summary": .string, "fix": .list(.object(["text": .string, "command": .optional(.string)])),
        ])),
    "candidates": .list(
        .object([
            "cause": .string, "code": .string, "certainty": .oneOf(["certain", "likely", "possible"]),
            "for": .list(.string), "against": .list(.string), "summary": .string,
        ])),
    "ruledOut": .list(.object(["cause": .string, "because": .string, "evidence": .list(.string)])),
    "untested": .list(.object(["cause": .string, "missing": .string])),
    "next": .list(.object(["text": .string, "command": .optional(.string)])),
    "credentials": .list(
        .object([
            "token": .string, "in": .string, "name": .string, "scheme": .optional(.string),
            "evidence": .string,
        ])),
    "frames": .object(["sent": .integer, "received": .integer]),
])

/// The report as JSON text, put together from its pieces.
func jsonText(_ report: Report) -> [UInt8] {
    var bytes: [UInt8] = []
    writeJSONReport(report) { json throws(Never) in bytes += json.take() }
    return bytes
}

let conversations: [(name: String, text: String)] = [
    ("an expired token", expired),
    (
        "a healthy session",
        """
        > GET /live HTTP/1.1
        < HTTP/1.1 101 Switching Protocols
        >> text {"a":1}
        << text {"b":2}
        >> close 1000 "bye"
        << close 1000
        """
    ),
    (
        "a private close code",
        """
        > GET /v1?token={jwt exp=12:30:00} HTTP/1.1
        < HTTP/1.1 101 Switching Protocols
        << close 4003 "Invalid authentication token"
        """
    ),
    (
        "a reset without an answer",
        """
        > GET /live HTTP/1.1
        -- rst server
        """
    ),
    (
        "an opaque refusal",
        """
        > GET /live HTTP/1.1
        > Authorization: Bearer abcdefghijklmnopqrstuvwxyz012345
        < HTTP/1.1 403 Forbidden
        """
    ),
    ("nothing", ""),
]

@Suite("The JSON report") struct JSONReportTests {
    @Test("Every member has the shape of the contract", arguments: conversations.indices)
    func shapes(_ index: Int) throws {
        let report = report(conversations[index].text)
        let value = try JSONValue(reading: jsonText(report).span)
        #expect(contract.faults(value, "report") == [])
        #expect(value["summary"]?["exitCode"]?.number == Double(report.exitCode.rawValue))
    }

    @Test(
        "Every evidence id that is named is there, and they are numbered in order",
        arguments: conversations.indices)
    func evidence(_ index: Int) throws {
        let value = try JSONValue(reading: jsonText(report(conversations[index].text)).span)
        let known = value["evidence"]?.members?.map(\.name) ?? []
        #expect(known == known.indices.map { "e\($0 + 1)" })
        func walk(_ value: JSONValue) {
            switch value {
            case .object(let members):
                for member in members {
                    if ["for", "against", "evidence"].contains(member.name) {
                        let names =
                            member.value.array?.compactMap(\.string) ?? member.value.string.map { [$0] } ?? []
                        for name in names { #expect(known.contains(name), "\(name)") }
                    }
                    walk(member.value)
                }
            case .array(let elements): elements.forEach(walk)
            default: break
            }
        }
        walk(value["attempts"] ?? .null)
    }

    @Test("A close frame, its absence and its lack of a code are told as an API tells them")
    func closes() throws {
        let cases: [(String, code: Double?, by: String, frame: Bool)] = [
            ("<< close 4003 \"no\"", 4003, "server", true), ("<< close", 1005, "server", true),
            ("-- fin server", 1006, "server", false), ("-- rst client", 1006, "client", false),
            ("", nil, "", false),
        ]
        for (ending, code, by, frame) in cases {
            let text = "> GET /live HTTP/1.1\n< HTTP/1.1 101 Switching Protocols\n" + ending
            let value = try JSONValue(reading: jsonText(report(text)).span)
            let attempt = try #require(value["attempts"]?.array?.first)
            let close = attempt["outcome"]?["close"]
            #expect(close?["code"]?.number == code, "\(ending)")
            guard code != nil else { continue }
            #expect(close?["by"]?.string == by, "\(ending)")
            #expect(close?["frame"]?.bool == frame, "\(ending)")
        }
    }

    @Test("The pieces are small, however many attempts there are") func pieces() {
        let one = report(expired)
        var file = one.file
        file.attempts = AttemptList(repeating: one.file.attempts[0], count: 400)
        let many = Report(
            version: "0", file: file, judgements: Array(repeating: one.judgements[0], count: 400))
        var longest = 0
        var total = 0
        writeJSONReport(many) { json throws(Never) in
            longest = max(longest, json.bytes.count)
            total += json.take().count
        }
        #expect(longest < 1 << 17)
        #expect(1 << 20 < total)
    }
}
