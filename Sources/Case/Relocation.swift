extension CaseFile {
    /// Makes room for `count` inputs before those of this case: every place names its input by a higher number.
    package mutating func moveInputs(by count: Int) {
        guard count != 0 else { return }
        for index in attempts.indices { attempts[index].moveInput(by: count) }
        for index in exchanges.indices { exchanges[index].moveInput(by: count) }
        for index in limits.indices { limits[index].place?.input += count }
        for index in reported.indices { reported[index].place.input += count }
    }
}

extension Attempt {
    fileprivate mutating func moveInput(by count: Int) {
        input += count
        for index in seenAlso.indices { seenAlso[index].input += count }
        answeredBy?.place.input += count
        for index in credentials.indices { credentials[index].place.input += count }
        if var message = request {
            message.place.input += count
            request = message
        }
        if var message = response {
            message.place.input += count
            response = message
        }
        var transport = connection
        transport.moveInput(by: count)
        connection = transport
        guard var open = session else { return }
        open.moveInput(by: count)
        session = open
    }
}

extension Connection {
    fileprivate mutating func moveInput(by count: Int) {
        endedPlace?.input += count
        tunnel?.place?.input += count
        tls?.place?.input += count
        guard var alerts = tls?.alerts else { return }
        for index in alerts.indices { alerts[index].place.input += count }
        tls?.alerts = alerts
    }
}

extension Session {
    fileprivate mutating func moveInput(by count: Int) {
        for index in firstFrames.indices { firstFrames[index].place.input += count }
        for index in lastFrames.indices { lastFrames[index].place.input += count }
        for index in closes.indices { closes[index].place.input += count }
        for index in violations.indices { violations[index].place.input += count }
        for index in credentials.indices { credentials[index].place.input += count }
    }
}

extension Exchange {
    fileprivate mutating func moveInput(by count: Int) {
        input += count
        answeredBy?.place.input += count
        request.place.input += count
        response?.place.input += count
        for index in credentials.indices { credentials[index].place.input += count }
        for index in minted.indices { minted[index].place.input += count }
    }
}
