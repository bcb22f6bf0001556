import Glibc
import TestSupport
import Testing
import Wire

@testable import Proxy

/// Peers that do anything at any moment.
@Suite("Whatever both sides do")
struct AnyOrderTests {
    private static let fromClient = [
        TestRequest.upgrade, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", "12345",
        "GET http://PROXIED/b HTTP/1.1\r\nHost: PROXIED\r\n\r\n", "CONNECT PROXIED HTTP/1.1\r\n\r\n",
        "GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HT", "\r\n", "\u{5}\u{1}\u{0}",
        "GET / HTTP/1.1\r\nContent-Length : 3\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{0}\u{5}hello",
    ]
    private static let fromServer = [
        TestRequest.switching, "HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "0\r\n\r\n", "zz\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nuntil the end",
        "HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n", "no HTTP\r\n\r\n", "HTTP/1.1 2", "\u{1}\u{2}frames",
    ]

    /// A world and what both sides do in it, drawn from a seed.
    private struct Play {
        let world: LoopbackWorld
        var random: SeededRandom
        var clients: [Peer] = []
        var servers: [Peer] = []

        mutating func step() {
            var descriptor = acceptClient(world.listener)
            while 0 <= descriptor {
                servers.append(world.adopt(Peer(descriptor: descriptor)))
                descriptor = acceptClient(world.listener)
            }
            let isClient = servers.isEmpty || Bool.random(using: &random)
            guard let peer = (isClient ? clients : servers).randomElement(using: &random) else { return }
            switch Int.random(in: 0..<12, using: &random) {
            case 0: peer.finish()
            case 1: peer.reset()
            case 2: peer.close()
            case 3: peer.reads.toggle()
            case 4: world.pass(seconds: Int64.random(in: 1..<40, using: &random))
            case 5: peer.send([UInt8](repeating: 0x41, count: Int.random(in: 1..<400_000, using: &random)))
            default:
                let texts = isClient ? AnyOrderTests.fromClient : AnyOrderTests.fromServer
                let text = texts.randomElement(using: &random) ?? ""
                let cut = Int.random(in: 0..<4, using: &random) == 0 ? text.utf8.count / 2 : text.utf8.count
                let whole = text.replacing("PROXIED", with: world.server.description)
                peer.send(cut < text.utf8.count ? String(whole.prefix(cut)) : whole)
            }
            for _ in 0..<Int.random(in: 0..<4, using: &random) {
                _ = world.loop.turn(milliseconds: 0)
                world.peers.forEach { $0.poll() }
            }
        }
    }

    @Test(
        "No order of words, ends and resets stops the proxy, fills it or leaves anything open",
        arguments: [false, true])
    func anyOrder(isForward: Bool) throws {
        for seed in 0..<(TestFile.environment("WSDIAG_THOROUGH") == nil ? 80 : 5000) {
            let world = try LoopbackWorld(isForward: isForward)
            world.watcher.keepsBytes = false
            var play = Play(world: world, random: SeededRandom(seed: UInt64(seed)))
            play.clients = [world.client(), world.client()]
            for _ in 0..<40 {
                play.step()
                #expect(
                    world.loop.owedBytes <= 2 * (6 << 16) * max(1, world.loop.connectionCount), "seed \(seed)"
                )
            }
            (play.clients + play.servers).forEach { $0.close() }
            // Servers that were not accepted yet go too.
            try world.pump("all is over, seed \(seed)") {
                let late = acceptClient(world.listener)
                if 0 <= late { Glibc.close(late) }
                world.loop.timeLapse += 1_000_000_000
                return world.loop.connectionCount == 0
            }
            #expect(world.loop.owedBytes == 0)
        }
    }

    // In a process of its own: it holds thousands of descriptors.
    @Test("Thousands of idle connections cost little and hold nobody up")
    func idle() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
            // Each needs two descriptors here.
            let count = min(4_000, Int(clamping: limit.rlim_cur) / 2 - 200)
            let world = try LoopbackWorld()
            _ = try world.open()
            let before = residentBytes()
            var clients: [Peer] = []
            while clients.count < count {
                for _ in 0..<min(200, count - clients.count) {
                    clients.append(Peer(descriptor: beginConnecting(to: world.proxy)))
                }
                try world.pump("they are accepted") { world.loop.connectionCount == clients.count + 1 }
            }
            let each = (residentBytes() - before) / count
            // The test's own end of each is in it.
            try #require(each < 8192 || isSanitized, "\(each) bytes each")
            _ = try world.open()
            clients.forEach { $0.close() }
            try world.pump("they are let go") { world.loop.connectionCount == 2 }
        }
    }
}
