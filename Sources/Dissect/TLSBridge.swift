import Case
import TLS
import Wire

extension ConnectionDissector {
    func summariseTLS(_ l: Layer, _ context: inout DissectContext) {}
}
