/// A value that lives beside its holder and not in it, so that copying the holder costs one reference.
///
/// An attempt is a few kilobytes of parts that most questions never touch; a judge of 40,000 attempts asks often.
@propertyWrapper package struct Boxed<Value: Sendable & Equatable>: Sendable, Equatable {
    private final class Box: Sendable {
        let value: Value
        init(_ value: Value) { self.value = value }
    }

    private var box: Box

    /// A boxed value.
    package init(wrappedValue: Value) { box = Box(wrappedValue) }

    /// The value. Changing a part of it makes a new box: rare, and never while packets are read.
    package var wrappedValue: Value {
        _read { yield box.value }
        set { box = Box(newValue) }
        // Spelled out, because the compiler's own one fails its checks when it is carried to other rooms.
        _modify {
            var changed = box.value
            defer { box = Box(changed) }
            yield &changed
        }
    }

    package static func == (left: Boxed, right: Boxed) -> Bool {
        left.box === right.box || left.box.value == right.box.value
    }
}
