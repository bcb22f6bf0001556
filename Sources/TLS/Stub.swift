package import Wire
package struct KeyLog: Sendable { package init() {}; package mutating func add(_ t: Span<UInt8>, limits: Limits) {}; package var sessionCount: Int { 0 }; package var firstClientRandom: String? { nil } }
package struct TLSConnection { package init(limits: Limits) {}; package mutating func receive(_ b: Span<UInt8>, from: Side, at: Timestamp?, frame: Int, keys: KeyLog, into: inout [UInt8]) {}; package mutating func skipped(bytes: Int, from: Side) {} }
package func cipherSuiteName(_ n: Int) -> String { "" }
