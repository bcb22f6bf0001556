import Case
import Credentials
import Testimony
import Wire

/// Reads one document into a case of its own.
func readDocument(_ source: InputSource, _ format: DocumentFormat) throws(Failure) -> CaseFile {
    var reader = format.reader(named: source.name)
    var failure: DocumentError?
    try source.read { piece throws(Failure) in
        guard failure == nil else { return }
        do throws(DocumentError) {
            try reader.receive(piece)
        } catch {
            failure = error
        }
    }
    do throws(DocumentError) {
        if let failure { throw failure }
        var file = try reader.finish()
        file.describeInput(source, format)
        return file
    } catch {
        throw .input(["\(source.title): \(error.text)"] + (error.advice.map { [$0] } ?? []))
    }
}

extension CaseFile {
    /// Says what the one input of a document's case is, and where its packed data broke.
    fileprivate mutating func describeInput(_ source: InputSource, _ format: DocumentFormat) {
        inputs = [Input(name: source.name, kind: format.rawValue, bytes: source.bytesRead)]
        guard let damage = source.damage else { return }
        limits.append(
            Limit(kind: .inputCutShort, text: "\(source.name): \(damage). Everything before it was read."))
    }

    /// Adds a token that was given on its own, unless the inputs hold it anyway.
    mutating func attach(_ given: Token) {
        guard !tokens.contains(where: { $0.secret == given.secret }) else { return }
        var token = given
        token.id = tokens.count + 1
        tokens.append(token)
    }
}
