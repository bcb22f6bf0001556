/// TLS 1.3 as the RFC has it, or as one of its drafts had it. Drafts before 18 are not read.
///
/// Source: draft-ietf-tls-tls13-18 to -28, "Changes"; RFC 8446.
struct TLS13Edition: Equatable {
    private let draft: Int

    /// The RFC's.
    static let final = TLS13Edition(draft: 28)

    private init(draft: Int) { self.draft = draft }

    /// The edition of a version number, 0x0304 or 0x7f00 and a draft's number; nil for every other version.
    init?(version: Int) {
        if version == 0x0304 {
            self = .final
        } else if version >> 8 == 0x7f {
            self.init(draft: version & 0xff)
        } else {
            return nil
        }
    }

    /// What stands before every label of the key schedule.
    var labelPrefix: String { draft < 20 ? "TLS 1.3, " : "tls13 " }
    /// The label of the secret after a KeyUpdate.
    var updateLabel: String { draft < 20 ? "application traffic secret" : "traffic upd" }
    /// Whether a record's header is authenticated with it.
    var authenticatesHeader: Bool { 25 <= draft }
    /// Whether ServerHello looks like that of TLS 1.2, with a session and a compression method.
    var resemblesTLS12: Bool { 22 <= draft }
}
