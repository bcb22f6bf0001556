package import Case

/// A reader of one kind of document. It gives the case that its document tells, on its own: `inputs` has one element,
/// every place lies in input 0, tokens are numbered from 1. `merge` makes one case of several.
package protocol DocumentReader {
    /// Takes the next piece of the document, unpacked. Pieces may be cut anywhere.
    mutating func receive(_ piece: Span<UInt8>) throws(DocumentError)

    /// Ends the document. A document that ends too soon gives what came before and a limit; one of which nothing can
    /// be read throws.
    mutating func finish() throws(DocumentError) -> CaseFile
}

/// Why a document could not be read.
package struct DocumentError: Error, Equatable {
    /// One line for the reader: what was seen, and where (line, JSON pointer or byte).
    package var text: String
    /// What to do, or nil.
    package var advice: String?

    /// Why a document could not be read, in words.
    package init(_ text: String, advice: String? = nil) {
        self.text = text
        self.advice = advice
    }
}
