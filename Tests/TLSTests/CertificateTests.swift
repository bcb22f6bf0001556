import Crypto
import TestSupport
import Testing
import Wire

/// A certificate of version 1, without extensions, made for these tests.
struct CertificateTests {
    private let text = Array("Müller".utf8)

    private func summary(_ der: [UInt8]) -> CertificateSummary? { CertificateSummary(der: der.span) }

    private func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        content.count < 128
            ? [tag, UInt8(content.count)] + content
            : [tag, 0x82, UInt8(content.count >> 8), UInt8(content.count & 255)] + content
    }

    private func name(_ attributes: [(UInt8, UInt8, [UInt8])]) -> [UInt8] {
        element(
            0x30,
            attributes.flatMap { number, tag, text in
                element(0x31, element(0x30, element(6, [0x55, 4, number]) + element(tag, text)))
            })
    }

    private func certificate(subject: [UInt8], dates: [UInt8], isVersion3: Bool = false) -> [UInt8] {
        let fields =
            (isVersion3 ? element(0xa0, element(2, [2])) : []) + element(2, [7]) + element(0x30, [])
            + name([(10, 0x13, Array("Issuer".utf8)), (6, 0x13, Array("DE".utf8))]) + element(0x30, dates)
            + subject + element(0x30, [UInt8](repeating: 0, count: 300))
        return element(0x30, element(0x30, fields) + element(0x30, []) + element(3, [0]))
    }

    private var dates: [UInt8] {
        element(0x17, Array("491231235959Z".utf8)) + element(0x18, Array("20500101000000Z".utf8))
    }

    @Test(arguments: [true, false])
    func `names and dates are read`(_ isVersion3: Bool) throws {
        let subject = name([(10, 0x0c, text), (3, 0x0c, text), (3, 0x1e, [0, 0x61, 0x4e, 0x2d])])
        let der = certificate(subject: subject, dates: dates, isVersion3: isVersion3)
        let summary = try #require(self.summary(der))
        #expect(summary.subject == "a中")
        #expect(summary.issuer == "O=Issuer, C=DE")
        #expect(summary.notBefore?.rfc3339 == "2049-12-31T23:59:59.000000Z")
        #expect(summary.notAfter?.rfc3339 == "2050-01-01T00:00:00.000000Z")
        #expect(summary.names.isEmpty)
    }

    @Test func `damaged certificates never trap`() {
        let der = certificate(subject: name([(3, 0x14, [0x4d, 0xfc])]), dates: dates)
        #expect(summary(der)?.subject == "Mü")
        for end in der.indices { #expect(summary(Array(der[..<end])) == nil) }
        for copy in damaged(der, copies: 2000, seed: 5) { _ = summary(copy) }
    }
}
