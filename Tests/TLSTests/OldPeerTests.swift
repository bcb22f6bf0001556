import COpenSSL
import Case
import TestSupport
import Testing
import Wire

@testable import TLS

/// SSL 3, compressed records, drafts of TLS 1.3, and ClientHellos in the form of SSL 2.
struct OldPeerTests {
    @Test(arguments: oldPeers, [Int.max, 1, 7])
    func `what old peers said is read whole, in pieces and byte by byte`(_ peer: OldPeer, _ piece: Int) {
        let heard = Heard(peer.said, keyLog: Array(peer.keyLog.utf8), piece: piece)
        #expect(heard.plaintext.client == Array("hello again".utf8))
        #expect(heard.plaintext.server == Array("and you".utf8))
        #expect(heard.summary.version == peer.version)
        #expect(heard.summary.decryption == .decrypted)
        #expect(heard.summary.established)
        #expect(heard.notes.recordsNotOpened == 0)
        let isDraft = peer.version >> 8 == 0x7f
        #expect(heard.notes.helloRetried == (isDraft && peer.version < 0x7f16))
        #expect(heard.notes.keyUpdates == (isDraft ? 1 : 0))
        #expect(heard.summary.selectedProtocol == (isDraft ? "http/1.1" : nil))
    }

    @Test(arguments: oldPeers)
    func `a changed byte of a record is never taken for text`(_ peer: OldPeer) {
        let flights = peer.said
        for index in flights.indices.dropFirst(3) {
            for place in flights[index].bytes.indices {
                var changed = flights
                changed[index].bytes[place] ^= 0x41
                let heard = Heard(changed, keyLog: Array(peer.keyLog.utf8))
                // A record that was lost leaves the rest readable, except under a stream cipher.
                #expect(["hello again", "hello", " again", ""].contains(text(heard.plaintext.client)))
                #expect(Array("and you".utf8).starts(with: heard.plaintext.server))
            }
        }
    }

    @Test(arguments: oldPeers)
    func `cut anywhere it gives what came before`(_ peer: OldPeer) {
        let flights = peer.said
        for index in flights.indices {
            for end in flights[index].bytes.indices {
                var cut = Array(flights[...index])
                cut[index].bytes.removeSubrange(end...)
                let heard = Heard(cut, keyLog: Array(peer.keyLog.utf8))
                #expect(Array("hello again".utf8).starts(with: heard.plaintext.client))
            }
        }
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func isCompatibleHello(_ bytes: [UInt8]) -> Bool {
        TLSConnection.looksLikeCompatibleHello(bytes.span)
    }

    /// The first flight of the peers in the form of SSL 2.
    private func compatible(_ flight: Peers.Flight, challengeBytes: Int = 32) -> Peers.Flight {
        let random = Array(flight.bytes[11..<43])
        let suites: [UInt8] = [1, 0, 0x80, 0, 0, 0x9c, 0, 0, 0xff]
        let body = [1, 3, 3, 0, UInt8(suites.count), 0, 0, 0, UInt8(challengeBytes)] + suites
        let hello = body + random.suffix(challengeBytes)
        return Peers.Flight(from: .client, bytes: [0x80, UInt8(hello.count)] + hello)
    }

    @Test(arguments: [Int.max, 1, 5])
    func `a session that began with a hello in the form of SSL 2 is opened`(_ piece: Int) {
        let peers = Peers(
            Peers.Setup(description: "compatible", version: TLS1_2_VERSION, suite: "AES128-GCM-SHA256"))
        peers.settle()
        peers.send([1, 2, 3], from: .client)
        peers.send([4, 5], from: .server)
        let flights = [compatible(peers.flights[0])] + peers.flights.dropFirst()
        #expect(isCompatibleHello(flights[0].bytes))
        let heard = Heard(flights, keyLog: peers.keyLog, piece: piece)
        #expect(heard.plaintext == peers.sent)
        #expect(heard.notes.offeredVersions == [0x0303])
        #expect(heard.summary.decryption == .decrypted)
        #expect(heard.summary.clientRandom == Heard(peers.flights, keyLog: []).summary.clientRandom)
    }

    @Test func `a challenge shorter than a random stands behind zeros`() {
        let flight = Peers.Flight(from: .client, bytes: (0..<64).map { $0 })
        let heard = Heard([compatible(flight, challengeBytes: 16)], keyLog: [])
        #expect(heard.summary.clientRandom.hasPrefix("00000000000000000000000000000000"))
        #expect(heard.summary.clientRandom.hasSuffix("292a"))
    }

    @Test func `what only begins like such a hello is none`() {
        let hello = compatible(Peers.Flight(from: .client, bytes: (0..<64).map { $0 })).bytes
        #expect(isCompatibleHello(hello))
        for place in [0, 1, 2, 3, 5, 6, 7, 8, 9, 10] {
            var other = hello
            other[place] ^= 0x42
            #expect(!isCompatibleHello(other), "byte \(place)")
        }
        for length in 0..<11 {
            #expect(!isCompatibleHello(Array(hello.prefix(length))))
        }
        for length in hello.indices {
            // A masked binary frame that begins before the capture does.
            _ = Heard(
                [Peers.Flight(from: .client, bytes: Array(hello.prefix(length)) + [0x17, 3, 3, 0, 1, 0])],
                keyLog: [])
        }
    }
}
