/// Something that a document tells and that is no attempt by itself: what a piece of code would do, what a program said
/// of itself. Evidence for a candidate, never for more than `possible`.
package struct ReportedFact: Sendable, Equatable {
    /// What sort of thing.
    package enum Kind: String, Sendable, Equatable, CaseIterable {
        /// Code dials a WebSocket. Names: the URL as it is written, the client.
        case dials
        /// Code puts a credential somewhere. Names: `header`, `query` or `subprotocol`, its name, the variable.
        case sendsCredential = "sends-credential"
        /// Code sets a header field of the handshake. Names: the field.
        case setsField = "sets-field"
        /// Code offers subprotocols. Names: the literal ones.
        case offersSubprotocols = "offers-subprotocols"
        /// Code dials again from a close or error handler. Names: the URL as it is written.
        case reconnects
        /// A variable is used and never assigned in the code that was pasted. Names: the variable.
        case usedNeverAssigned = "used-never-assigned"
        /// A variable is assigned and never used. Names: the variable.
        case assignedNeverUsed = "assigned-never-used"
        /// A reconnect uses a value that was made before the first attempt. Names: the variable.
        case staleCapture = "stale-capture"
        /// A program's own words. Names: its kind.
        case programSays = "program-says"
        /// The writer says that the same credential works elsewhere. Names: the path, where one is named.
        case worksElsewhere = "works-elsewhere"
    }

    /// The sort.
    package var kind: Kind
    /// One sentence for the reader.
    package var text: String
    /// The names that the sort promises.
    package var names: [String]
    /// Where it stands.
    package var place: Place

    /// Something that a document tells.
    package init(_ kind: Kind, _ text: String, names: [String] = [], place: Place) {
        self.kind = kind
        self.text = text
        self.names = names
        self.place = place
    }
}
