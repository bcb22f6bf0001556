extension Profiles {
    /// What the program knows by itself. A test reads every file strictly; should one of them be faulty at run time
    /// all the same, the rest still serves.
    package static let embedded: Profiles = {
        var known = Profiles()
        known.profiles =
            (try? Profile.readAll(file: "gateways.json", bytes: PackageResources.gateways_json)) ?? []
        known.fingerprints =
            (try? Fingerprint.read(file: "responders.json", bytes: PackageResources.responders_json)) ?? []
        return known
    }()
}

extension Vocabulary {
    /// The phrases that the program knows by itself.
    static let embedded =
        (try? Vocabulary(file: "vocabulary.json", bytes: PackageResources.vocabulary_json))
        ?? Vocabulary(tellingFields: [], edgeFields: [], phrases: [])
}
