import Case

/// A credential of the upgrade with its token.
final class Sent {
    let credential: Credential
    let token: Token
    /// What is wrong with its spelling, here and everywhere.
    let defects: [Token.Defect]
    /// `<token 1>`.
    let name: String
    /// What its claims grant; nil where no claim tells.
    private(set) lazy var scopes: [String]? = jwt?.scopes
    /// Its decoded form.
    private(set) lazy var jwt: JWT? = token.jwt

    /// A credential and its token.
    init(_ credential: Credential, _ token: Token) {
        self.credential = credential
        self.token = token
        defects = credential.defects.isEmpty ? token.defects : credential.defects + token.defects
        name = "<token \(token.id)>"
    }
}

/// The credentials that attempts of one family sent, with their tokens.
final class Carried {
    /// Whether more than one attempt sent these: what is said of them is worth remembering.
    var isShared = false
    /// Credentials of the request.
    let credentials: [Credential]
    /// The credentials of the upgrade request.
    let sent: [Sent]
    /// The credentials of the upgrade and those that the client sent in the first messages.
    let sentAnywhere: [Sent]
    /// The readable JWT credentials of the upgrade and of the first messages.
    let sentJWTs: [(sent: Sent, jwt: JWT)]

    /// What one attempt of a family sent.
    init(_ attempt: Attempt, _ file: CaseView, hasRoles: Bool) {
        var credentials = attempt.credentials
        if hasRoles {
            for index in credentials.indices { credentials[index].place = Roles.credential(index) }
        }
        self.credentials = credentials
        let find = { (credentials: [Credential]) in
            credentials.compactMap { credential in
                file.token(credential.token).map { Sent(credential, $0) }
            }
        }
        sent = find(credentials)
        let messages = attempt.session?.credentials ?? []
        sentAnywhere = messages.isEmpty ? sent : find(attempt.allCredentials)
        sentJWTs = sentAnywhere.compactMap { sent in
            guard let jwt = sent.jwt, jwt.claims != nil else { return nil }
            return (sent, jwt)
        }
    }

    /// Whether an attempt of the same family sent the same tokens.
    func isSent(by attempt: Attempt) -> Bool {
        credentials.elementsEqual(attempt.credentials) { $0.token == $1.token }
    }
}
