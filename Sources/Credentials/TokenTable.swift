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
    private let shelf: (any Shelf)?
    /// Tokens from this index on were not put aside, and how many bytes they have.
    private var firstKept = 0
    private var keptBytes = 0

    /// An empty table. Beyond `Limits.secretBytes` tokens are put on the shelf, where there is one.
    package init(limits: Limits = .standard, shelf: (any Shelf)? = nil) {
        self.limits = limits
        self.shelf = shelf
    }

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
        noteKept(bytes.count)
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
        let bytes = token.secret.bytes
        let hash = hash(bytes.span)
        if let id = find(bytes.span, hash) { return id }
        var own = token
        own.id = tokens.count + 1
        tokens.append(own)
        insert(own.id, hash)
        noteKept(bytes.count)
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
        var index = Int(hash >> 32) & mask
        while slots[index] != 0 {
            if slots[index] >> 32 == hash >> 32 {
                let id = Int(slots[index] & 0xffff_ffff)
                let secret = tokens[id - 1].secret
                if secret.count == bytes.count, areEqual(secret.bytes, bytes) { return id }
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
        place(id, hash >> 32)
    }

    /// The upper half of the hash tells the place too, so that a larger table is made without any token's bytes.
    private mutating func place(_ id: Int, _ upper: UInt64) {
        let mask = slots.count - 1
        var index = Int(upper) & mask
        while slots[index] != 0 { index = (index + 1) & mask }
        slots[index] = upper << 32 | UInt64(id)
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: max(64, old.count * 2))
        for slot in old where slot != 0 { place(Int(slot & 0xffff_ffff), slot >> 32) }
    }

    /// Puts the tokens since the last time aside, once they are many. All in one piece: a file likes few writes.
    private mutating func noteKept(_ count: Int) {
        keptBytes += count
        guard let shelf, limits.secretBytes < keptBytes else { return }
        var piece: [UInt8] = []
        piece.reserveCapacity(keptBytes)
        for token in tokens[firstKept...] { piece += token.secret.bytes }
        guard let start = shelf.append(piece) else { return }
        var place = start
        for index in firstKept..<tokens.count {
            let length = tokens[index].secret.count
            tokens[index].secret = Secret(on: shelf, from: place, count: length)
            place += length
        }
        firstKept = tokens.count
        keptBytes = 0
    }
}
