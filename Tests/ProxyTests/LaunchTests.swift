import Glibc
import TestSupport
import Testing
import Wire

@testable import Proxy

@Suite("Programs behind the proxy")
struct LaunchTests {
    private let table = ClientTable.embedded

    @Test("The table is whole: every entry says how it is known")
    func wholeTable() {
        #expect(10 <= table.runtimes.count && 20 <= table.variables.count)
        for runtime in table.runtimes {
            #expect(
                !runtime.basis.isEmpty && !runtime.source.isEmpty && !runtime.trust.isEmpty, "\(runtime.name)"
            )
            #expect(runtime.trust.allSatisfy { ["adds", "replaces", "one run"].contains($0.effect) })
        }
        let known = LaunchValues.all.keys
        for variable in table.variables where variable.value.contains("{") {
            let text = filled(variable.value, LaunchValues.all)
            #expect(!text.contains("{"), "\(variable.name) has a brace that none of \(known) fills")
        }
    }

    @Test("What the user has set is kept, added to, or replaced, as the table says")
    func applied() {
        let environment = [
            "NODE_OPTIONS": "--max-old-space-size=100", "PYTHONPATH": "/mine", "NO_PROXY": "localhost",
            "SSL_CERT_FILE": "/mine.pem", "HOME": "/h", "JAVA_TOOL_OPTIONS": "",
        ]
        let result = table.applied(to: environment, [.proxy, .trust], values: LaunchValues.all)
        #expect(result["NODE_OPTIONS"] == "--max-old-space-size=100 --require=<shim>")
        #expect(result["PYTHONPATH"] == "<site>:/mine")
        #expect(result["NO_PROXY"] == "nobody.invalid" && result["HOME"] == "/h")
        #expect(result["SSL_CERT_FILE"] == "<bundle>" && result["NODE_EXTRA_CA_CERTS"] == "<extra>")
        #expect(result["HTTPS_PROXY"] == "http://<proxy>" && result["wss_proxy"] == "http://<proxy>")
        #expect(result["JAVA_TOOL_OPTIONS"]?.hasPrefix("-Dhttp.proxyHost=<host>") == true)
        #expect(result["SSLKEYLOGFILE"] == nil)
        let tapped = table.applied(to: environment, [.proxy, .tap], values: LaunchValues.all)
        #expect(tapped["SSLKEYLOGFILE"] == "<keylog>" && tapped["SSL_CERT_FILE"] == "/mine.pem")
        #expect(tapped["NODE_OPTIONS"]?.hasSuffix("--require=<shim> --tls-keylog=<keylog>") == true)
    }

    @Test("A browser gets arguments behind its name, and keeps those that it was given")
    func browserArguments() {
        let command = ["/usr/bin/chromium", "--user-data-dir=/mine", "https://a.test/"]
        let result = table.applied(toCommand: command, [.proxy, .trust], values: LaunchValues.all)
        #expect(
            result == [
                "/usr/bin/chromium", "--proxy-server=http://<proxy>", "--proxy-bypass-list=<-loopback>",
                "--ignore-certificate-errors-spki-list=<pin>", "--user-data-dir=/mine", "https://a.test/",
            ])
        let tapped = table.applied(
            toCommand: ["google-chrome-beta"], [.proxy, .tap], values: LaunchValues.all)
        #expect(tapped.count == 4 && tapped.contains("--user-data-dir=<profile>"))
        #expect(
            table.applied(toCommand: ["node", "chromium"], [.proxy], values: [:]) == ["node", "chromium"])
    }

    @Test(
        "A broken table is no table",
        arguments: [
            "", "{}", "{\"runtimes\": [{}], \"variables\": []}",
            "{\"runtimes\": [], \"variables\": [{\"name\": \"A\", \"purpose\": \"other\"}]}",
        ])
    func brokenTable(text: String) {
        #expect(ClientTable(reading: Array(text.utf8)) == nil)
    }

    @Test("The folder of a run is its owner's alone, and gone afterwards")
    func folder() throws {
        var folder = try LaunchFolder(environment: ["TMPDIR": "/tmp", "XDG_RUNTIME_DIR": "/has space"])
        let authority = try CertificateAuthority(for: .none, at: Timestamp(seconds: Int64(time(nil))))
        try folder.trust(authority, environment: [:])
        var status = stat()
        #expect(stat(folder.path, &status) == 0 && status.st_mode & 0o777 == 0o700)
        let values = folder.values(proxy: Endpoint(ipv4: 0x7f00_0001, port: 1))
        for name in ["ca", "extra", "bundle", "keystore", "shim", "keylog"] {
            #expect(TestFile.exists(values[name] ?? ""), "\(name)")
        }
        #expect(!TestFile.exists(folder.store.keyPath))
        #expect(values["pin"] == authority.keyPin)
        // What a browser leaves behind, a link out of the folder among it.
        _ = output(
            "mkdir -p \(folder.profilePath)/a/b && touch \(folder.profilePath)/a/b/c \(folder.path)-kept")
        _ = output("ln -s \(folder.path)-kept \(folder.profilePath)/link")
        defer { unlink(folder.path + "-kept") }
        folder.remove()
        #expect(!TestFile.exists(folder.path) && TestFile.exists(folder.path + "-kept"))
    }

    @Test(
        "The status of a child is told as a shell tells it",
        arguments: [
            ("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", 143), ("kill -KILL $$", 137),
            ("test \"$A\" = b && exit 9", 9),
        ])
    func status(script: String, expected: Int32) throws {
        let child = try ChildProcess(["sh", "-c", script], environment: ["A": "b", "PATH": "/usr/bin:/bin"])
        var status: Int32?
        while status == nil {
            status = child.ended()
            sched_yield()
        }
        #expect(status == expected)
    }

    @Test(
        "A program that is not there, or is none, is said to be, and answered for as a shell does",
        arguments: [
            ("no-such-program", "No such file or directory", 127), ("/", "Permission denied", 126),
            ("", "No such file or directory", 127),
        ])
    func missing(program: String, words: String, status: Int32) {
        do throws(LaunchError) {
            _ = try ChildProcess([program], environment: [:])
            Issue.record("it was started")
        } catch {
            #expect(error.text == "\(program): \(words)" && error.status == status)
        }
    }

    @Test(
        "A client that does not trust the authority is told the variable of its kind, and else the usual ones",
        arguments: [
            ("curl/7.88.1", "curl trusts it with CURL_CA_BUNDLE=<bundle>"),
            ("Python/3.11 aiohttp/3.8.4", "Python, aiohttp trusts it with SSL_CERT_FILE=<bundle>"),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
                "--ignore-certificate-errors-spki-list=<pin>"
            ), (nil, "set NODE_EXTRA_CA_CERTS=<extra> (Node.js) or SSL_CERT_FILE=<bundle> (most others)"),
            ("<b>other", "set NODE_EXTRA_CA_CERTS=<extra> (Node.js)"),
        ] as [(String?, String)])
    func trustAdvice(agent: String?, wanted: String) {
        for isKept in [false, true] {
            let advice = TrustPlace.files(LaunchValues.all, isKept: isKept).advice(for: agent)
            #expect(advice.contains(wanted) && advice.contains("wsdiag ca env") == isKept, "\(advice)")
            #expect(!advice.contains("<b>"))
        }
        #expect(TrustPlace.launched.advice(for: agent).contains("--tap"))
    }

    @Test(
        "Of a program that was not seen it is told what is known of its kind, and of others everything",
        arguments: [("/usr/bin/node", 1), ("python3.11", 1), ("go", 1), ("./start.sh", 3)])
    func unled(program: String, count: Int) {
        #expect(table.reasonsUnled(program).count == count)
    }

    @Test("Keys are given once their connection's are all there, however the file grows")
    func tappedKeys() {
        let path = "/tmp/wsdiag-keys-\(UInt64.random(in: 0...UInt64.max))"
        defer { unlink(path) }
        let keys = TappedKeys(path: path, limits: .standard)
        let (one, two) = (String(repeating: "ab", count: 32), String(repeating: "cd", count: 32))
        #expect(keys.take(one) == nil)
        TestFile.write(
            Array("CLIENT_HANDSHAKE_TRAFFIC_SECRET \(one) 00\nCLIENT_TRAFFIC_SECRET_0 \(one) 0".utf8),
            to: path)
        #expect(keys.take(one) == nil)
        let whole = """
            CLIENT_HANDSHAKE_TRAFFIC_SECRET \(one) 00
            CLIENT_TRAFFIC_SECRET_0 \(one) 01
            SERVER_TRAFFIC_SECRET_0 \(one) 02
            CLIENT_RANDOM \(two) 03

            """
        TestFile.write(Array(whole.utf8), to: path)
        #expect(keys.take(two).map { String(decoding: $0, as: UTF8.self) } == "CLIENT_RANDOM \(two) 03\n")
        #expect(keys.take(one)?.count == whole.utf8.count - 82)
        #expect(keys.take(one) == nil)
    }
}

private enum LaunchValues {
    static let all = Dictionary(
        uniqueKeysWithValues: [
            "proxy", "host", "port", "ca", "extra", "bundle", "keystore", "shim", "site", "keylog", "pin",
            "profile",
        ].map { ($0, "<\($0)>") })
}
