/// Every cause, in the order of the codes. A new cause is one file in `Causes/` and one line here.
package enum Catalogue {
    /// The causes that are judged.
    package static let causes: [Cause] = [
        .tokenExpired,
        .websocketKeyMalformed,
        .connectionLost,
        .privateCloseCode,
    ]
}
