import Case
import TLS
import TestSupport
import Testing
import Wire

/// Every suite that is implemented, against a real implementation.
struct PeerTests {
    static let suites: [Peers.Setup] = tls13 + tls12 + older

    private static let tls13 = [
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256",
    ].map { Peers.Setup(description: "TLS 1.3 \($0)", suite: $0) }

    private static let tls12: [Peers.Setup] = [
        "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-CCM",
        "ECDHE-ECDSA-AES128-CCM8", "ECDHE-ECDSA-AES256-CCM", "ECDHE-ECDSA-AES256-CCM8", "AES128-CCM",
        "AES256-CCM8", "DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES256-GCM-SHA384", "AES128-GCM-SHA256",
        "AES256-GCM-SHA384", "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA", "ECDHE-RSA-AES128-SHA256",
        "ECDHE-RSA-AES256-SHA384", "ECDHE-ECDSA-AES256-SHA384", "AES128-SHA", "AES256-SHA", "AES128-SHA256",
        "AES256-SHA256", "DHE-RSA-AES256-SHA256", "CAMELLIA128-SHA256", "ECDHE-ARIA128-GCM-SHA256",
        "ARIA256-GCM-SHA384", "NULL-SHA256", "NULL-SHA",
    ].flatMap { suite in
        [true, false].filter {
            $0 || !suite.contains("GCM") && !suite.contains("CCM") && !suite.contains("POLY")
        }
        .map { encryptThenMAC in
            Peers.Setup(
                description: "TLS 1.2 \(suite)\(encryptThenMAC ? "" : " without encrypt-then-MAC")",
                version: 0x0303, suite: suite, certificate: suite.contains("ECDSA") ? .ec : .rsa,
                encryptThenMAC: encryptThenMAC)
        }
    }

    private static let older: [Peers.Setup] = [0x0301, 0x0302].flatMap { version in
        [true, false].map { encryptThenMAC in
            Peers.Setup(
                description: "version \(version) AES128-SHA, encrypt-then-MAC \(encryptThenMAC)",
                version: Int32(version), suite: "AES128-SHA", encryptThenMAC: encryptThenMAC)
        }
    }

    private let certificate = TLSSummary.Certificate(
        subject: "socket.example", issuer: "socket.example",
        names: ["socket.example", "*.example", "192.0.2.4", "2001:db8::1"],
        notBefore: Timestamp(year: 2026, month: 1, day: 1, hour: 0, minute: 0, second: 0),
        notAfter: Timestamp(year: 2036, month: 12, day: 31, hour: 23, minute: 59, second: 59))

    @Test(arguments: suites)
    func `what real peers say is read whole, in pieces and byte by byte`(_ setup: Peers.Setup) {
        let peers = Peers(setup)
        peers.settle()
        peers.send(Array("GET /socket HTTP/1.1\r\n\r\n".utf8), from: .client)
        peers.send((0..<40_000).map { UInt8(truncatingIfNeeded: $0) }, from: .server)
        for number in 0..<20 { peers.send([UInt8](repeating: 7, count: number), from: .client) }
        peers.close(.client)
        #expect(peers.received.server == peers.sent.client)
        for piece in [Int.max, 1, 7, 1460] {
            let heard = Heard(peers.flights, keyLog: peers.keyLog, piece: piece)
            #expect(heard.plaintext == peers.sent, "in pieces of \(piece)")
            #expect(heard.summary.decryption == .decrypted)
            #expect(heard.summary.established)
            #expect(heard.notes.recordsNotOpened == 0)
            #expect(heard.summary.serverName == "socket.example")
            #expect(heard.summary.selectedProtocol == "http/1.1")
            #expect(heard.summary.version == Int(setup.version))
            #expect(heard.summary.certificates.first?.subject == "socket.example")
            #expect(heard.summary.certificates == [certificate])
            #expect(heard.summary.clientCertificateRequested == false)
            #expect(heard.summary.alerts.map(\.code) == [0])
        }
    }
}

/// What a connection made of what peers sent.
struct Heard {
    var plaintext = PerSide<[UInt8]>(client: [], server: [])
    var summary: TLSSummary
    var notes: TLSNotes

    init(_ flights: [Peers.Flight], keyLog: [UInt8], piece: Int = .max, limits: Limits = .standard) {
        var keys = KeyLog()
        keys.add(keyLog.span, limits: limits)
        var connection = TLSConnection(limits: limits)
        for (number, flight) in flights.enumerated() {
            var place = 0
            while place < flight.bytes.count {
                let end = place + min(piece, flight.bytes.count - place)
                connection.receive(
                    flight.bytes.span.extracting(place..<end), from: flight.from, at: nil,
                    place: .frame(number + 1, stream: 0, input: 0), keys: keys, into: &plaintext[flight.from])
                place = end
            }
        }
        summary = connection.summary
        notes = connection.notes
    }
}
