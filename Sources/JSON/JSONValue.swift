/// A JSON value (RFC 8259) with the order and repeats of members kept.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// A number, with its spelling: `1e3` stays `1e3`.
    case number(Double, spelling: String)
    case string(String)
    case array([JSONValue])
    /// Members in order; a repeated name is there twice.
    case object([Member])

    /// One member of an object.
    package struct Member: Sendable, Equatable {
        /// The name.
        package var name: String
        /// The value.
        package var value: JSONValue

        /// A member.
        package init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The value of an object's first member of that name, or nil.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The string, or nil when it is something else.
    package var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// The number, or nil when it is something else.
    package var number: Double? {
        if case .number(let value, _) = self { return value }
        return nil
    }

    /// The truth value, or nil when it is something else.
    package var bool: Bool? {
        if case .bool(let value) = self { return value }
        return nil
    }

    /// The elements, or nil when it is something else.
    package var array: [JSONValue]? {
        if case .array(let elements) = self { return elements }
        return nil
    }

    /// The members, or nil when it is something else.
    package var members: [Member]? {
        if case .object(let members) = self { return members }
        return nil
    }
}
