/// Every cause, in the order of the codes. A new cause is one file in `Causes/` and one line here.
package enum Catalogue {
    /// The causes that are judged.
    package static let causes: [Cause] = [
        .credentialMissing,
        .credentialInIgnoredHeader,
        .credentialInIgnoredQuery,
        .credentialParameterMisnamed,
        .credentialBelongsInSubprotocol,
        .sessionCookieMissing,
        .firstMessageAuthMissing,
        .credentialBelongsInConnectMessage,
        .credentialsConflict,
        .authorizationSchemeWrong,
        .credentialLostOnTheWay,
        .mintedURLNotUsed,
        .scopeMissingStated,
        .scopeMissingInferred,
        .principalWrong,
        .resourceDenied,
        .entitlementMissing,
        .gatewayPolicyDenied,
        .authoriserFailed,
        .tokenExpired,
        .tokenNotYetValid,
        .clockSkew,
        .tokenExpiredMidSession,
        .tokenTimeClaimsUnusable,
        .tokenAudienceMismatch,
        .tokenIssuerUntrusted,
        .tokenRegionMismatch,
        .tokenKindWrong,
        .tokenFormatWrong,
        .tokenEncryptedOrBound,
        .tokenTruncated,
        .tokenStrayCharacters,
        .tokenWithBearerPrefix,
        .tokenPlusBecameSpace,
        .tokenPercentEncoding,
        .tokenBase64Alphabet,
        .tokenTooLong,
        .tokenAlgorithmRefused,
        .tokenSignatureInvalid,
        .tokenKeyUnknown,
        .tokenRevoked,
        .reconnectWithOldToken,
        .refreshReturnedSameToken,
        .tokenAcceptedElsewhere,
        .wrongTokenOfSeveral,
        .upgradeHeadersMissing,
        .websocketKeyMalformed,
        .websocketVersionUnsupported,
        .upgradeMethodWrong,
        .httpVersionWrong,
        .handshakeHeadersDuplicated,
        .hostAndSNIDisagree,
        .pathNotFound,
        .pathUnknownMasked,
        .requiredParameterMissing,
        .notAWebSocketEndpoint,
        .endpointRetired,
        .redirected,
        .redirectedToLogin,
        .stickySessionLost,
        .switchingResponseInvalid,
        .subprotocolNotSelected,
        .subprotocolIllegalCharacters,
        .subprotocolUnknownToServer,
        .originRefused,
        .originRequired,
        .originRewritten,
        .csrfTokenMissing,
        .blockedByEdge,
        .addressNotAllowed,
        .rateLimited,
        .proxyDropsUpgrade,
        .proxyRefusesUpgrade,
        .gatewayUpstreamError,
        .forwardProxyInTheWay,
        .requestChangedOnTheWay,
        .certificateRejected,
        .sniUnknown,
        .tlsVersionOrCipher,
        .clientCertificateRequired,
        .plaintextToTLSPort,
        .tlsToPlaintextPort,
        .connectionRefused,
        .noAnswer,
        .closedBeforeResponse,
        .closedNormally,
        .serverGoingAway,
        .connectionLost,
        .policyViolation,
        .serverErrorClose,
        .privateCloseCode,
        .closedRightAfterUpgrade,
        .serverIdleTimeout,
        .intermediaryIdleTimeout,
        .heartbeatMissed,
        .deadlineAfterOpenMissed,
        .maximumAgeReached,
        .replacedByAnotherConnection,
        .announcedMaintenance,
        .reconnectStorm,
        .sessionURLSpent,
        .clientFrameUnmasked,
        .reservedBitsOrBadDeflate,
        .framingRuleBroken,
        .invalidUTF8,
        .messageTooBig,
        .envelopeRejected,
        .operationBeforeAuth,
        .inBandForbiddenNoRoute,
        .inBandAuthError,
        .numberIsNotACloseCode,
    ]

    /// What the judge needs of a cause, apart from its page.
    struct Entry: Sendable {
        let slug: String
        let code: String
        let role: Cause.Role
        let explains: Symptoms
        let refines: [String]
        let fix: Fix
        let examine: @Sendable (borrowing Facts) -> Opinion
    }

    /// The same causes in the same order.
    static let entries = causes.map {
        Entry(
            slug: $0.slug, code: $0.code, role: $0.role, explains: $0.explains, refines: $0.refines,
            fix: $0.fix,
            examine: $0.examine)
    }

    /// A cause that has a name and a code, and no judge yet.
    package struct Unjudged: Sendable, Equatable {
        /// Its name.
        package let slug: String
        /// Its code.
        package let code: String
        /// One line.
        package let title: String
    }

    /// Known causes that are not yet judged, so that no list pretends.
    package static let notYetJudged: [Unjudged] = [
        Unjudged(
            slug: "scope-spelling", code: "AUTH-203",
            title: "A required scope is present in a form the server may not match"),
        Unjudged(
            slug: "token-for-another-client", code: "TOKEN-207",
            title: "The token belongs to another client, tenant, hub, deployment or user"),
        Unjudged(
            slug: "mint-not-captured", code: "TOKEN-505",
            title: "Where the token came from is not in this input (an observation)"),
        Unjudged(
            slug: "subprotocol-not-offered", code: "UPGRADE-402",
            title: "The server selected a subprotocol that was not offered"),
        Unjudged(
            slug: "subprotocol-rewritten", code: "UPGRADE-405",
            title: "The subprotocol field was changed on the way"),
        Unjudged(
            slug: "extension-mismatch", code: "UPGRADE-406",
            title: "The extension negotiation does not add up"),
        Unjudged(
            slug: "forward-auth-in-front", code: "EDGE-304", title: "A single-sign-on proxy stands in front"),
        Unjudged(
            slug: "load-balancer-mode", code: "EDGE-306",
            title: "The load balancer's listener cannot carry WebSocket"),
        Unjudged(slug: "name-not-resolved", code: "NET-101", title: "The host name does not resolve"),
        Unjudged(
            slug: "subscription-refused", code: "PROTO-205",
            title: "One subscription was refused, the connection is fine"),
    ]

    /// The cause of a slug or a code, or nil.
    package static func cause(named name: String) -> Cause? {
        let wanted = name.lowercased()
        return causes.first { $0.slug == wanted || $0.code.lowercased() == wanted }
    }
}
