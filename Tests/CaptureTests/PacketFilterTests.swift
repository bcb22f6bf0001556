import Live
import TestSupport
import Testing
import Wire

/// The packets of a conversation that an expression lets through, counted.
private func accepted(_ expression: String, _ link: TestLink) throws -> Int {
    let packets = CaptureContent(
        packets: Dialogue().packets("c S\ns SA\nc A\nc A 'GET\ns A 'HTTP\nc FA\ns FA\nc A")
    ).relinked(link).packets
    let filter = try PacketFilter(expression, linkType: link.linkType)
    return packets.count { filter.accepts($0.bytes.span, wireLength: $0.bytes.count) }
}

@Suite("Filters")
struct PacketFilterTests {
    @Test(
        "An expression lets through what tcpdump lets through",
        arguments: [TestLink.ethernet, .cooked, .cookedSecond, .raw, .loop, .nullLittle, .pointToPoint])
    func expressions(_ link: TestLink) throws {
        #expect(try accepted("", link) == 8)
        #expect(try accepted("tcp port 80", link) == 8)
        #expect(try accepted("port 81", link) == 0)
        #expect(try accepted("src host 10.0.0.2", link) == 3)
        #expect(try accepted("tcp[tcpflags] & tcp-syn != 0", link) == 2)
    }

    @Test(
        "A bad expression is refused with a reason",
        arguments: ["port", "host 10.0.0.300", "nonsense here", "tcp port 99999", "(", "tcp\0port"])
    func refused(_ expression: String) {
        do throws(PacketFilterError) {
            _ = try PacketFilter(expression, linkType: 1)
            Issue.record("\(expression) was accepted")
        } catch {
            guard case .notUnderstood(let told, 1, let reason) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(told == expression && !reason.isEmpty)
        }
    }

    @Test("What a link type cannot have is refused, and a very long expression")
    func impossible() {
        #expect(throws: PacketFilterError.self) {
            _ = try PacketFilter("ether host 1:2:3:4:5:6", linkType: 101)
        }
        #expect(throws: PacketFilterError.self) {
            _ = try PacketFilter(String(repeating: "tcp or ", count: 20_000) + "tcp", linkType: 1)
        }
    }

    @Test("Cut packets and empty ones are no trap")
    func cut() throws {
        let filter = try PacketFilter("tcp port 80", linkType: 1)
        let packet = Dialogue().packets("c S")[0]
        for length in 0...packet.bytes.count {
            let bytes = Array(packet.bytes.prefix(length))
            #expect(filter.accepts(bytes.span, wireLength: packet.bytes.count) == (38 <= length))
        }
    }
}
