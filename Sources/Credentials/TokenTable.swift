package import Case
package import Wire

/// Every distinct credential of a case, numbered in order of first sight: the same bytes are the same token.
///
/// The bytes are kept once; claims are decoded when they are asked for. The hash is seeded per process, since
/// whoever sends the tokens chooses their bytes, and no output depends on it.
package struct TokenTable: Sendable {
    /// The tokens; `tokens[n - 1].id == n`.
    package private(set) var tokens: [Token] = []
    /// Open addressing: the upper half of a slot is a part of the hash, the lower the id; 0 is empty.
    private var slots: [UInt64] = []
    private let limits: Limits

    /// An empty table.
    package init(limits: Limits = .standard) { self.limits = limits }

    /// The number of these bytes. `kind` is given where the carrier tells it (`basic`, `sigv4`, or `opaque` for a
    /// password, which no example's word makes a placeholder); else the bytes do.
    package mutating func intern(_ bytes: Span<UInt8>, kind: Token.Kind? = nil) -> Int {
        let hash = hash(bytes)
        if let id = find(bytes, hash) { return id }
        let id = tokens.count + 1
        let secret = Secret(bytes.bytes())
        if let kind {
            tokens.append(Token(id: id, secret: secret, kind: kind))
        } else {
            let form = TokenForm(of: bytes, limits: limits)
            tokens.append(Token(id: id, secret: secret, kind: form.kind, defects: form.defects))
        }
        insert(id, hash)
        return id
    }

    /// The number of this secret's bytes.
    package mutating func intern(_ secret: Secret, kind: Token.Kind? = nil) -> Int {
        intern(secret.bytes.span, kind: kind)
    }

    /// The number of the bytes if they are known.
    package func id(of bytes: Span<UInt8>) -> Int? { find(bytes, hash(bytes)) }

    /// Takes over a token of another table, with what is known of it, and answers its number here.
    package mutating func adopt(_ token: Token) -> Int {
        let bytes = token.secret.bytes.span
        let hash = hash(bytes)
        if let id = find(bytes, hash) { return id }
        var own = token
        own.id = tokens.count + 1
        tokens.append(own)
        insert(own.id, hash)
        return own.id
    }

    /// Takes over every token of another table, in its order.
    ///
    /// Shape: the answer's element `n - 1` is the number here of the other's token `n`.
    package mutating func merge(_ other: TokenTable) -> [Int] { other.tokens.map { adopt($0) } }

    /// Notes the outcome of a signature check.
    package mutating func setVerification(_ verification: Verification, of id: Int) {
        guard 1 <= id, id <= tokens.count else { return }
        tokens[id - 1].verification = verification
    }
}

extension TokenTable {
    private func hash(_ bytes: Span<UInt8>) -> UInt64 {
        var hasher = Hasher()
        unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return UInt64(truncatingIfNeeded: hasher.finalize())
    }

    private func find(_ bytes: Span<UInt8>, _ hash: UInt64) -> Int? {
        guard !slots.isEmpty else { return nil }
        let mask = slots.count - 1
        var index = Int(truncatingIfNeeded: hash) & mask
        while slots[index] != 0 {
            if slots[index] >> 32 == hash >> 32 {
                let id = Int(slots[index] & 0xffff_ffff)
                if areEqual(tokens[id - 1].secret.bytes, bytes) { return id }
            }
            index = (index + 1) & mask
        }
        return nil
    }

    private func areEqual(_ left: [UInt8], _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in right.indices where left[index] != right[index] { return false }
        return true
    }

    private mutating func insert(_ id: Int, _ hash: UInt64) {
        if slots.count * 3 <= tokens.count * 4 { grow() }
        place(id, hash)
    }

    private mutating func place(_ id: Int, _ hash: UInt64) {
        let mask = slots.count - 1
        var index = Int(truncatingIfNeeded: hash) & mask
        while slots[index] != 0 { index = (index + 1) & mask }
        slots[index] = (hash >> 32) << 32 | UInt64(id)
    }

    private mutating func grow() {
        slots = [UInt64](repeating: 0, count: max(64, slots.count * 2))
        for token in tokens.dropLast() { place(token.id, hash(token.secret.bytes.span)) }
    }
}
