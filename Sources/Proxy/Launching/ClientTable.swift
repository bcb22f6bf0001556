import JSON
import Wire

/// How programs are pointed at a proxy and made to trust its CA: a table that is data.
package struct ClientTable: Sendable {
    /// One kind of client.
    package struct Runtime: Sendable, Equatable {
        /// What makes a client of this kind trust a certificate.
        package struct Trust: Sendable, Equatable {
            /// The variable; empty where it takes something else.
            package var variable: String
            /// Its value, or what else it takes, with names in braces to fill in.
            package var value: String
            /// Whether it `adds` to what is trusted or `replaces` it.
            package var effect: String
        }

        /// Its name.
        package var name: String
        /// Patterns of the User-Agent that it sends with CONNECT; may be empty.
        package var agents: [String]
        /// What points it at a proxy, in words.
        package var proxy: String
        /// What makes it trust the CA.
        package var trust: [Trust]
        /// What surprises; may be empty.
        package var note: String
        /// How this is known.
        package var basis: String
        /// With which version.
        package var source: String
    }

    /// A variable that `run` sets for its child.
    package struct Variable: Sendable, Equatable {
        /// What it is set for.
        package enum Purpose: String, Sendable, CaseIterable { case proxy, trust, tap }

        /// What becomes of a value that is there already.
        package enum How: String, Sendable {
            case set
            case unset
            case append
            case prependPath = "prepend-path"
        }

        /// Its name.
        package var name: String
        /// What it is set for.
        package var purpose: Purpose
        /// What becomes of an older value.
        package var how: How
        /// Its value, with names in braces to fill in.
        package var value: String
    }

    /// What a kind of program is given as arguments, because it reads no variable.
    package struct Arguments: Sendable, Equatable {
        /// Patterns of its name.
        package var programs: [String]
        /// The arguments by what they are for.
        package var values: [Variable.Purpose: [String]]
    }

    /// Programs that nothing leads to the proxy.
    package struct Unled: Sendable, Equatable {
        /// Patterns of the program that is started.
        package var programs: [String]
        /// What they do instead, in words.
        package var text: String
    }

    /// What is known of clients.
    package var runtimes: [Runtime]
    /// What is set, in order.
    package var variables: [Variable]
    /// What is given, the first that fits.
    package var arguments: [Arguments]

    /// What is not led to the proxy.
    package var unled: [Unled]
    /// The variables that make most clients trust the CA, each with whom it is for.
    package var usual: [(variable: String, clients: String)]

    /// The table that the program was built with.
    package static let embedded = ClientTable(reading: PackageResources.environment_json) ?? ClientTable()

    private init() { (runtimes, variables, arguments, unled, usual) = ([], [], [], [], []) }

    /// Reads the table; nil when anything in it is not as it should be.
    package init?(reading bytes: [UInt8]) {
        guard let document = try? JSONValue(reading: bytes.span) else { return nil }
        self.init()
        for entry in document["runtimes"]?.array ?? [] {
            guard let name = entry["name"]?.string, let proxy = entry["proxy"]?.string,
                let basis = entry["basis"]?.string, let source = entry["source"]?.string
            else { return nil }
            var trust: [Runtime.Trust] = []
            for item in entry["trust"]?.array ?? [] {
                let parts = (item.array ?? []).compactMap(\.string)
                guard parts.count == 3 else { return nil }
                trust.append(Runtime.Trust(variable: parts[0], value: parts[1], effect: parts[2]))
            }
            runtimes.append(
                Runtime(
                    name: name, agents: texts(entry["agents"]), proxy: proxy, trust: trust,
                    note: entry["note"]?.string ?? "", basis: basis,
                    source: source))
        }
        for entry in document["variables"]?.array ?? [] {
            guard let name = entry["name"]?.string,
                let purpose = (entry["purpose"]?.string).flatMap(Variable.Purpose.init),
                let how = Variable.How(rawValue: entry["how"]?.string ?? "set")
            else { return nil }
            variables.append(
                Variable(name: name, purpose: purpose, how: how, value: entry["value"]?.string ?? ""))
        }
        for entry in document["arguments"]?.array ?? [] {
            let programs = texts(entry["programs"])
            var values: [Variable.Purpose: [String]] = [:]
            for purpose in Variable.Purpose.allCases {
                guard let list = entry[purpose.rawValue]?.array else { return nil }
                values[purpose] = list.compactMap(\.string)
            }
            guard !programs.isEmpty else { return nil }
            arguments.append(Arguments(programs: programs, values: values))
        }
        for entry in document["unled"]?.array ?? [] {
            guard let text = entry["text"]?.string else { return nil }
            unled.append(Unled(programs: texts(entry["programs"]), text: text))
        }
        for entry in document["usual"]?.array ?? [] {
            let parts = texts(entry)
            guard parts.count == 2 else { return nil }
            usual.append((parts[0], parts[1]))
        }
        guard !runtimes.isEmpty, !variables.isEmpty else { return nil }
    }

    /// A command with what its program wants as arguments, behind its name. What the user has given stays.
    package func applied(
        toCommand command: [String], _ purposes: Set<Variable.Purpose>, values: [String: String]
    ) -> [String] {
        guard let name = command.first?.split(separator: "/").last.map(String.init),
            let entry = arguments.first(where: { $0.programs.contains { matches(name, glob: $0) } })
        else { return command }
        let given = Set(command.dropFirst().map { $0.prefix { $0 != "=" } })
        let added = Variable.Purpose.allCases.filter(purposes.contains)
            .flatMap { entry.values[$0] ?? [] }
            .filter { !given.contains($0.prefix { $0 != "=" }) }
        return [command[0]] + added.map { filled($0, values) } + command.dropFirst()
    }

    /// An environment with the variables of these purposes set. `values` fills the braces.
    package func applied(
        to environment: [String: String], _ purposes: Set<Variable.Purpose>, values: [String: String]
    ) -> [String: String] {
        var result = environment
        for variable in variables where purposes.contains(variable.purpose) {
            let value = filled(variable.value, values)
            let older = result[variable.name].flatMap { $0.isEmpty ? nil : $0 }
            switch variable.how {
            case .set: result[variable.name] = value
            case .unset: result[variable.name] = nil
            case .append: result[variable.name] = older.map { $0 + " " + value } ?? value
            case .prependPath: result[variable.name] = older.map { value + ":" + $0 } ?? value
            }
        }
        return result
    }
}

private func texts(_ list: JSONValue?) -> [String] { (list?.array ?? []).compactMap(\.string) }

/// A text with `{name}` replaced for each name that has a value.
package func filled(_ text: String, _ values: [String: String]) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
        let name = String(rest[rest.index(after: open)..<close])
        result += rest[..<open] + (values[name] ?? String(rest[open...close]))
        rest = rest[rest.index(after: close)...]
    }
    return result + rest
}
