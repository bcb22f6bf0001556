import Glibc
import TestSupport
import Testing
import Wire

@testable import Proxy

@Suite("The folder of the authority")
struct AuthorityStoreTests {
    let now = Timestamp(seconds: Int64(time(nil)))

    /// Runs in a folder of its own, which is gone afterwards.
    private func inFolder(_ body: (AuthorityStore) throws -> Void) throws {
        var template = Array("/tmp/wsdiag-ca-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        let folder = try #require(made)
        let store = AuthorityStore(folder: folder + "/data/wsdiag/ca")
        defer {
            _ = try? store.remove()
            rmdir(folder + "/data/wsdiag")
            rmdir(folder + "/data")
            rmdir(folder)
        }
        try body(store)
    }

    private func mode(_ path: String) -> UInt32 {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test("It is made on first use and found again")
    func firstUse() throws {
        try inFolder { store in
            #expect(throws: AuthorityError.missing(store.folder)) { try store.load(at: now) }
            let made = try store.loadOrMake(for: NameConstraints(globs: ["a.test"]), at: now)
            #expect(mode(store.keyPath) == 0o600)
            #expect(mode(store.folder) == 0o700)
            let found = try store.loadOrMake(for: NameConstraints(globs: ["x.a.test"]), at: now)
            #expect(found.identity.fingerprint == made.identity.fingerprint)
            #expect(throws: AuthorityError.tooNarrow(permitted: "a.test", wanted: "b.test")) {
                try store.loadOrMake(for: NameConstraints(globs: ["b.test"]), at: now)
            }
            #expect(try store.remove())
            #expect(try !store.remove())
            #expect(!TestFile.exists(store.folder))
        }
    }

    @Test("An exposed key, a foreign key, damage and age are told apart")
    func refusals() throws {
        try inFolder { store in
            let made = try store.make(for: .none, at: now)
            chmod(store.keyPath, 0o644)
            #expect(throws: AuthorityError.keyIsExposed(store.keyPath)) { try store.load(at: now) }
            chmod(store.keyPath, 0o600)
            let later = Timestamp(seconds: made.notAfter.seconds)
            #expect(throws: AuthorityError.expired(at: made.notAfter)) { try store.load(at: later) }
            let renewed = try store.loadOrMake(for: .none, at: later)
            #expect(renewed.identity.fingerprint != made.identity.fingerprint)
            TestFile.write(made.identity.certificatePEM, to: store.certificatePath)
            #expect(throws: AuthorityError.damaged(store.folder)) { try store.load(at: now) }
            TestFile.write([], to: store.certificatePath)
            #expect(throws: AuthorityError.damaged(store.folder)) { try store.load(at: now) }
        }
    }

    @Test("The bundle holds the system's certificates and ours, last")
    func bundle() throws {
        try inFolder { store in
            let made = try store.make(for: .none, at: now)
            _ = try store.writeBundle(of: made)
            let bundle = try #require(TestFile.read(store.bundlePath))
            #expect(Array(bundle.suffix(made.identity.certificatePEM.count)) == made.identity.certificatePEM)
            #expect(bundle.count == SystemCertificates.read().count + made.identity.certificatePEM.count)
            let keys = try #require(TestFile.read(store.keyStorePath))
            #expect(Array(keys.prefix(8)) == [0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2])
            #expect(mode(store.bundlePath) == 0o600)
        }
    }

    @Test(
        "The folder follows XDG_DATA_HOME, else HOME",
        arguments: [
            (["XDG_DATA_HOME": "/d"], "/d/wsdiag/ca"), (["HOME": "/h"], "/h/.local/share/wsdiag/ca"),
            (["XDG_DATA_HOME": "relative", "HOME": "/h"], "/h/.local/share/wsdiag/ca"), ([:], nil),
        ] as [([String: String], String?)])
    func folder(environment: [String: String], folder: String?) {
        #expect(AuthorityStore(environment: environment)?.folder == folder)
    }
}
