import Capture
import Case
import Dissect
import Glibc
import JSON
import TestSupport
import Testing
import Wire

@testable import Proxy

/// The program itself, from its start to whatever ends it.
@Suite("The program's start and end", .serialized)
struct StopTests {
    static let canRun = TestFile.exists(AroundTests.binary)

    /// A running `wsdiag proxy` before a server of the test.
    private final class Running {
        let program: Program
        let listener: Int32
        let proxy: Endpoint
        var peers: [Peer] = []

        init(_ options: [String]) throws {
            listener = try openListener(Endpoint(ipv4: 0x7f00_0001, port: 0))
            let server = try #require(endpoint(of: listener, peer: false))
            program = try Program(
                [AroundTests.binary, "proxy", "--reverse", "ws://\(server)", "--listen", "127.0.0.1:0"]
                    + options)
            var port: UInt16?
            while port == nil, !program.poll() {
                let line = program.text.split(separator: "\n").first { $0.hasPrefix("listening on ws://") }
                port = line.flatMap { $0.split(separator: " ")[2].split(separator: ":").last }.flatMap {
                    UInt16($0)
                }
            }
            proxy = Endpoint(ipv4: 0x7f00_0001, port: try #require(port, "\(program.text)"))
        }

        deinit { Glibc.close(listener) }

        func wait(_ what: String, until condition: () -> Bool) throws {
            let end = time(nil) + 30
            while !condition() {
                program.poll()
                peers.forEach { $0.poll() }
                sched_yield()
                try #require(time(nil) < end, "waited in vain: \(what)\n\(program.text)")
            }
        }

        /// A WebSocket that is open.
        func open() throws -> (client: Peer, server: Peer) {
            let client = Peer(descriptor: beginConnecting(to: proxy))
            peers.append(client)
            client.send(TestRequest.upgrade)
            var descriptor: Int32 = -1
            try wait("the proxy connects") {
                if descriptor < 0 { descriptor = acceptClient(listener) }
                return 0 <= descriptor
            }
            let server = Peer(descriptor: descriptor)
            peers.append(server)
            try wait("the request") { server.text.hasSuffix("\r\n\r\n") }
            server.send(TestRequest.switching)
            try wait("the 101") { client.text.hasSuffix("\r\n\r\n") }
            return (client, server)
        }
    }

    private func reading(_ path: String) throws -> CaseFile {
        let bytes = try #require(TestFile.read(path))
        var pipeline = Pipeline(seed: 1)
        pipeline.begin("x.pcapng")
        var damage: CaptureError?
        do throws(CaptureError) { _ = try pipeline.scan(bytes.span, isLast: true) } catch { damage = error }
        pipeline.end(bytes: bytes.count, damage: damage)
        return pipeline.finish()
    }

    @Test(
        "However often it is told to stop, the recording and the HAR are whole and the summary is printed",
        .enabled(if: canRun, "the program is not built"),
        arguments: [[SIGINT], [SIGTERM], [SIGHUP], [SIGINT, SIGINT, SIGTERM]])
    func stops(signals: [Int32]) throws {
        try TestFile.temporary { path in
            let har = path + ".har"
            defer { unlink(har) }
            let running = try Running(["-w", path, "--har", har])
            let (client, server) = try running.open()
            client.send([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69])
            try running.wait("the message") { server.received.suffix(2) == [0x68, 0x69] }
            if 1 < signals.count {
                // What a reader that stopped is owed keeps the proxy from being over at once.
                client.reads = false
                server.send([0x82, 0x7f, 0, 0, 0, 0, 0, 0x80, 0, 0] + [UInt8](repeating: 7, count: 8 << 20))
                try running.wait("the socket is full") { 0 < server.owedCount && server.owedCount < 8 << 20 }
            }
            for (index, signal) in signals.enumerated() {
                running.program.send(signal)
                if index == 0, 1 < signals.count {
                    let next = beginConnecting(to: running.proxy)
                    defer { Glibc.close(next) }
                    try running.wait("nobody is accepted any more") {
                        let again = Peer(descriptor: beginConnecting(to: running.proxy))
                        defer { again.close() }
                        return pendingError(again.descriptor) == ECONNREFUSED
                    }
                }
            }
            try running.wait("the end") { running.program.poll() }
            #expect(running.program.status == 0, "\(running.program.text)")
            #expect(running.program.text.hasSuffix("1 attempt: 1 opened\n"), "\(running.program.text)")
            let bytes = try #require(TestFile.read(har))
            let json = try JSONValue(reading: bytes.span)
            let entry = try #require(json["log"]?["entries"]?.array?.first)
            #expect(entry["response"]?["status"]?.number == 101)
            #expect(entry["_webSocketMessages"]?.array?.first?["data"]?.string == "hi")
            let file = try reading(path)
            #expect(file.attempts.map(\.outcome) == [.opened])
            #expect(file.attempts.first?.session?.counts.client.text == 1)
            #expect(!file.limits.contains { $0.kind == .inputCutShort })
        }
    }

    @Test(
        "What was recorded before a kill -9 is there, up to a whole block",
        .enabled(if: canRun, "the program is not built"))
    func killed() throws {
        try TestFile.temporary { path in
            let running = try Running(["-w", path])
            let (client, server) = try running.open()
            for _ in 0..<500 { client.send([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]) }
            try running.wait("the messages") { server.text.hasSuffix("hi") && 4000 <= server.received.count }
            // A block is written some milliseconds after its bytes were passed on.
            try running.wait("the recording") {
                (try? reading(path))?.attempts.first?.session?.counts.client.text == 500
            }
            client.send([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8])
            running.program.send(SIGKILL)
            try running.wait("the end") { running.program.poll() }
            let file = try reading(path)
            #expect(file.attempts.map(\.outcome) == [.opened])
            #expect(file.attempts.first?.session?.counts.client.text == 500)
        }
    }

    @Test(
        "Others are let in by --listen alone, and then with a warning that --quiet does not hide",
        .enabled(if: canRun, "the program is not built"))
    func listens() throws {
        for (options, isOpen) in [
            (["--listen", "127.0.0.1:0"], false), (["--listen", "0.0.0.0:0"], true),
            (["--listen", "0.0.0.0:0", "--quiet"], true), (["--listen", "[::]:0"], true),
            (["--listen", "[::1]:0"], false),
            (["--listen", "localhost:0"], false), (["--listen", "0"], false), (["--listen", ":0"], false),
        ] {
            let program = try Program([AroundTests.binary, "proxy"] + options)
            let end = time(nil) + 30
            let wanted = isOpen ? "can use this proxy" : "listening on http://"
            while !program.text.contains(wanted), !program.poll(), time(nil) < end { sched_yield() }
            #expect(program.text.contains(wanted), "\(options) \(program.text)")
            #expect(program.text.contains("warning: whoever reaches") == isOpen)
            if !isOpen {
                #expect(program.text.contains("http://127.0.0.1:") || program.text.contains("http://[::1]:"))
            }
            program.send(SIGTERM)
            while !program.poll() { sched_yield() }
        }
    }
}
