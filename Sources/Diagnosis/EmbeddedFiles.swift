/// The profiles of this program, each embedded by Package.swift. A new file is one line there and one line here; a
/// test compares both with the folder.
let embeddedProfiles: [(file: String, bytes: [UInt8])] = [
    ("example-gateway.json", PackageResources.example_gateway_json)
]
