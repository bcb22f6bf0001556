import Case
import JSON
import Wire

/// What a program that writes HARs keeps and loses. Data: `har-dialects.json`.
struct HARDialect: Sendable, Equatable {
    /// The beginning of `creator.name`.
    var creator: String
    /// What reports call it.
    var title: String
    /// Whether the header fields are those that travelled, all of them.
    var headIsWhole: Bool
    /// Whether it strips credentials' fields without a mark.
    var mayBeSanitized: Bool
    /// Whether WebSockets get into its files at all.
    var recordsSockets: Bool
    /// The client whose traffic it is, as `wsdiag howto` names it; nil where it could be any.
    var client: String?
    /// What shows more, in a sentence; nil where nothing is known.
    var better: String?

    /// Every dialect that is known.
    static let all: [HARDialect] = rows(PackageResources.har_dialects_json, "dialects").compactMap { row in
        guard let creator = row["creator"]?.string, let title = row["title"]?.string else { return nil }
        return HARDialect(
            creator: creator, title: title, headIsWhole: row["head"]?.string == "whole",
            mayBeSanitized: row["mayBeSanitized"]?.bool ?? false,
            recordsSockets: row["recordsSockets"]?.bool ?? true, client: row["client"]?.string,
            better: row["better"]?.string)
    }

    /// The dialect of a creator's name: the longest beginning that fits.
    static func named(_ name: String) -> HARDialect? {
        let name = name.lowercased()
        return all.filter { name.hasPrefix($0.creator.lowercased()) }.max {
            $0.creator.utf8.count < $1.creator.utf8.count
        }
    }
}

/// What a browser's words about a failed upgrade say. Data: `har-failures.json`.
struct HARFailure: Sendable, Equatable {
    /// What they say.
    enum Meaning: Sendable, Equatable {
        /// An answer with this status.
        case status(Int)
        /// A 101 that broke a rule of the handshake.
        case badSwitch(String)
        /// No answer; the connection ended thus.
        case noAnswer(Connection.Ending)
    }

    private var text: String
    private var meaning: Meaning?

    private static let all: [HARFailure] = rows(PackageResources.har_failures_json, "failures").compactMap {
        row in
        guard let text = row["text"]?.string else { return nil }
        if let status = row["status"]?.number {
            return HARFailure(text: text, meaning: .status(Int(status)))
        }
        if let rule = row["switch"]?.string { return HARFailure(text: text, meaning: .badSwitch(rule)) }
        switch row["ending"]?.string {
        case "refused": return HARFailure(text: text, meaning: .noAnswer(.refused))
        case "unanswered": return HARFailure(text: text, meaning: .noAnswer(.unanswered))
        case "reset": return HARFailure(text: text, meaning: .noAnswer(.reset(by: .server)))
        case "finished": return HARFailure(text: text, meaning: .noAnswer(.finished(by: .server)))
        case "open": return HARFailure(text: text, meaning: .noAnswer(.open))
        default: return HARFailure(text: text, meaning: nil)
        }
    }

    /// What these words say, or nil when nothing is known of them.
    static func meaning(of words: String) -> Meaning? {
        let words = String(words.unicodeScalars.prefix(1024))
        for row in all {
            guard let found = words.firstRange(of: row.text) else { continue }
            if let meaning = row.meaning { return meaning }
            let digits = words[found.upperBound...].prefix { $0.isASCII && $0.isNumber }
            guard digits.utf8.count == 3, let status = Int(digits), 100 <= status else { continue }
            return .status(status)
        }
        return nil
    }
}

/// The rows of an embedded table.
private func rows(_ bytes: [UInt8], _ name: String) -> [JSONValue] {
    (try? JSONValue(reading: bytes.span))?[name]?.array ?? []
}
