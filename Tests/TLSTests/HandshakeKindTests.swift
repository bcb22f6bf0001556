import COpenSSL
import Case
import Testing
import Wire

@testable import TLS

/// Handshakes that take a way of their own.
struct HandshakeKindTests {
    private static let both: [Peers.Setup] = [
        Peers.Setup(description: "TLS 1.3"), Peers.Setup(description: "TLS 1.2", version: TLS1_2_VERSION),
    ]

    @Test func `a second ClientHello after a retry request is followed`() {
        let peers = Peers(Peers.Setup(description: "retry", retriesHello: true))
        peers.settle()
        peers.send([1, 2, 3], from: .client)
        peers.send([4, 5], from: .server)
        let heard = Heard(peers.flights, keyLog: peers.keyLog)
        #expect(heard.notes.helloRetried)
        #expect(heard.plaintext == peers.sent)
        #expect(heard.notes.recordsNotOpened == 0)
    }

    @Test(arguments: both)
    func `a resumed session is opened, and told`(_ setup: Peers.Setup) {
        let first = Peers(setup)
        first.settle()
        first.send([9], from: .server)
        #expect(Heard(first.flights, keyLog: first.keyLog).notes.isResumed == false)
        let session = SSL_get1_session(first.ends.client)
        first.close(.client)
        let second = Peers(setup, contexts: first.sharedContexts, session: session)
        second.settle()
        second.send([1, 2, 3], from: .client)
        second.send([4, 5], from: .server)
        let heard = Heard(second.flights, keyLog: second.keyLog)
        #expect(heard.notes.isResumed)
        #expect(heard.plaintext == second.sent)
        #expect(heard.summary.established)
        #expect(heard.notes.recordsNotOpened == 0)
    }

    @Test(arguments: [1, 7, Int.max])
    func `early data is opened before the server has said anything`(_ piece: Int) {
        let setup = Peers.Setup(description: "early data")
        let first = Peers(setup)
        first.settle()
        first.send([9], from: .server)
        let session = SSL_get1_session(first.ends.client)
        first.close(.client)
        let second = Peers(setup, contexts: first.sharedContexts, session: session)
        let early = Array("GET /early HTTP/1.1\r\n\r\n".utf8)
        second.sendEarly(early)
        second.settle()
        second.send([1, 2, 3], from: .client)
        second.send([4, 5], from: .server)
        #expect(second.received.server == early + [1, 2, 3])
        let heard = Heard(second.flights, keyLog: second.keyLog, piece: piece)
        #expect(heard.notes.offeredEarlyData)
        #expect(heard.plaintext == second.sent)
        #expect(heard.notes.recordsNotOpened == 0)
        #expect(heard.summary.established)

        let withoutEarly = String(decoding: second.keyLog, as: UTF8.self).split(separator: "\n")
            .filter { !$0.hasPrefix("CLIENT_EARLY") }.joined(separator: "\n")
        let deaf = Heard(second.flights, keyLog: Array(withoutEarly.utf8), piece: piece)
        #expect(deaf.plaintext.client == [1, 2, 3])
        #expect(deaf.plaintext.server == second.sent.server)
    }

    @Test(arguments: [1, Int.max])
    func `updated keys are followed on both sides`(_ piece: Int) {
        let peers = Peers(Peers.Setup(description: "key update"))
        peers.settle()
        for round in 0..<5 {
            SSL_key_update(peers.ends.client, SSL_KEY_UPDATE_REQUESTED)
            peers.send([UInt8(round), 1], from: .client)
            SSL_key_update(peers.ends.server, SSL_KEY_UPDATE_NOT_REQUESTED)
            peers.send([UInt8(round), 2], from: .server)
        }
        let heard = Heard(peers.flights, keyLog: peers.keyLog, piece: piece)
        #expect(heard.plaintext == peers.sent)
        #expect(10 <= heard.notes.keyUpdates)
    }

    @Test(arguments: [true, false])
    func `a renegotiated connection is opened before and after`(_ encryptThenMAC: Bool) {
        for suite in ["ECDHE-RSA-AES128-GCM-SHA256", "AES128-SHA"] {
            let peers = Peers(
                Peers.Setup(
                    description: "renegotiation", version: TLS1_2_VERSION, suite: suite,
                    encryptThenMAC: encryptThenMAC))
            peers.settle()
            peers.send([1, 2, 3], from: .client)
            SSL_renegotiate(peers.ends.client)
            SSL_do_handshake(peers.ends.client)
            peers.settle()
            peers.send([4, 5, 6], from: .client)
            peers.send([7], from: .server)
            #expect(peers.received.server == [1, 2, 3, 4, 5, 6])
            let heard = Heard(peers.flights, keyLog: peers.keyLog)
            #expect(heard.notes.renegotiations == 1)
            #expect(heard.plaintext == peers.sent)
        }
    }

    @Test(arguments: both)
    func `a client certificate that was asked for and not sent is told`(_ setup: Peers.Setup) {
        var setup = setup
        setup.asksForCertificate = true
        let peers = Peers(setup)
        peers.settle()
        peers.send([1], from: .client)
        let heard = Heard(peers.flights, keyLog: peers.keyLog)
        #expect(heard.summary.clientCertificateRequested == true)
        #expect(heard.summary.clientCertificateEmpty == true)
        let deaf = Heard(peers.flights, keyLog: [])
        #expect(deaf.summary.clientCertificateRequested == (setup.version == TLS1_2_VERSION ? true : nil))
    }

    @Test(arguments: both)
    func `without keys the clear part is told and nothing is made up`(_ setup: Peers.Setup) {
        let peers = Peers(setup)
        peers.settle()
        peers.send([1, 2, 3], from: .client)
        peers.send([UInt8](repeating: 4, count: 100), from: .server)
        peers.send([1, 2, 3], from: .client)
        let heard = Heard(peers.flights, keyLog: [])
        #expect(heard.plaintext == PerSide(client: [], server: []))
        #expect(heard.summary.decryption == .keysMissing)
        #expect(heard.summary.established)
        #expect(heard.summary.serverName == "socket.example")
        #expect(heard.summary.offeredProtocols == ["http/1.1"])
        #expect(heard.summary.clientRandom.count == 64)
        #expect(heard.summary.certificates.isEmpty == (setup.version == TLS1_3_VERSION))

        let digits = Set("0123456789abcdef")
        let wrong = String(decoding: peers.keyLog, as: UTF8.self).split(separator: "\n").map { line in
            // The last digit of each secret is another one.
            line.dropLast() + String(digits.subtracting([line.last ?? "0"]).first ?? "0")
        }
        let misled = Heard(peers.flights, keyLog: Array(wrong.joined(separator: "\n").utf8))
        #expect(misled.plaintext == PerSide(client: [], server: []))
        #expect(misled.summary.decryption == .keysDoNotFit)
    }

    @Test func `only the application secrets are enough`() {
        let peers = Peers(Peers.Setup(description: "application secrets"))
        peers.settle()
        peers.send([1, 2, 3], from: .client)
        peers.send([4], from: .server)
        let lines = String(decoding: peers.keyLog, as: UTF8.self).split(separator: "\n")
            .filter { $0.contains("TRAFFIC_SECRET_0") }
        let heard = Heard(peers.flights, keyLog: Array(lines.joined(separator: "\r\n").utf8))
        #expect(heard.plaintext == peers.sent)
        #expect(heard.summary.established)
    }

    @Test(arguments: both)
    func `a stream without its handshake says so`(_ setup: Peers.Setup) {
        let peers = Peers(setup)
        peers.settle()
        let start = peers.flights.count
        peers.send([1, 2, 3], from: .client)
        let heard = Heard(Array(peers.flights[start...]), keyLog: peers.keyLog)
        #expect(heard.summary.decryption == .handshakeMissing)
        #expect(heard.plaintext.client.isEmpty)
    }

    @Test(arguments: both)
    func `a key log that comes late opens what comes after it`(_ setup: Peers.Setup) {
        let peers = Peers(setup)
        peers.settle()
        for _ in 0..<3 {
            peers.send([1, 2, 3], from: .client)
            peers.send([4, 5], from: .server)
        }
        let late = peers.flights.count
        peers.send([6, 7], from: .client)
        peers.send([8, 9], from: .server)
        peers.send([10], from: .client)
        var keys = KeyLog()
        var connection = TLSConnection(limits: .standard)
        var heard = PerSide<[UInt8]>(client: [], server: [])
        for (number, flight) in peers.flights.enumerated() {
            if number == late { keys.add(peers.keyLog.span, limits: .standard) }
            connection.receive(
                flight.bytes.span, from: flight.from, at: nil,
                place: .frame(number + 1, stream: 0, input: 0), keys: keys, into: &heard[flight.from])
        }
        #expect(heard == PerSide(client: [6, 7, 10], server: [8, 9]))
        #expect(connection.summary.decryption == .decrypted)
    }
}
