import JSON

extension Profile {
    /// Reads a profile strictly.
    ///
    /// Throws: `DataError` with file, line and what was expected, for an unknown member or kind, a missing source,
    /// a bad date, or no way to recognise the gateway.
    package init(file: String, bytes: [UInt8]) throws(DataError) {
        let root = try StrictNode(file: file, bytes: bytes)
        self = try Profile(root)
        guard file == "\(id).json" || file.hasSuffix("/\(id).json") else {
            throw try root.required("id").error("expected the id to be the name of the file without .json")
        }
    }

    /// Reads a list of profiles strictly: the files of `Profiles/gateways` in one array.
    ///
    /// Throws: `DataError` as for one.
    package static func readAll(file: String, bytes: [UInt8]) throws(DataError) -> [Profile] {
        var all: [Profile] = []
        for node in try StrictNode(file: file, bytes: bytes).elements() { all.append(try Profile(node)) }
        return all
    }

    private init(_ root: StrictNode) throws(DataError) {
        try root.allow(["id", "title", "match", "behaviours"])
        id = try root.required("id").string()
        title = try root.required("title").string()
        let rule = try root.required("match")
        try rule.allow(["hosts", "subprotocols", "paths", "responseFields"])
        var fields: [Fingerprint.Field] = []
        for node in try rule.optional("responseFields")?.elements() ?? [] {
            fields.append(try Fingerprint.Field(node))
        }
        match = ProfileMatch(
            hosts: try rule.strings("hosts"), subprotocols: try rule.strings("subprotocols"),
            responseFields: fields, paths: try rule.strings("paths"))
        guard !match.hosts.isEmpty || !match.subprotocols.isEmpty || !fields.isEmpty else {
            throw rule.error("expected hosts, subprotocols or responseFields to recognise it by")
        }
        behaviours = []
        for node in try root.required("behaviours").elements() { behaviours.append(try Behaviour(node)) }
    }
}

/// The names of the kinds, as they stand in the files.
private enum Kind: String, CaseIterable {
    case credentialChannel, closeCode, statusMeaning, originPolicy, tokenLifetime, subprotocols, idleTimeout
    case heartbeat, maximumAge, deadline, endpoint, retiredEndpoint, requiredParameter, requiredScope,
        audience
    case issuer, principal, regions, firstMessage, mintedURL, messageLimit, claim
}

extension Behaviour {
    fileprivate init(_ node: StrictNode) throws(DataError) {
        let kind = try node.required("kind").oneOf(Kind.self)
        try node.allow(["kind", "says", "basis", "source", "checked", "note"] + kind.members)
        says = try node.required("says").string()
        basis = try node.required("basis").oneOf(Profiles.Basis.self)
        source = try node.required("source").string()
        checked = try node.required("checked").day()
        note = try node.optional("note")?.string()
        fact = try Behaviour.fact(kind, node)
    }

    private static func fact(_ kind: Kind, _ node: StrictNode) throws(DataError) -> Fact {
        switch kind {
        case .credentialChannel:
            return .credentialChannel(
                try node.required("channel").oneOf(Channel.self), name: try node.optional("name")?.string(),
                isRead: try node.required("isRead").bool())
        case .closeCode:
            return .closeCode(
                try node.required("code").integer(), means: try node.optional("means")?.string(),
                isFatal: try node.optional("isFatal")?.bool() ?? false)
        case .statusMeaning:
            return .statusMeaning(
                try node.required("status").integer(), means: try node.optional("means")?.string())
        case .originPolicy: return .originPolicy(try node.required("policy").oneOf(OriginPolicy.self))
        case .tokenLifetime: return .tokenLifetime(try node.required("seconds").integer())
        case .subprotocols: return .subprotocols(try node.required("names").strings())
        case .idleTimeout: return .idleTimeout(try node.required("seconds").integer())
        case .heartbeat: return .heartbeat(try node.required("seconds").integer())
        case .maximumAge: return .maximumAge(try node.required("seconds").integer())
        case .deadline:
            return .deadline(
                try node.required("seconds").integer(), what: try node.required("what").string())
        case .endpoint:
            return .endpoint(
                host: try node.required("host").string(), path: try node.required("path").string())
        case .retiredEndpoint:
            return .retiredEndpoint(
                host: try node.required("host").string(), path: try node.required("path").string())
        case .requiredParameter: return .requiredParameter(try node.required("name").string())
        case .requiredScope: return .requiredScope(try node.required("name").string())
        case .audience: return .audience(try node.required("pattern").string())
        case .issuer: return .issuer(try node.required("pattern").string())
        case .principal: return .principal(try node.required("principal").string())
        case .regions: return .regions(try node.required("domains").strings())
        case .firstMessage:
            return .firstMessage(
                member: try node.required("member").string(), values: try node.strings("values"),
                isAuthentication: try node.required("isAuthentication").bool())
        case .mintedURL: return .mintedURL(member: try node.required("member").string())
        case .messageLimit: return .messageLimit(try node.required("bytes").integer())
        case .claim: return .claim(about: try node.required("about").string())
        }
    }
}

extension Kind {
    /// The members that this kind has beside the common ones.
    fileprivate var members: [String] {
        switch self {
        case .credentialChannel: ["channel", "name", "isRead"]
        case .closeCode: ["code", "means", "isFatal"]
        case .statusMeaning: ["status", "means"]
        case .originPolicy: ["policy"]
        case .tokenLifetime, .idleTimeout, .heartbeat, .maximumAge: ["seconds"]
        case .subprotocols: ["names"]
        case .deadline: ["seconds", "what"]
        case .endpoint, .retiredEndpoint: ["host", "path"]
        case .requiredParameter, .requiredScope: ["name"]
        case .audience, .issuer: ["pattern"]
        case .principal: ["principal"]
        case .regions: ["domains"]
        case .firstMessage: ["member", "values", "isAuthentication"]
        case .mintedURL: ["member"]
        case .messageLimit: ["bytes"]
        case .claim: ["about"]
        }
    }
}

extension Fingerprint {
    /// Reads the fingerprints of a file strictly.
    ///
    /// Throws: `DataError` as for profiles.
    package static func read(file: String, bytes: [UInt8]) throws(DataError) -> [Fingerprint] {
        let root = try StrictNode(file: file, bytes: bytes)
        try root.allow(["responders"])
        var all: [Fingerprint] = []
        for node in try root.required("responders").elements() { all.append(try Fingerprint(node)) }
        return all
    }

    private init(_ node: StrictNode) throws(DataError) {
        try node.allow([
            "name", "statuses", "reason", "fields", "order", "body", "certainty", "means", "states",
            "suggests",
            "basis", "source", "checked",
        ])
        name = try node.required("name").string()
        statuses = []
        for status in try node.optional("statuses")?.elements() ?? [] {
            statuses.append(try status.integer())
        }
        reason = try node.optional("reason")?.string()
        fields = []
        for field in try node.optional("fields")?.elements() ?? [] {
            fields.append(try Field(field))
        }
        order = try node.strings("order").map { $0.lowercased() }
        body = try Fingerprint.bodyTest(node.optional("body"))
        certainty = try node.required("certainty").oneOf(Certainty.self)
        meaning = try node.required("means").string()
        states = try node.optional("states")?.string()
        suggests = try node.optional("suggests")?.string()
        basis = try node.required("basis").oneOf(Profiles.Basis.self)
        source = try node.required("source").string()
        _ = try node.required("checked").day()
    }

    private static func bodyTest(_ node: StrictNode?) throws(DataError) -> BodyTest {
        guard let node else { return .any }
        if node.value.string == "empty" { return .empty }
        try node.allow(["oneOf", "prefix", "contains"])
        if let texts = node.optional("oneOf") { return .oneOf(try texts.strings()) }
        if let texts = node.optional("prefix") { return .prefix(try texts.strings()) }
        return .contains(try node.required("contains").strings())
    }
}

extension Fingerprint.Field {
    fileprivate init(_ node: StrictNode) throws(DataError) {
        try node.allow(["name", "value", "absent"])
        name = try node.required("name").string().lowercased()
        value = try node.optional("value")?.string()
        isAbsent = try node.optional("absent")?.bool() ?? false
    }
}

extension Vocabulary {
    /// Reads the phrases of a file strictly.
    ///
    /// Throws: `DataError` as for profiles.
    init(file: String, bytes: [UInt8]) throws(DataError) {
        let root = try StrictNode(file: file, bytes: bytes)
        try root.allow(["tellingFields", "edgeFields", "hedges", "alternatives", "eitherWay", "phrases"])
        tellingFields = Set(try root.required("tellingFields").strings())
        edgeFields = Set(try root.required("edgeFields").strings())
        hedges = try root.required("hedges").strings().map { Vocabulary.normalised($0) }
        alternatives = try root.required("alternatives").strings().map { Vocabulary.normalised($0) }
        eitherWay = Set(try root.required("eitherWay").strings())
        phrases = []
        for node in try root.required("phrases").elements() {
            try node.allow(["means", "says", "unless", "states"])
            let means = try node.required("means").string()
            let isStatement = try node.required("states").bool()
            let unless = try node.strings("unless").map { Vocabulary.normalised($0) }
            // Each way of saying it is a list of words, separated by "…", that all stand in the text.
            for way in try node.required("says").strings() {
                let words = way.split(separator: "…").map { Vocabulary.pattern(String($0)) }
                phrases.append(Phrase(words: words, unless: unless, means: means, isStatement: isStatement))
            }
        }
    }

    /// Normalised; a `*` at either end leaves the word open there.
    private static func pattern(_ text: String) -> [UInt8] {
        let trimmed = text.split(separator: " ").joined(separator: " ")
        var bytes = normalised(trimmed)
        if trimmed.hasPrefix("*"), !bytes.isEmpty { bytes.removeFirst() }
        if trimmed.hasSuffix("*"), !bytes.isEmpty { bytes.removeLast() }
        return bytes
    }
}
