import Case
import Proxy
import Report
import Wire

extension OptionSpec {
    static let record = OptionSpec(
        name: "write", short: "w", value: .file("FILE"),
        summary: "Record what is relayed as a capture (pcapng) for explain and Wireshark, in the clear: 0600")

    static let har = OptionSpec(
        name: "har", value: .file("FILE"),
        summary: "Write handshakes and messages as HAR 1.2 at the end, credentials masked")

    static let web = OptionSpec(
        name: "web", value: .text("ADDRESS:PORT"),
        summary: "Serve the live page there, on a loopback address; 127.0.0.1:0 takes a free port")

    /// What watches a relay beside the terminal.
    static let watching = [record, har, web]
}

/// What watches a relay beside the terminal: the recording and the page.
struct RelayWatchers {
    var recorder: Recorder?
    var page: LivePage?
    var pageEndpoint: Endpoint?
    var har: HARBook?

    /// Opens what the options name.
    init(_ invocation: Invocation, limits: Limits) throws(Failure) {
        let note = invocation.surroundings.note
        if let text = invocation.value(.web) {
            let endpoint = try listenAddress(text)
            guard endpoint.isLoopback else {
                throw .usage("--web is served on loopback addresses only, and \(endpoint) is none", hint: nil)
            }
            pageEndpoint = endpoint
            page = LivePage(token: LivePage.newToken(), version: Program.version, limits: limits)
        }
        if invocation.has(.har) { har = HARBook(limits: limits) }
        if let path = invocation.value(.record) {
            do throws(AuthorityError) {
                let opened = try Recorder(
                    path: path, application: "\(Program.name) \(Program.version)", limits: limits)
                opened.onTrouble = { note("warning: \($0)\n") }
                recorder = opened
            } catch {
                throw .output(["cannot record: \(error.text)"])
            }
        }
    }

    /// In the order they are told.
    var observers: [any RelayObserver] {
        (page.map { [$0] } ?? []) + (har.map { [$0] } ?? [])
    }

    /// Says where the page is, once that is known.
    func tellStart(
        _ loop: RelayLoop, listening: String, decrypting: [String] = [], _ invocation: Invocation
    ) {
        page?.about.listening = listening
        page?.about.decrypting = decrypting
        page?.about.recording = recorder?.inputName
        guard let page, let endpoint = loop.endpoints.last else { return }
        invocation.surroundings.note("live page: \(page.address(at: endpoint))\n")
    }

    /// Writes what is written at the end.
    func finish(_ invocation: Invocation) throws(Failure) {
        guard let har, let path = invocation.value(.har) else { return }
        let bytes = har.document(version: Program.version, showingSecrets: invocation.has(.showSecrets))
        do throws(AuthorityError) {
            try PrivateFile.write(bytes, to: path)
        } catch {
            throw .output([error.text])
        }
    }
}
