/// Which part of the server side gave an answer, as a log on the way tells it.
package struct AnsweredBy: Sendable, Equatable {
    /// The part.
    package enum Part: String, Sendable, Equatable, CaseIterable {
        /// A firewall before everything else.
        case firewall
        /// A load balancer or reverse proxy by itself: no target was asked, or none answered.
        case balancer
        /// The gateway by itself, before any authorizer or backend.
        case gateway
        /// What the gateway asks whether a caller may come in.
        case authorizer
        /// What the gateway hands the request to, or the way to it.
        case integration
        /// The server behind the balancer.
        case target
    }

    /// The part.
    package var part: Part
    /// The log's own words for the reason; may be empty.
    package var words: String
    /// The line that says so.
    package var place: Place

    /// A part of the server side, and where it is told.
    package init(_ part: Part, words: String, place: Place) {
        self.part = part
        self.words = words
        self.place = place
    }
}
