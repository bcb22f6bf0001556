import Case

/// The credentials that attempts of one family sent, with tokens of the same claims.
final class Carried {
    /// Its number, for the keys of looks.
    let number: Int
    /// Whether others may have sent the like: what is said of it is worth remembering.
    let isKept: Bool
    /// The credentials of the upgrade request.
    let sent: [Sent]
    /// The credentials of the upgrade and those that the client sent in the first messages.
    let sentAnywhere: [Sent]
    /// The readable JWT credentials of the upgrade and of the first messages.
    let sentJWTs: [(sent: Sent, jwt: JWT)]

    /// What one attempt of a family sent.
    init(_ attempt: Attempt, _ file: CaseView, hasRoles: Bool, isKept: Bool) {
        let memory = file.memory
        number = memory.work.carried
        memory.work.carried += 1
        self.isKept = isKept
        var all: [Sent] = []
        var own = 0
        for (position, credential) in attempt.allCredentials.enumerated() {
            guard let token = file.token(credential.token) else { continue }
            all.append(
                Sent(
                    credential, token, at: position, hasLineage: file.hasLineage(credential.token),
                    hasRole: hasRoles, memory.reads))
            if position < attempt.credentials.count { own += 1 }
        }
        sentAnywhere = all
        sent = own == all.count ? all : Array(all.prefix(own))
        sentJWTs = all.compactMap { sent in
            guard let jwt = sent.jwt, jwt.claims != nil else { return nil }
            return (sent, jwt)
        }
    }
}
