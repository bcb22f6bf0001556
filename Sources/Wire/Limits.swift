/// Every bound on what input may cost. A reader that reaches one says so as a limit of its answer; none of them
/// is ever reached silently.
package struct Limits: Sendable, Equatable {
    // Capture
    /// The longest packet or pcapng block that is read; a longer one is skipped and reported. Bytes.
    package var packetBytes = 1 << 20
    /// Fragments of IP packets that wait for their siblings, in all. Bytes.
    package var fragmentBytes = 4 << 20
    /// Out-of-order TCP segments that wait for a gap to close, one direction. Bytes.
    package var streamBufferBytes = 1 << 20
    /// Out-of-order TCP segments that wait, all connections. Bytes.
    package var reassemblyBytes = 16 << 20
    /// TCP connections that are followed at one time; the longest silent one makes room.
    package var liveConnections = 65_536
    /// TCP connections that are over and remembered, so that a straggler does not look like a new one.
    package var closedConnections = 4096
    /// Tunnels (GRE, VXLAN, IP in IP …) that are opened inside one another.
    package var encapsulationDepth = 8
    /// Interfaces of one pcapng section.
    package var interfaces = 4096
    /// Bytes that a compressed capture may unpack to.
    package var decompressedCaptureBytes = 64 << 30

    // TLS
    /// One TLS handshake message. Bytes. Real certificate chains stay below 64 KiB.
    package var handshakeMessageBytes = 256 << 10
    /// Sessions of all key logs together.
    package var keyLogEntries = 500_000

    // HTTP
    /// One message head. Bytes. Servers commonly refuse more than 8 to 64 KiB.
    package var headBytes = 256 << 10
    /// Field lines of one head.
    package var fieldLines = 1000
    /// What is kept of one body after its codings are undone. Bytes.
    package var bodyBytes = 64 << 10
    /// How far a coded body may unfold, as a multiple of its coded size, before the rest is left alone.
    package var expansionRatio = 256

    // WebSocket
    /// What is kept of one message's beginning, to look for credentials and to show. Bytes.
    package var previewBytes = 4096
    /// Frames of one session that are kept with a preview: the first this many of each side.
    package var previewedFrames = 6
    /// Of those, the first this many of each side stay with a finished session, each with so many bytes.
    package var keptFrames = 3
    /// What stays of the preview of a frame when its session is over. Bytes.
    package var keptPreviewBytes = 512
    /// Rule violations kept of one session.
    package var violations = 8

    // Credentials
    /// The longest value that is looked at as a token. Bytes.
    package var tokenBytes = 64 << 10
    /// Credentials noted of one message.
    package var credentialsPerMessage = 64
    /// One JSON document that is read whole. Bytes.
    package var jsonBytes = 64 << 20
    /// JSON nesting that is followed.
    package var jsonDepth = 64
    /// Values of one JSON document.
    package var jsonValues = 200_000

    // Documents
    /// The longest line, or element, of a streamed log; a longer one is left out. Bytes.
    package var logLineBytes = 16 << 20
    /// One flow of a flow file, which is read whole; a longer one is left out. Bytes.
    package var flowBytes = 64 << 20
    /// Sources (requests, sockets, jobs) of a log that are followed at one time; the longest silent one makes room.
    package var liveSources = 4096

    // Documents
    /// Attempts that one document tells; later ones are counted and no more. What people export has fewer.
    package var documentAttempts = 100_000

    // Access logs
    /// One line of an access log; a longer one is passed over and reported. Bytes.
    package var accessLineBytes = 256 << 10

    // Text
    /// A pasted text. Bytes; what lies behind is not read.
    package var textBytes = 16 << 20
    /// The longest URL, reason or value in a line of text that is looked at. Bytes.
    package var testimonyHoleBytes = 8 << 10
    /// The longest sentence that is read as one. Words.
    package var sentenceWords = 64
    /// Statements and pieces of code of one text that are kept, of each kind.
    package var statements = 1000

    // Case
    /// Attempts that one case holds; later ones are counted and no more.
    package var attempts = 1_000_000
    /// Names of servers whose connections stayed encrypted.
    package var unreadNames = 1000
    /// Finished attempts that are kept in memory where there is a file to put the others. Bytes.
    package var attemptBytes = 2 << 20
    /// Credentials that are kept in memory where there is a file to put them. Bytes.
    package var secretBytes = 1 << 20
    /// Heads and bodies that ordinary HTTP exchanges keep in all; later exchanges are counted and no more. Bytes.
    package var evidenceBytes = 24 << 20
    /// Ordinary HTTP exchanges that one case holds.
    package var exchanges = 10_000

    // Proxy
    /// Certificates that are kept for names of servers; the longest unused one makes room.
    package var leafCertificates = 1024
    /// Packets of a recording that wait for the disk; what comes beyond is left out and marked. Bytes.
    package var recordingBytes = 8 << 20
    /// What a tapped connection may say before its keys are logged. Bytes.
    package var tappedBytes = 256 << 10
    /// Connections whose logged keys wait to be used.
    package var tappedConnections = 4096
    /// Attempts that the live page lists; the oldest make room.
    package var pageAttempts = 2000
    /// Attempts whose evidence the live page keeps.
    package var pageDetails = 200
    /// Frames of one attempt that the live page keeps: the last.
    package var pageFrames = 400
    /// Beginnings of frames that the live page keeps in all. Bytes.
    package var pageFrameBytes = 8 << 20
    /// Messages that wait to be written as HAR at the end; of older attempts they are left out. Bytes.
    package var harBytes = 32 << 20
    /// Control frames of one attempt in a HAR that wait for their place among the messages.
    package var heldControlFrames = 16_384
    /// Browsers' connections to the live page.
    package var pageClients = 32
    /// What may wait for one browser before its stream of events is ended. Bytes.
    package var pageOwedBytes = 4 << 20

    /// The bounds that the program uses.
    package static let standard = Limits()

    /// The standard bounds, to be changed by a test or by the proxy.
    package init() {}
}
