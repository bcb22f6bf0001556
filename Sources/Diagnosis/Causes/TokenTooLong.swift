import Case

extension Cause {
    /// The head is larger than the server reads.
    static let tokenTooLong = Cause(
        "token-too-long", "TOKEN-307", "The token is too long for the way it travels",
        explains: [.refused],
        needs: [.requestFields, .query, .credentialValues],
        explanation: """
            Servers bound the request line and the header fields, often at 8 KiB in all, some gateways at 4 KiB for \
            the URL. 414, 431 and 413 say so; some answer 400. Tokens grow with every group and role put into them.
            """,
        fix: Fix("Put fewer claims into the token, send fewer cookies, or raise the server's limit."),
        references: [.rfc(9110, "15.5.15"), .rfc(6585, "5")],
        mistakenFor: ["blocked-by-edge"],
        examine: { facts in
            guard let status = facts.status, [400, 413, 414, 431, 494].contains(status) else {
                return .silent
            }
            guard let head = facts.request?.head else { return .silent }
            let size = head.byteCount
            let said = facts.statement(of: "token-too-long")
            let isStatus = status == 414 || status == 431 || status == 494
            // What was seen of the head is the least that it had.
            let isWhole = facts.sees([.requestFields, .query, .credentialValues])
            guard isStatus || said != nil || status == 413 || 8000 < size else {
                if !isWhole { return .silent }
                return .ruledOut("the request's head has \(size) bytes", at: facts.requestPlaces)
            }
            let lengths = facts.sent.map { ($0.name, facts.token(of: $0)?.secret.count ?? 0) }
            let longest = lengths.max { $0.1 < $1.1 }
            let part = longest.map { ", \($0.1) of them \($0.0)" } ?? ""
            var brief = Brief(
                fact: "The request's head has \(isWhole ? "" : "at least ")\(size) bytes\(part).",
                claim: "the server reads no more than its limit")
            brief.speaksFor(
                8000 < size ? .moderate : .weak, .handshake, "a head of \(size) bytes",
                at: facts.requestPlaces, telling: 8000 < size)
            if isStatus {
                brief.speaksFor(
                    .strong, .status, "\(status) means exactly that", at: facts.effectPlaces, telling: true)
                brief.proof = .stated
            }
            if let said { facts.add(said, to: &brief) }
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "431 says so",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 431 Request Header Fields Too Large
                """),
            .silent(
                "a small head and 400",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 400 Bad Request
                """),
            .unknown(
                "the log shows the 400, and of the request no more than its first line",
                lacks: .requestFields,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 400 Bad Request
                ?? requestFields
                """),
        ]
    )
}
