import Wire

/// Whether bytes are a stand-in and no credential, and which sort: a program's non-value (`undefined`,
/// `${token}`, nothing at all), or an example's blank (`YOUR_TOKEN`, `<token>`, `xxxx`).
package func placeholderDefect(_ bytes: Span<UInt8>) -> Token.Defect? {
    guard bytes.count <= 64 else { return nil }
    let text = String(decoding: bytes.bytes(), as: UTF8.self).lowercased()
    let bare = text.drop { edges.contains($0) }.reversed().drop { edges.contains($0) }.reversed()
    let word = String(bare)
    if nonValues.contains(word) || isTemplate(word) { return .literalNonValue }
    if blanks.contains(word) || isBlank(word) { return .placeholder }
    return nil
}

private let edges: Set<Character> = [" ", "\t", "\"", "'", "`", "\r\n", "\n", "\r"]

/// What programs print where a value should be.
private let nonValues: Set<String> = [
    "", "undefined", "null", "nil", "none", "nan", "(null)", "[object object]", "[object promise]",
    "<coroutine object>", "true", "false", "system.string[]",
]

/// What examples and documentation print.
private let blanks: Set<String> = [
    "token", "jwt", "access_token", "accesstoken", "api_key", "apikey", "secret", "changeme", "change-me",
    "mytoken", "my_token", "my-token", "the_token", "placeholder", "...", "…", "redacted", "[redacted]",
    "todo",
]

/// `${token}`, `{{token}}`, `%s`, `$TOKEN`, `#{token}`: a template that nobody filled in.
private func isTemplate(_ word: String) -> Bool {
    if word == "%s" || word == "%v" || word == "{}" || word == "{0}" { return true }
    if word.hasSuffix("}") {
        return word.hasPrefix("${") || word.hasPrefix("{{") || word.hasPrefix("#{") || word.hasPrefix("{")
    }
    if word.hasSuffix(")"), word.hasPrefix("$(") { return true }
    if word.hasSuffix("%"), word.hasPrefix("%"), 2 < word.utf8.count { return true }
    guard word.hasPrefix("$"), 2 < word.utf8.count else { return false }
    return word.dropFirst().allSatisfy { $0.isLetter || $0 == "_" }
}

/// `<token>`, `YOUR_TOKEN`, `insert-key-here`, `xxxxxxxx`, `****`.
private func isBlank(_ word: String) -> Bool {
    if word.hasPrefix("<"), word.hasSuffix(">") { return true }
    if let first = word.first, "x*•.-_0".contains(first), 2 < word.count {
        if word.allSatisfy({ $0 == first }) { return true }
    }
    let starts = [
        "your_", "your-", "your ", "<your", "insert_", "insert-", "replace_", "replace-", "put_", "put-",
    ]
    let names = ["token", "key", "jwt", "secret", "password", "credential", "bearer"]
    let namesOne = names.contains { word.contains($0) }
    if namesOne, starts.contains(where: word.hasPrefix) { return true }
    return namesOne && (word.hasSuffix("_here") || word.hasSuffix("-here"))
}
