import Case
import COpenSSL
import TLS
import TestSupport
import Testing
import Wire

/// Missing bytes, changed bytes: what is handed out was sent, in the order in which it was sent.
struct DamageTests {
    static let setups: [Peers.Setup] = [
        Peers.Setup(description: "TLS 1.3", suite: "TLS_AES_128_GCM_SHA256"),
        Peers.Setup(description: "TLS 1.3 CCM", suite: "TLS_AES_128_CCM_8_SHA256"),
        Peers.Setup(
            description: "TLS 1.2 GCM", version: TLS1_2_VERSION, suite: "ECDHE-RSA-AES128-GCM-SHA256"),
        Peers.Setup(
            description: "TLS 1.2 CBC", version: TLS1_2_VERSION, suite: "AES128-SHA256",
            encryptThenMAC: false),
        Peers.Setup(
            description: "TLS 1.2 CBC, encrypt-then-MAC", version: TLS1_2_VERSION, suite: "AES128-SHA"),
    ]

    /// Many short lines, each of which can be told from the others.
    private static func conversation(_ setup: Peers.Setup) -> Peers {
        let peers = Peers(setup)
        peers.settle()
        for number in 0..<40 {
            peers.send(Array("line \(number) of the client;".utf8), from: .client)
            peers.send(Array("line \(number) of the server;".utf8), from: .server)
            if setup.version == TLS1_3_VERSION, number == 20 {
                SSL_key_update(peers.ends.server, SSL_KEY_UPDATE_NOT_REQUESTED)
            }
        }
        return peers
    }

    @Test(arguments: setups)
    func `after a gap of any size and place the lines behind it are read`(_ setup: Peers.Setup) {
        let peers = Self.conversation(setup)
        let whole = joined(peers, .server)
        let quiet = joined(peers, .client)
        let lengthOfData = peers.flights.filter { $0.from == .server }.suffix(38).map(\.bytes.count).reduce(
            0, +)
        var random = SeededRandom(seed: 3)
        for size in [1, 3, 5, 40, 60, 200, 700] {
            for _ in 0..<12 {
                let start = whole.count - lengthOfData + random.below(lengthOfData - size - 400)
                var connection = TLSConnection(limits: .standard)
                let keys = keyLog(peers.keyLog)
                // The hellos first: the client's, then all of the server's, then the rest of the client.
                var heard = PerSide<[UInt8]>(client: [], server: [])
                let hello = peers.flights[0].bytes.count
                feed(&connection, quiet[..<hello], .client, keys, &heard)
                feed(&connection, whole[..<start], .server, keys, &heard)
                connection.skipped(bytes: size, from: .server)
                feed(&connection, whole[(start + size)...], .server, keys, &heard)
                feed(&connection, quiet[hello...], .client, keys, &heard)
                #expect(heard.client == peers.sent.client)
                #expect(isSent(heard.server, peers.sent.server), "gap of \(size) at \(start)")
                #expect(heard.server.suffix(24) == peers.sent.server.suffix(24), "gap of \(size) at \(start)")
                #expect(peers.sent.server.count - heard.server.count <= size + 80)
            }
        }
    }

    @Test(arguments: setups)
    func `changed bytes are never taken for text and never trap`(_ setup: Peers.Setup) {
        let peers = Self.conversation(setup)
        for (number, copy) in damaged(joined(peers, .server), copies: 150, seed: 11).enumerated() {
            var connection = TLSConnection(limits: .standard)
            let keys = keyLog(peers.keyLog)
            var heard = PerSide<[UInt8]>(client: [], server: [])
            let hello = peers.flights[0].bytes.count
            let client = joined(peers, .client)
            feed(&connection, client[..<hello], .client, keys, &heard)
            feed(&connection, copy[...], .server, keys, &heard, piece: 1 + number % 700)
            feed(&connection, client[hello...], .client, keys, &heard)
            #expect(isSent(heard.server, peers.sent.server))
            #expect(isSent(heard.client, peers.sent.client))
        }
    }

    @Test func `bytes that are full of headers cost little`() {
        var connection = TLSConnection(limits: .standard)
        let peers = Self.conversation(Self.setups[0])
        let keys = keyLog(peers.keyLog)
        var heard = PerSide<[UInt8]>(client: [], server: [])
        for flight in peers.flights.prefix(8) {
            feed(&connection, flight.bytes[...], flight.from, keys, &heard)
        }
        connection.skipped(bytes: 1 << 30, from: .server)
        let hostile = [UInt8](repeating: 0, count: 200_000).enumerated().map { index, _ in
            [0x17, 3, 3, 0, 0x15][index % 5] as UInt8
        }
        feed(&connection, hostile[...], .server, keys, &heard, piece: 1460)
        #expect(connection.notes.lostAfterGap)
    }

    private func keyLog(_ text: [UInt8]) -> KeyLog {
        var keys = KeyLog()
        keys.add(text.span, limits: .standard)
        return keys
    }

    private func joined(_ peers: Peers, _ side: Side) -> [UInt8] {
        peers.flights.filter { $0.from == side }.flatMap(\.bytes)
    }

    private func feed(
        _ connection: inout TLSConnection, _ bytes: ArraySlice<UInt8>, _ side: Side, _ keys: KeyLog,
        _ heard: inout PerSide<[UInt8]>, piece: Int = 1460
    ) {
        var rest = bytes
        while !rest.isEmpty {
            let next = Array(rest.prefix(piece))
            connection.receive(
                next.span, from: side, at: nil, place: .frame(1, stream: 0, input: 0), keys: keys,
                into: &heard[side])
            rest = rest.dropFirst(piece)
        }
    }

    /// Whether `heard` is made of lines of `sent`, in their order.
    private func isSent(_ heard: [UInt8], _ sent: [UInt8]) -> Bool {
        let lines = sent.split(separator: UInt8(ascii: ";"))
        var place = lines.startIndex
        for line in heard.split(separator: UInt8(ascii: ";")) {
            guard let found = lines[place...].firstIndex(of: line) else { return false }
            place = found + 1
        }
        return true
    }
}
