/// Many places in little memory: some six bytes each, in place of forty.
package struct PlaceList: Sendable, Sequence {
    /// How many there are.
    package private(set) var count = 0
    private var writer = RecordWriter()

    /// No places.
    package init() {}

    /// Adds a place at the end.
    package mutating func append(_ place: Place) {
        var place = place
        place.pass(through: &writer)
        count += 1
    }

    /// Walks over the places in order.
    package struct Iterator: IteratorProtocol {
        private var reader: RecordReader
        private var left: Int

        fileprivate init(_ bytes: [UInt8], count: Int) {
            reader = RecordReader(bytes, 0..<bytes.count)
            left = count
        }

        /// The next place.
        package mutating func next() -> Place? {
            guard 0 < left else { return nil }
            left -= 1
            var place = Place.blank
            place.pass(through: &reader)
            return place
        }
    }

    /// Walks over the places in order.
    package func makeIterator() -> Iterator { Iterator(writer.bytes, count: count) }
}
