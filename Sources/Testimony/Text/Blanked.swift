import Case

/// Whether a credential of an attempt is a blank of an example, or cut: whoever pasted the text took the value out.
func holdsBlank(_ attempt: Attempt, _ tokens: [Token]) -> Bool {
    attempt.allCredentials.contains { credential in
        guard tokens.indices.contains(credential.token - 1) else { return false }
        let token = tokens[credential.token - 1]
        return token.defects.contains(.placeholder) || token.defects.contains(.ellipsis)
            || looksRedacted(token.secret.bytes)
    }
}
