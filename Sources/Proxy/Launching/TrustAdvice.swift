import Wire

/// Where a client finds what makes it trust the authority.
package enum TrustPlace: Sendable, Equatable {
    /// In the files that the table's names in braces stand for; `isKept` when they outlive the run.
    case files([String: String], isKept: Bool)
    /// In the variables that the run has set for it.
    case launched
    /// Nowhere that is known.
    case unknown

    /// What to do for a client that does not trust the authority, in words. `agent` is the User-Agent that it sent with
    /// CONNECT; it is compared and never repeated.
    package func advice(for agent: String?, _ table: ClientTable = .embedded) -> String {
        switch self {
        case .files(let values, let isKept):
            table.trustAdvice(for: agent, values: values) + (isKept ? "; 'wsdiag ca env' tells more" : "")
        case .launched:
            "it does not read the variables that are set for it, or it has a list of authorities of its own: "
                + "with --tap it need not trust anybody new"
        case .unknown: "'wsdiag ca env' tells what to set for it"
        }
    }
}

extension ClientTable {
    /// What makes a client trust the CA: that of its kind where its agent tells the kind, else what is usual.
    func trustAdvice(for agent: String?, values: [String: String]) -> String {
        let kind = agent.flatMap { agent in
            runtimes.first { $0.agents.contains { matches(agent, glob: $0) } }
        }
        if let kind, let trust = kind.trust.first {
            let setting = trust.variable.isEmpty ? trust.value : trust.variable + "=" + trust.value
            return "\(kind.name) trusts it with \(filled(setting, values))"
        }
        let settings = usual.compactMap { entry in
            variables.first { $0.name == entry.variable && $0.purpose == .trust }.map {
                "\($0.name)=\(filled($0.value, values)) (\(entry.clients))"
            }
        }
        return "set \(settings.joined(separator: " or "))"
    }

    /// Why a program may have gone round the proxy: what is known of it, or of all where its name tells nothing.
    package func reasonsUnled(_ program: String) -> [String] {
        let name = program.split(separator: "/").last.map(String.init) ?? program
        let known = unled.filter { $0.programs.contains { matches(name, glob: $0) } }
        return (known.isEmpty ? unled : known).map(\.text)
    }
}
