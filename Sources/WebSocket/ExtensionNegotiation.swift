import Case
import Wire

/// One element of Sec-WebSocket-Extensions (RFC 6455 §9.1).
struct ExtensionElement: Equatable {
    var name: String
    /// Parameters in order; nil for one without a value.
    var parameters: [(name: String, value: String?)]

    static func == (left: ExtensionElement, right: ExtensionElement) -> Bool {
        left.name == right.name && left.parameters.map(\.name) == right.parameters.map(\.name)
            && left.parameters.map(\.value) == right.parameters.map(\.value)
    }
}

/// Reads the elements of a list that was split at its commas.
func parseExtensions(_ elements: [String]) -> [ExtensionElement] {
    elements.map { element in
        // By bytes: letter by letter, with what Unicode makes of them, it was most of checking a handshake.
        let parts = element.utf8.split(separator: 0x3b, omittingEmptySubsequences: false).map {
            Substring($0).trimmed
        }
        let parameters = parts.dropFirst().map { part -> (name: String, value: String?) in
            guard let equals = part.utf8.firstIndex(of: 0x3d) else { return (part.lowercased(), nil) }
            let value = part[part.utf8.index(after: equals)...].trimmed
            return (part[..<equals].trimmed.lowercased(), value.filter { $0 != "\"" })
        }
        return ExtensionElement(name: (parts.first ?? "").lowercased(), parameters: parameters)
    }
}

/// Whether everything selected was offered (RFC 6455 §9.1; parameters of permessage-deflate after RFC 7692 §7.1).
func agree(offered: [ExtensionElement], selected: [ExtensionElement]) -> Bool {
    selected.allSatisfy { choice in
        offered.contains { offer in offer.name == choice.name && parametersAgree(offer, choice) }
    }
}

private func parametersAgree(_ offer: ExtensionElement, _ choice: ExtensionElement) -> Bool {
    guard choice.name == "permessage-deflate" else { return true }
    let names = choice.parameters.map(\.name)
    // A parameter twice makes the whole answer invalid (RFC 7692 §7).
    guard Set(names).count == names.count, choice.parameters.allSatisfy({ isAllowed($0, offer) }) else {
        return false
    }
    // Accepting an offer with these two means answering them (RFC 7692 §7.1.1.1, §7.1.2.1).
    return ["server_no_context_takeover", "server_max_window_bits"].allSatisfy { name in
        names.contains(name) || !offer.parameters.contains { $0.name == name }
    }
}

/// Whether a server may answer a parameter to an offer.
private func isAllowed(_ parameter: (name: String, value: String?), _ offer: ExtensionElement) -> Bool {
    let offered = offer.parameters.first { $0.name == parameter.name }
    let most = offered?.value.flatMap { windowBits($0) } ?? 15
    switch parameter.name {
    // A server may use these whether or not they were offered (RFC 7692 §7.1.1.1, §7.1.1.2), without a value.
    case "server_no_context_takeover", "client_no_context_takeover": return parameter.value == nil
    // This one too (RFC 7692 §7.1.2.1), and no larger than was offered.
    case "server_max_window_bits":
        return parameter.value.flatMap { windowBits($0) }.map { $0 <= most } ?? false
    // This one only when the client offered it (RFC 7692 §7.1.2.2).
    case "client_max_window_bits":
        return offered != nil && parameter.value.flatMap { windowBits($0) }.map { $0 <= most } ?? false
    default: return false
    }
}

/// 8 to 15 without leading zeros (RFC 7692 §7.1.2).
private func windowBits(_ text: String) -> Int? {
    guard let bits = Int(text), 8...15 ~= bits, String(bits) == text else { return nil }
    return bits
}

/// What was agreed on for permessage-deflate (RFC 7692 §7.1).
struct DeflateAgreement: Equatable {
    /// The window of what each side sends, as a power of two.
    var windowBits: PerSide<Int>
    /// Whether each side's messages stand alone.
    var standsAlone: PerSide<Bool>

    /// Read from the 101; nil when permessage-deflate was not selected.
    init?(_ response: MessageHead) {
        let selected = parseExtensions(response.list("sec-websocket-extensions"))
        guard let element = selected.first(where: { $0.name == "permessage-deflate" }) else { return nil }
        windowBits = PerSide(client: 15, server: 15)
        standsAlone = PerSide(client: false, server: false)
        for parameter in element.parameters {
            let bits = parameter.value.flatMap { Int($0) }.flatMap { 8...15 ~= $0 ? $0 : nil }
            switch parameter.name {
            case "server_no_context_takeover": standsAlone.server = true
            case "client_no_context_takeover": standsAlone.client = true
            case "server_max_window_bits": windowBits.server = bits ?? 15
            case "client_max_window_bits": windowBits.client = bits ?? 15
            default: break
            }
        }
    }
}
