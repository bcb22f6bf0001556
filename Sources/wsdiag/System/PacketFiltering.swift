import Case
import Dissect
import Live
import Wire

/// The expression of `--filter`, compiled for each link type as it is met.
final class PacketFiltering {
    /// One compiled expression; a class, because a dictionary cannot hold what cannot be copied.
    private final class Compiled {
        let filter: PacketFilter
        init(_ filter: consuming PacketFilter) { self.filter = filter }
    }

    private static let ethernet = 1
    private let expression: String
    private var compiled: [Int: Compiled] = [:]
    /// Link types that the expression cannot be about, with libpcap's reason.
    private var refused: [Int: String] = [:]

    /// Nil when no filter is asked for.
    /// Throws: a usage failure for an expression that is none.
    init?(_ invocation: Invocation) throws(Failure) {
        guard let expression = invocation.value(.filter) else { return nil }
        self.expression = expression
        do throws(PacketFilterError) {
            compiled[Self.ethernet] = Compiled(try PacketFilter(expression, linkType: Self.ethernet))
        } catch {
            throw .usage(
                "--filter \(shellQuoted(expression)) is not understood: \(words(error))",
                hint: "The language is that of tcpdump; see pcap-filter(7)")
        }
    }

    /// Whether a packet is wanted. One of a link type that the expression cannot be about is not.
    func accepts(_ linkType: Int, _ bytes: Span<UInt8>, _ wireLength: Int) -> Bool {
        if let known = compiled[linkType] { return known.filter.accepts(bytes, wireLength: wireLength) }
        guard refused[linkType] == nil else { return false }
        do throws(PacketFilterError) {
            let fresh = Compiled(try PacketFilter(expression, linkType: linkType))
            compiled[linkType] = fresh
            return fresh.filter.accepts(bytes, wireLength: wireLength)
        } catch {
            refused[linkType] = words(error)
            return false
        }
    }

    /// What was left out because the expression does not fit it.
    var limits: [Limit] {
        refused.keys.sorted().map { linkType in
            Limit(
                kind: .notDecoded,
                text: "Packets of link type \(linkType) were left out: the filter cannot be used on them ("
                    + "\(refused[linkType] ?? "")).")
        }
    }
}

private func words(_ error: PacketFilterError) -> String {
    switch error {
    case .notUnderstood(_, _, let reason): reason
    case .tooLong(let bytes, let limit): "it has \(bytes) bytes, and \(limit) are read"
    case .outOfMemory: "there is not enough memory"
    }
}
