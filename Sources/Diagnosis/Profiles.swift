import Case

/// What is known of server sides, as data: gateways, their close codes, and the fingerprints of responders.
package struct Profiles: Sendable {
    /// How well a statement is founded. It caps what may be concluded: documentation and observation carry a cause
    /// to likely, hearsay to possible. Only bytes make anything certain.
    package enum Basis: String, Sendable, Equatable, CaseIterable {
        /// The vendor's own pages or source code say so.
        case documented
        /// A capture shows it.
        case observed
        /// Somebody says so.
        case reported

        /// How far a cause may rise that rests on it.
        package var cap: Certainty { self == .reported ? .possible : .likely }
    }

    /// The gateways.
    package var profiles: [Profile]
    /// Software and services that can be told by the shape of their refusals, the most telling first.
    package var fingerprints: [Fingerprint]

    /// Nothing is known.
    package init(profiles: [Profile] = [], fingerprints: [Fingerprint] = []) {
        self.profiles = profiles
        self.fingerprints = fingerprints
    }

    /// The profiles that fit an attempt: by host and path, by subprotocol, or by a field of the answer.
    func matching(_ attempt: Attempt, _ memory: JudgeMemory) -> [Profile] {
        let onHost = ofHost(attempt.authority, memory)
        let onPath = matchingPath(attempt, memory)
        return profiles.indices.filter {
            onHost.contains($0) ? onPath.contains($0) : profiles[$0].match.fits(attempt)
        }.map { profiles[$0] }
    }

    /// Those of the profiles of the host that fit the path, by their places.
    func matchingPath(_ attempt: Attempt, _ memory: JudgeMemory) -> [Int] {
        let own = path(of: attempt)
        return ofHost(attempt.authority, memory).filter { index in
            let patterns = profiles[index].match.paths
            return patterns.isEmpty || patterns.contains { matches(own, pattern: $0) }
        }
    }

    /// The profiles whose host patterns fit, by their places.
    private func ofHost(_ authority: String, _ memory: JudgeMemory) -> [Int] {
        memory.hostMatches(authority) {
            let host = hostOnly(authority)
            return profiles.indices.filter {
                profiles[$0].match.hosts.contains { matches(host, pattern: $0) }
            }
        }
    }
}

/// One gateway or protocol: how to recognise it, and what is known of it.
package struct Profile: Sendable, Equatable {
    /// The name of its file.
    package var id: String
    /// The name to show.
    package var title: String
    /// How to recognise it.
    package var match: ProfileMatch
    /// What is known of it.
    package var behaviours: [Behaviour]
}

/// How an attempt is recognised as one of a profile's. Any part that fits is enough.
package struct ProfileMatch: Sendable, Equatable {
    /// Host patterns; `*` stands for any run of characters.
    package var hosts: [String]
    /// Subprotocols that were offered or selected; patterns too.
    package var subprotocols: [String]
    /// Fields of the answer and patterns of their values.
    package var responseFields: [Fingerprint.Field]
    /// Patterns of the path; empty fits all. They narrow the hosts.
    package var paths: [String]

    /// Whether it fits by something else than the host.
    fileprivate func fits(_ attempt: Attempt) -> Bool {
        if let head = attempt.response?.head, !responseFields.isEmpty {
            let fits = responseFields.allSatisfy { field in
                head.fieldLines.contains {
                    head.isNamed($0, field.name)
                        && matches(head.value($0), pattern: field.value ?? "*")
                }
            }
            if fits { return true }
        }
        guard !subprotocols.isEmpty,
            !attempt.handshake.offeredSubprotocols.isEmpty
                || !attempt.handshake.selectedSubprotocols.isEmpty
        else { return false }
        let names = attempt.handshake.offeredSubprotocols + attempt.handshake.selectedSubprotocols
        return names.contains { name in subprotocols.contains { matches(name, pattern: $0) } }
    }
}

/// One fact about a gateway, how well it is founded, and what to say of it.
package struct Behaviour: Sendable, Equatable {
    /// The fact.
    package var fact: Fact
    /// One sentence.
    package var says: String
    /// How well it is founded.
    package var basis: Profiles.Basis
    /// Where it stands.
    package var source: String
    /// The day it was looked up: `2026-01-15`.
    package var checked: String
    /// What else to know, or nil.
    package var note: String?

    /// What a behaviour can be about. A new kind is a change of code; a new fact is not.
    package enum Fact: Sendable, Equatable {
        /// A place for the credential of the upgrade, and whether it is read. A name of nil is any name.
        case credentialChannel(Channel, name: String?, isRead: Bool)
        /// The meaning of a close code: a slug of the causes table, or nil for other meanings.
        case closeCode(Int, means: String?, isFatal: Bool)
        /// The meaning of a status of a refused upgrade.
        case statusMeaning(Int, means: String?)
        /// Whether the Origin matters.
        case originPolicy(OriginPolicy)
        /// A life of tokens. Seconds.
        case tokenLifetime(Int)
        /// Subprotocols that it speaks.
        case subprotocols([String])
        /// It closes connections that are silent for that long. Seconds.
        case idleTimeout(Int)
        /// It expects a heartbeat at least that often. Seconds.
        case heartbeat(Int)
        /// It closes connections of that age. Seconds.
        case maximumAge(Int)
        /// It expects something within that time after the upgrade. Seconds.
        case deadline(Int, what: String)
        /// Addresses that it documents: host pattern, path pattern. Others are unknown.
        case endpoint(host: String, path: String)
        /// An address that was given up.
        case retiredEndpoint(host: String, path: String)
        /// A query parameter that the upgrade needs.
        case requiredParameter(String)
        /// A scope that the upgrade needs.
        case requiredScope(String)
        /// The audience that a token must name.
        case audience(String)
        /// The issuer that a token must name; a pattern.
        case issuer(String)
        /// The kind of principal that the upgrade takes: `user`, `client`, `guest`.
        case principal(String)
        /// Domains that are regions of one service, apart from each other.
        case regions([String])
        /// The first message must hold this member, with one of these values when there are any.
        case firstMessage(member: String, values: [String], isAuthentication: Bool)
        /// The URL to dial is handed out by a response, for one use.
        case mintedURL(member: String)
        /// The longest message. Bytes.
        case messageLimit(Int)
        /// Something that people say of it, about a cause; `says` adds what the vendor's own material holds.
        case claim(about: String)
    }

    /// A place for a credential.
    package enum Channel: String, Sendable, Equatable, CaseIterable {
        case header, query, subprotocol, cookie
        /// The first message of the socket.
        case message
        /// Nowhere: the upgrade takes no credential.
        case none
    }

    /// Whether the Origin matters.
    package enum OriginPolicy: String, Sendable, Equatable, CaseIterable {
        /// It must be there.
        case required
        /// It must be on a list.
        case listed
        /// It is not looked at.
        case ignored
    }
}

/// Whether `text` fits a pattern in which `*` stands for any run of characters. ASCII case does not count.
func matches(_ text: String, pattern: String) -> Bool { matches(text.utf8.span, pattern.utf8.span) }

/// The same over bytes, where nothing is copied: every attempt meets every pattern of every profile.
private func matches(_ letters: Span<UInt8>, _ wanted: Span<UInt8>) -> Bool {
    var position = 0
    var place = 0
    var star: (pattern: Int, text: Int)?
    while position < letters.count {
        if place < wanted.count, wanted[place] != 0x2a, lowered(wanted[place]) == lowered(letters[position]) {
            position += 1
            place += 1
        } else if place < wanted.count, wanted[place] == 0x2a {
            star = (place, position)
            place += 1
        } else if let last = star {
            star = (last.pattern, last.text + 1)
            position = last.text + 1
            place = last.pattern + 1
        } else {
            return false
        }
    }
    while place < wanted.count, wanted[place] == 0x2a { place += 1 }
    return place == wanted.count
}

private func lowered(_ byte: UInt8) -> UInt8 { 0x41 <= byte && byte <= 0x5a ? byte | 0x20 : byte }

extension MessageHead {
    /// Whether a field line has that name, compared without regard to case. `name` is lower case.
    func isNamed(_ line: FieldLine, _ name: String) -> Bool {
        let wanted = name.utf8.span
        guard line.name.count == wanted.count else { return false }
        for offset in 0..<wanted.count
        where lowered(bytes[line.name.lowerBound + offset]) != wanted[offset] { return false }
        return true
    }
}
