import Testing
import Wire

@Suite("Moments") struct TimestampTests {
    static let moments: [(Int64, String)] = [
        (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
        (951_782_400_000_000_000, "2000-02-29T00:00:00.000000Z"),
        (1_795_228_933_114_530_999, "2026-11-21T02:42:13.114530Z"),
        (4_107_542_399_999_999_999, "2100-02-28T23:59:59.999999Z"),
        (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000000Z"),
        (-62_135_596_800 * 10, "1969-12-31T23:49:38.644032Z"),
        (.max, "2262-04-11T23:47:16.854775Z"),
    ]

    @Test("are written in UTC", arguments: moments)
    func written(_ nanoseconds: Int64, _ text: String) {
        #expect(Timestamp(nanoseconds: nanoseconds).rfc3339 == text)
    }

    @Test("HTTP dates are read, and what is none is not")
    func httpDates() throws {
        let date = try #require(Timestamp(httpDate: "Sat, 21 Nov 2026 02:42:13 GMT"))
        #expect(date.rfc3339 == "2026-11-21T02:42:13.000000Z")
        for text in [
            "", "Sat, 21 Nov 2026 02:42:13", "Sat, 32 Nov 2026 02:42:13 GMT", "Sat, 21 Foo 2026 02:42:13 GMT",
            "0",
        ] {
            #expect(Timestamp(httpDate: text) == nil)
        }
    }

    @Test("seconds beyond what nanoseconds hold stay at the edge")
    func edges() {
        #expect(Timestamp(seconds: .max).seconds == Int64.max / 1_000_000_000)
        #expect(Timestamp(seconds: .min) < Timestamp(seconds: 0))
        #expect(Timestamp(nanoseconds: .max).seconds(since: Timestamp(nanoseconds: .min)) > 1e10)
    }

    @Test(
        "the second is rounded down before the epoch",
        arguments: [(-1, -1), (-1_000_000_000, -1), (-1_000_000_001, -2), (999_999_999, 0)])
    func wholeSeconds(_ nanoseconds: Int64, _ seconds: Int64) {
        #expect(Timestamp(nanoseconds: nanoseconds).seconds == seconds)
    }

    @Test("the least moment is written without a trap")
    func least() { #expect(Timestamp(nanoseconds: .min).rfc3339.hasPrefix("1677-09-21T")) }
}

@Suite("Endpoints") struct EndpointTests {
    static let endpoints: [(UInt64, UInt64, String)] = [
        (0, 1, "[::1]:443"), (0, 0, "[::]:443"), (0x2001_0db8_0000_0000, 1, "[2001:db8::1]:443"),
        (0x2001_0db8_0000_0001, 0x0001_0001_0001_0001, "[2001:db8:0:1:1:1:1:1]:443"),
        (0x2001_0000_0000_0001, 0x0000_0000_0000_0001, "[2001:0:0:1::1]:443"),
        (0xfe80_0000_0000_0000, 0, "[fe80::]:443"), (0, 0xffff_c000_0207, "192.0.2.7:443"),
    ]

    @Test("addresses are shortened as RFC 5952 says", arguments: endpoints)
    func text(_ high: UInt64, _ low: UInt64, _ expected: String) {
        #expect(Endpoint(high: high, low: low, port: 443).description == expected)
    }

    @Test("loopback is known in both families")
    func loopback() {
        #expect(Endpoint(ipv4: 0x7f00_0001, port: 1).isLoopback)
        #expect(Endpoint(high: 0, low: 1, port: 1).isLoopback)
        #expect(!Endpoint(ipv4: 0x0a00_0001, port: 1).isLoopback)
        #expect(!Endpoint(high: 1, low: 1, port: 1).isLoopback)
    }
}
