import Case

extension CaseFile {
    func masked(_ text: String) -> String { text }
    func url(of attempt: Attempt, showingSecrets: Bool) -> String {
        (attempt.isSecure == false ? "ws://" : "wss://") + attempt.authority
            + (attempt.request?.head.target ?? "")
    }
    func url(of exchange: Exchange, showingSecrets: Bool) -> String {
        (exchange.isSecure == false ? "http://" : "https://") + exchange.authority
            + (exchange.request.head.target ?? "")
    }
}
