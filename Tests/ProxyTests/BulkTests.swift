import Case
import Glibc
import TestSupport
import Testing
import Wire

@testable import Proxy

/// Messages that are far larger than the proxy's memory may become. Each test has a process of its own, or other tests
/// would be counted.
@Suite("Very large messages", .serialized)
struct BulkTests {
    /// A message of permessage-deflate that inflates to about 2064 times `periods` bytes: one zero, then nothing but
    /// matches of 258 bytes at distance 1 with the fixed codes (RFC 1951 §3.2.6), 13 bits each.
    static func bomb(periods: Int) -> [UInt8] {
        let match: [UInt8] = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]
        var bits: [UInt8] = [0, 0, 0]
        for _ in 0..<8 { bits += match }
        var period = [UInt8](repeating: 0, count: 13)
        for index in 0..<104 { period[index / 8] |= bits[index] << UInt8(index % 8) }
        var message: [UInt8] = [0x62]
        message.reserveCapacity(period.count * periods + 3)
        for _ in 0..<periods { message += period }
        return message + [0, 0]
    }

    /// A frame's header for a payload of so many bytes.
    static func header(_ first: UInt8, length: Int, isMasked: Bool = false) -> [UInt8] {
        var bytes = [first, isMasked ? 0xff : 0x7f]
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(length >> shift & 0xff)) }
        return isMasked ? bytes + [1, 2, 3, 4] : bytes
    }

    @Test(
        "A deflate bomb of a gigabyte is passed on byte for byte; its copy is given up, and what follows is read"
    )
    func deflateBomb() async {
        await #expect(processExitsWith: .success) {
            let world = try LoopbackWorld()
            world.watcher.keepsBytes = false
            let client = world.client()
            let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
            client.send(
                TestRequest.upgrade.replacing(
                    "Upgrade: websocket\r\n", with: "Upgrade: websocket\r\n" + offer))
            let server = try world.accept()
            try world.pump("the request") { server.text.hasSuffix("\r\n\r\n") }
            server.send(
                TestRequest.switching.replacing(
                    "Upgrade: websocket\r\n", with: "Upgrade: websocket\r\n" + offer))
            try world.pump("the 101") { client.text.hasSuffix("\r\n\r\n") }
            let message = BulkTests.bomb(periods: 520_000)
            var expected = BulkTests.header(0xc2, length: message.count) + message
            expected += [0x81, 5] + Array("after".utf8)
            client.received = []
            client.received.reserveCapacity(expected.count + (1 << 18))
            // Everything that a first message makes is made before memory is looked at.
            let before = residentBytes()
            var most = 0
            server.send(expected)
            try world.pump("the bomb") {
                most = max(most, residentBytes())
                return client.received.count == expected.count
            }
            try #require(client.received == expected)
            // The queue of the test's own server, and what its client received.
            let own = 3 * expected.count
            try #require(most - before < own + 8 << 20, "grew by \(most - before) bytes")
            client.close()
            server.close()
            try world.pump("the news") { world.watcher.news.last?.stage == .closed }
            let session = try #require(world.watcher.news.last?.attempt?.session)
            try #require(session.counts.server.binary == 1 && session.counts.server.text == 1)
            try #require(session.firstFrames.last?.preview == Array("after".utf8))
            try #require(session.violations.isEmpty)
        }
    }

    /// 256 MiB each time; `WSDIAG_THOROUGH=1` makes it a gigabyte each way.
    @Test(
        "A message of many fragments and hundreds of mebibytes leaves memory where it was",
        arguments: Side.allCases)
    func fragments(side: Side) async {
        let isFromClient = side == .client
        await #expect(processExitsWith: .success) { [isFromClient = isFromClient as Bool] in
            let mebibytes = TestFile.environment("WSDIAG_THOROUGH") == nil ? 256 : 1024
            let world = try LoopbackWorld()
            world.watcher.keepsBytes = false
            let (client, server) = try world.open()
            let (sender, receiver) = isFromClient ? (client, server) : (server, client)
            let payload = [UInt8](repeating: 0x5a, count: 1 << 20)
            func relay(_ first: UInt8) throws {
                let frame = BulkTests.header(first, length: payload.count, isMasked: isFromClient) + payload
                sender.send(frame)
                try world.pump("a fragment") { frame.count <= receiver.received.count }
                try #require(receiver.received == frame)
                receiver.received.removeAll(keepingCapacity: true)
            }
            try relay(0x02)
            for _ in 0..<7 { try relay(0x00) }
            let before = residentBytes()
            for _ in 0..<(mebibytes - 9) { try relay(0x00) }
            let growth = residentBytes() - before
            try #require(growth < 2 << 20, "grew by \(growth) bytes")
            try relay(0x80)
            sender.close()
            receiver.close()
            try world.pump("the news") { world.watcher.news.last?.stage == .closed }
            let session = try #require(world.watcher.news.last?.attempt?.session)
            let counts = isFromClient ? session.counts.client : session.counts.server
            try #require(counts.binaryFragmented == 1 && counts.continuation == mebibytes - 1)
            try #require(counts.bytes == mebibytes << 20)
            try #require(session.violations.isEmpty)
        }
    }
}
