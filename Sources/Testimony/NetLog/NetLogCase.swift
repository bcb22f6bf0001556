import Case
import Wire

extension CaseFile {
    /// Connections that failed before any request may have been anything: those stay that went where an attempt went,
    /// and that no attempt of a known URL tells of already.
    mutating func keepFailures(of told: AttemptList) {
        let known = told + attempts.filter { $0.request != nil }
        let endpoints = Set(known.compactMap(\.connection.server))
        let names = Set(known.map(\.authority))
        attempts.removeAll { attempt in
            guard attempt.request == nil else { return false }
            let isTold = told.contains {
                $0.connection.startedAt == attempt.connection.startedAt
                    && $0.connection.server == attempt.connection.server
                    && $0.connection.client == attempt.connection.client
            }
            let wentThere =
                attempt.connection.server.map(endpoints.contains) ?? false
                || names.contains(attempt.authority)
            return isTold || !wentThere
        }
    }

    /// Where credentials stand, in the order of the log, once a place.
    func places(of tokens: Set<Int>) -> [(place: Place, text: String)] {
        var found: [(place: Place, text: String)] = []
        var known: Set<Place> = []
        let all = attempts.flatMap(\.allCredentials) + exchanges.flatMap(\.credentials)
        for credential in all
        where tokens.contains(credential.token) && known.insert(credential.place).inserted {
            switch credential.place.position {
            case .line(let line, _): found.append((credential.place, "line \(line)"))
            case .pointer(let pointer): found.append((credential.place, pointer))
            case .frame: break
            }
        }
        return found
    }
}
