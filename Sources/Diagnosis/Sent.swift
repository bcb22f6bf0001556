import Case
import JSON

/// A credential of the upgrade with its token, as far as a family shares it.
///
/// Which token it is differs from attempt to attempt: `Facts.number(of:)` and `Facts.token(of:)` tell it, with a note.
final class Sent {
    let credential: Credential
    /// Its place among the credentials of the attempt.
    let position: Int
    /// The form of the token.
    let kind: Token.Kind
    /// What is wrong with its spelling, here and everywhere.
    let defects: [Token.Defect]
    /// What is wrong with the token everywhere.
    let tokenDefects: [Token.Defect]
    let verification: Verification
    /// Whether the case shows where it comes from, or how it fared elsewhere.
    let hasLineage: Bool
    /// `<token 1>`, or the role that stands for it.
    let name: String
    /// What can be decoded of it, as far as tokens of the same claims share it.
    private let decoded: JWT?
    private let reads: Reads

    /// A credential and its token: of one with its own name and all of its claims, or with a role for its name and
    /// without what names its subject.
    init(
        _ credential: Credential, _ token: Token, at position: Int, hasLineage: Bool, hasRole: Bool,
        _ reads: Reads
    ) {
        var own = credential
        if hasRole {
            own.place = Roles.credential(position)
            own.token = 0
        }
        self.credential = own
        self.position = position
        kind = token.kind
        tokenDefects = token.defects
        defects = credential.defects.isEmpty ? token.defects : credential.defects + token.defects
        verification = token.verification
        self.hasLineage = hasLineage
        name = hasRole ? Roles.name(position) : "<token \(token.id)>"
        decoded = hasRole ? token.jwt?.withoutSubject : token.jwt
        self.reads = reads
    }

    /// What can be decoded of it.
    var jwt: JWT? {
        reads.note(.claims)
        return decoded
    }
    /// What its claims grant; nil where no claim tells.
    var scopes: [String]? {
        reads.note(.claims)
        return granted
    }
    private lazy var granted: [String]? = decoded?.scopes
}
