import Case
import TestSupport
import Testimony
import Wire

/// The case that a document tells, read in pieces.
func readDocument(_ pieces: [[UInt8]], limits: Limits = .standard) throws -> CaseFile {
    let beginning = Array(pieces.joined().prefix(4096))
    guard let format = DocumentFormat(beginning.span) else { throw DocumentError("not recognised") }
    return try readDocument(pieces, as: format, limits: limits)
}

/// The case that a document of a known format tells, read in pieces.
func readDocument(
    _ pieces: [[UInt8]], as format: DocumentFormat, limits: Limits = .standard
) throws -> CaseFile {
    var reader = format.reader(named: "document", limits: limits)
    for piece in pieces { try reader.receive(piece.span) }
    return try reader.finish()
}

/// An attempt as every lens shows it: what is compared between forms of the same evidence.
struct Seen: Equatable, CustomStringConvertible {
    var target: String?
    var authority: String
    var outcome: Attempt.Outcome
    var status: Int?
    var close: Int?
    var closer: Side?
    var credentials: [String]

    init(_ attempt: Attempt, _ file: CaseFile) {
        target = attempt.request?.head.target
        authority = attempt.authority
        outcome = attempt.outcome
        status = attempt.status
        close = attempt.session?.firstClose?.code
        closer = attempt.session?.firstClose?.by
        credentials = attempt.allCredentials.map { credential in
            let kind = file.token(credential.token)?.kind
            return "\(credential.placement) \(credential.name) \(kind.map { "\($0)" } ?? "?")"
        }
    }

    var description: String {
        "\(authority) \(target ?? "-") \(outcome) \(status ?? 0) \(close ?? 0) \(closer.map { "\($0)" } ?? "-") \(credentials)"
    }
}

/// Every attempt of a case that had a request.
func seen(_ file: CaseFile) -> [Seen] {
    file.attempts.filter { $0.request != nil }.map { Seen($0, file) }
}
