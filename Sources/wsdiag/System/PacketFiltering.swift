import Dissect
import Live
import Wire

/// The filter that `--filter` asks for, or nil.
func packetFilter(_ invocation: Invocation) throws(Failure) -> Pipeline.PacketFilter? {
    guard let expression = invocation.value(.filter) else { return nil }
    throw .usage("--filter \(shellQuoted(expression)) cannot be used yet", hint: nil)
}
