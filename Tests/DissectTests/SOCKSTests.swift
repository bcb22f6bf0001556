import Case
import Testing
import Wire

@testable import Dissect

/// A conversation with a SOCKS proxy, and what it must lead to.
private struct Conversation {
    var name: String
    var pieces: [(Side, [UInt8])]
    var target: String
    var answer: Int
    var rest: [UInt8] = []
}

@Suite("The opening of a SOCKS tunnel")
struct SOCKSTests {
    private static let conversations = [
        Conversation(
            name: "SOCKS 5 to a host name without authentication",
            pieces: [
                (.client, [5, 1, 0]), (.server, [5, 0]),
                (.client, [5, 1, 0, 3, 11] + Array("example.org".utf8) + [0x01, 0xbb]),
                (.server, [5, 0, 0, 1, 127, 0, 0, 1, 0x04, 0x38]),
            ], target: "example.org:443", answer: 0),
        Conversation(
            name: "SOCKS 5 to an IPv4 address with user name and password",
            pieces: [
                (.client, [5, 2, 0, 2]), (.server, [5, 2]), (.client, [1, 2, 0x61, 0x62, 1, 0x63]),
                (.server, [1, 0]),
                (.client, [5, 1, 0, 1, 192, 0, 2, 7, 0, 80]), (.server, [5, 5, 0, 1, 0, 0, 0, 0, 0, 0]),
            ], target: "192.0.2.7:80", answer: 5),
        Conversation(
            name: "SOCKS 5 to an IPv6 address, with the server's first bytes in the reply's segment",
            pieces: [
                (.client, [5, 1, 0]), (.server, [5, 0]),
                (
                    .client,
                    [5, 1, 0, 4] + [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [
                        1, 0x01, 0xbb,
                    ]
                ),
                (.server, [5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x16, 0x03]),
            ], target: "[2001:db8::1]:443", answer: 0, rest: [0x16, 0x03]),
        Conversation(
            name: "SOCKS 4a to a host name",
            pieces: [
                (.client, [4, 1, 0x01, 0xbb, 0, 0, 0, 1, 0] + Array("example.org".utf8) + [0]),
                (.server, [0, 90, 0, 0, 0, 0, 0, 0]),
            ], target: "example.org:443", answer: 90),
    ]

    @Test("Each conversation leads to its target", arguments: conversations.indices)
    func leadsToItsTarget(index: Int) {
        let conversation = Self.conversations[index]
        for size in [Int.max, 1] {
            var reader = SOCKSReader()
            var rest: [UInt8] = []
            var last = SOCKSReader.Step.more
            outer: for (side, bytes) in conversation.pieces {
                var left = bytes[...]
                while !left.isEmpty {
                    last = reader.receive(
                        Array(left.prefix(size)).span, from: side, place: .frame(1, stream: 0, input: 0),
                        rest: &rest)
                    left = left.dropFirst(size)
                    if last != .more { break outer }
                }
            }
            guard case .answered(let tunnel) = last else {
                Issue.record("\(conversation.name): \(last)")
                continue
            }
            #expect(tunnel.target == conversation.target, "\(conversation.name)")
            #expect(tunnel.answer == conversation.answer, "\(conversation.name)")
            if size == Int.max { #expect(rest == conversation.rest, "\(conversation.name)") }
        }
    }

    @Test("Bytes that are no SOCKS are told so, and a flood is not kept")
    func foreign() {
        var reader = SOCKSReader()
        var rest: [UInt8] = []
        let place = Place.frame(1, stream: 0, input: 0)
        #expect(reader.receive([5, 1, 0].span, from: .client, place: place, rest: &rest) == .more)
        #expect(
            reader.receive(Array("HTTP/1.1 400".utf8).span, from: .server, place: place, rest: &rest)
                == .notSOCKS)
        var flooded = SOCKSReader()
        let flood = [UInt8](repeating: 4, count: 5000)
        #expect(flooded.receive(flood.span, from: .client, place: place, rest: &rest) == .notSOCKS)
    }
}
