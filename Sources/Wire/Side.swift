/// Who sent something: the end that opened the connection, or the one that accepted it.
package enum Side: UInt8, Sendable, Equatable, Hashable, CaseIterable {
    case client = 0
    case server = 1

    /// The other end.
    package var peer: Side { self == .client ? .server : .client }
}

/// One value for each side of a connection.
package struct PerSide<Value> {
    /// The client's.
    package var client: Value
    /// The server's.
    package var server: Value

    /// Both given. Here and below: a generic of this room is made for each type where it is used, not asked for its
    /// type at run time.
    @inline(__always) package init(client: Value, server: Value) {
        self.client = client
        self.server = server
    }

    /// The value of one side.
    package subscript(side: Side) -> Value {
        // Lent, not copied: a value of several arrays costs as many retains each time one of its fields is read.
        @inline(__always) _read {
            if side == .client { yield client } else { yield server }
        }
        @inline(__always) _modify {
            if side == .client { yield &client } else { yield &server }
        }
    }
}

extension PerSide: Sendable where Value: Sendable {}
extension PerSide: Equatable where Value: Equatable {}
