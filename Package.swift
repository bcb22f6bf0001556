// swift-tools-version: 6.2
import PackageDescription

/// `make fuzz` builds every room with libFuzzer's counters; nothing else does.
let isFuzzing = Context.environment["WSDIAG_FUZZ"] != nil

/// Swift 6 mode everywhere, warnings are errors. Release builds optimise across rooms: a generic function of
/// another module is four times slower otherwise (docs/architecture.md, "What was measured").
let house: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
        .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
    ] + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address"])] : [])

/// Rooms that read hostile bytes and bind no C library: every pointer there would have to say `unsafe`.
let strict: [SwiftSetting] = house + [.strictMemorySafety()]

/// Rooms whose small functions run for every packet in other rooms. What -cross-module-optimization carries across is
/// public, and nothing here is; -package-cmo carries `package` functions and wants library evolution: 4 % of the time of
/// a report. Not for rooms that keep types of a C library, which their clients cannot see.
let carried: [SwiftSetting] =
    strict
    + (isFuzzing
        ? []
        : [
            .unsafeFlags(
                [
                    "-enable-library-evolution", "-no-emit-module-separately-wmo", "-Xfrontend",
                    "-package-cmo", "-Xfrontend", "-allow-non-resilient-access",
                ], .when(configuration: .release))
        ])

let package = Package(
    name: "wsdiag",
    products: [.executable(name: "wsdiag", targets: ["wsdiag"])],
    targets: [
        // C libraries, each with the one reason it is here.
        // libpcap: compiles --filter expressions to BPF; nobody should write that grammar twice.
        .systemLibrary(
            name: "CPcap", path: "Sources/Libraries/CPcap", pkgConfig: "libpcap",
            providers: [.apt(["libpcap-dev"])]),
        // OpenSSL 3: ciphers, digests, key derivation, signatures, certificates.
        .systemLibrary(
            name: "COpenSSL", path: "Sources/Libraries/COpenSSL", pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"])]),
        // zlib: gzip captures, HTTP gzip and deflate, permessage-deflate.
        .systemLibrary(
            name: "CZlib", path: "Sources/Libraries/CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]),
        // libzstd: zstd captures, HTTP zstd.
        .systemLibrary(
            name: "CZstd", path: "Sources/Libraries/CZstd", pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"])]),
        // libbrotlidec: HTTP br.
        .systemLibrary(
            name: "CBrotli", path: "Sources/Libraries/CBrotli", pkgConfig: "libbrotlidec",
            providers: [.apt(["libbrotli-dev"])]),
        // The kernel's interfaces that the Glibc module leaves out: epoll, signalfd, accept4. A header, no library.
        .systemLibrary(name: "CLinux", path: "Sources/Libraries/CLinux"),

        // The ground floor: no protocol, no judgement.
        // libm: the standard library's rounding is a reference to it in debug builds.
        .target(name: "Wire", swiftSettings: carried, linkerSettings: [.linkedLibrary("m")]),
        .target(name: "JSON", dependencies: ["Wire"], swiftSettings: carried),
        .target(
            name: "Compression", dependencies: ["Wire", "CZlib", "CZstd", "CBrotli"], swiftSettings: house),
        .target(name: "Crypto", dependencies: ["Wire", "COpenSSL"], swiftSettings: house),
        .target(name: "Case", dependencies: ["Wire", "JSON"], swiftSettings: carried),

        // Five siblings; none imports another.
        .target(name: "Capture", dependencies: ["Wire", "Compression"], swiftSettings: carried),
        .target(
            name: "TLS", dependencies: ["Wire", "Case", "Compression", "Crypto"], swiftSettings: carried),
        .target(name: "HTTP", dependencies: ["Wire", "Case", "Compression"], swiftSettings: carried),
        .target(
            name: "WebSocket", dependencies: ["Wire", "Case", "Compression", "Crypto"], swiftSettings: carried
        ),
        .target(
            name: "Credentials", dependencies: ["Wire", "JSON", "Case", "Crypto"], swiftSettings: carried),

        .target(
            name: "Dissect",
            dependencies: ["Wire", "Case", "Capture", "TLS", "HTTP", "WebSocket", "Credentials"],
            swiftSettings: strict),
        // Documents instead of packets: the same case, on lower ground.
        .target(
            name: "Testimony",
            dependencies: [
                "Wire", "JSON", "Case", "Compression", "HTTP", "WebSocket", "Credentials", "Dissect",
            ],
            resources: [
                .embedInCode("HAR/har-dialects.json"),
                .embedInCode("HAR/har-failures.json"),
                .embedInCode("AccessLog/access-log-fields.json"),
                .embedInCode("Text/atlas.json"),
            ],
            swiftSettings: strict),
        .target(
            name: "Diagnosis", dependencies: ["Wire", "JSON", "Case"],
            // The gateways' own files; a test keeps gateways.json, which is embedded, the sum of them.
            exclude: ["Profiles/gateways"],
            resources: [
                .embedInCode("Profiles/vocabulary.json"),
                .embedInCode("Profiles/responders.json"),
                .embedInCode("Profiles/gateways.json"),
            ],
            swiftSettings: strict),
        .target(
            name: "Report", dependencies: ["Wire", "JSON", "Case", "Diagnosis"],
            resources: [.embedInCode("recipes.json")], swiftSettings: strict),
        .target(name: "Live", dependencies: ["Wire", "CPcap"], swiftSettings: house),
        // The only room with sockets: epoll, OpenSSL on memory buffers, and the same door as captures.
        .target(
            name: "Proxy",
            dependencies: [
                "Wire", "JSON", "Case", "HTTP", "WebSocket", "Crypto", "Capture", "TLS", "Dissect",
                "Diagnosis", "Report", "COpenSSL", "CLinux",
            ],
            resources: [
                .embedInCode("Launching/environment.json"), .embedInCode("Page/page.html"),
                .embedInCode("Launching/preload.cjs"), .embedInCode("Launching/sitecustomize.py"),
            ],
            swiftSettings: house),
        .executableTarget(
            name: "wsdiag",
            dependencies: [
                "Wire", "JSON", "Case", "Compression", "Capture", "TLS", "Credentials", "Dissect",
                "Testimony", "Diagnosis", "Report", "Live", "Proxy", "CLinux",
            ],
            swiftSettings: house),

        .target(
            name: "TestSupport",
            dependencies: [
                "Wire", "JSON", "Case", "Crypto", "Credentials", "Capture", "Compression", "Dissect", "CZlib",
                "CZstd",
            ],
            path: "Tests/TestSupport", swiftSettings: house),
        .testTarget(name: "WireTests", dependencies: ["Wire", "JSON", "TestSupport"], swiftSettings: house),
        .testTarget(
            name: "CompressionTests", dependencies: ["Compression", "Crypto", "TestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "CaptureTests",
            dependencies: ["Capture", "Crypto", "Live", "Wire", "TestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "TLSTests",
            dependencies: [
                "TLS", "Crypto", "Capture", "Case", "Wire", "COpenSSL", "TestSupport",
            ],
            swiftSettings: house),
        .testTarget(
            name: "HTTPTests", dependencies: ["HTTP", "Case", "Wire", "TestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "WebSocketTests",
            dependencies: ["WebSocket", "Case", "Wire", "Compression", "CZlib", "TestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "CredentialsTests", dependencies: ["Credentials", "Case", "JSON", "Wire", "TestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "DissectTests",
            dependencies: [
                "Dissect", "Diagnosis", "Report", "Case", "Capture", "JSON", "Wire", "TestSupport",
            ],
            swiftSettings: house),
        .testTarget(
            name: "DiagnosisTests",
            dependencies: ["Diagnosis", "Dissect", "Capture", "Case", "JSON", "Wire", "TestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "ReportTests",
            dependencies: ["Report", "Diagnosis", "Dissect", "Case", "JSON", "Wire", "TestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "TestimonyTests",
            dependencies: [
                "Testimony", "Diagnosis", "Dissect", "Report", "Case", "JSON", "Wire", "TestSupport",
            ],
            exclude: ["fixtures"],
            swiftSettings: house),
        .testTarget(
            name: "ProxyTests",
            dependencies: [
                "Proxy", "Dissect", "Testimony", "Diagnosis", "Report", "Case", "Capture", "JSON", "Wire",
                "COpenSSL", "TestSupport",
            ],
            // The programs of real peers.
            exclude: ["RealPeers"],
            swiftSettings: house),
        .testTarget(
            name: "WsdiagTests",
            dependencies: ["wsdiag", "Report", "Testimony", "JSON", "Wire", "TestSupport"],
            // What shells run.
            exclude: ["Shells"],
            swiftSettings: house
        ),
    ]
)

/// One program for each reader that meets hostile bytes.
func fuzzTarget(_ reader: String, _ rooms: [String]) -> Target {
    .executableTarget(
        name: "fuzz-\(reader)", dependencies: rooms.map { .init(stringLiteral: $0) } + ["FuzzSupport"],
        path: "Tests/Fuzz/\(reader)", swiftSettings: house + [.unsafeFlags(["-parse-as-library"])],
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])])
}

if isFuzzing {
    package.targets += [
        .target(
            name: "FuzzSupport", dependencies: ["Wire"], path: "Tests/Fuzz/Support", swiftSettings: house),
        fuzzTarget("json", ["Wire", "JSON"]),
        fuzzTarget("packets", ["Wire", "Capture"]),
        fuzzTarget("http", ["Wire", "Case", "HTTP"]),
        fuzzTarget("websocket", ["Wire", "Case", "WebSocket"]),
        fuzzTarget("tls", ["Wire", "Case", "TLS"]),
        fuzzTarget("credentials", ["Wire", "Case", "Credentials"]),
        .target(
            name: "FuzzDocuments",
            dependencies: ["Wire", "JSON", "Case", "Diagnosis", "Report", "Testimony"],
            path: "Tests/Fuzz/Documents", swiftSettings: house),
        fuzzTarget("netlog", ["Testimony", "FuzzDocuments"]),
        fuzzTarget("events", ["Testimony", "FuzzDocuments"]),
        fuzzTarget("flows", ["Testimony", "FuzzDocuments"]),
        fuzzTarget("har", ["Testimony", "FuzzDocuments"]),
        fuzzTarget("accesslog", ["Testimony", "FuzzDocuments"]),
        fuzzTarget("text", ["Testimony", "FuzzDocuments"]),
        fuzzTarget("pipeline", ["Wire", "Capture", "JSON", "Case", "Dissect", "Diagnosis", "Report"]),
    ]
}
