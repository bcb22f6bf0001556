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
        number = memory.nextNumber()
        self.isKept = isKept
        sentAnywhere = attempt.allCredentials.enumerated().compactMap { position, credential in
            file.token(credential.token).map { token in
                Sent(
                    credential, token, at: position, hasLineage: file.hasLineage(credential.token),
                    hasRole: hasRoles, memory.reads)
            }
        }
        let own = attempt.credentials.count
        sent = sentAnywhere.filter { $0.position < own }
        sentJWTs = sentAnywhere.compactMap { sent in
            guard let jwt = sent.jwt, jwt.claims != nil else { return nil }
            return (sent, jwt)
        }
    }
}
