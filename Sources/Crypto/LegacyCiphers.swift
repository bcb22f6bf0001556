import COpenSSL

/// Ciphers of another age. The library keeps them in a provider that has to be asked for; it gets a context of its
/// own, so that nothing else can meet them.
struct LegacyCiphers: @unchecked Sendable {
    /// In the order of `ChainedCipher` from `des` on; nil where the provider is not installed.
    let chained: [OpaquePointer?]
    let rc4: OpaquePointer?

    init() {
        let context = OSSL_LIB_CTX_new()
        guard OSSL_PROVIDER_load(context, "legacy") != nil else {
            chained = [nil, nil, nil, nil]
            rc4 = nil
            return
        }
        chained = ["DES-CBC", "IDEA-CBC", "RC2-CBC", "SEED-CBC"].map { (name: String) in
            EVP_CIPHER_fetch(context, name, nil)
        }
        rc4 = EVP_CIPHER_fetch(context, "RC4", nil)
    }
}

/// Loaded when a capture first needs it.
let legacy = LegacyCiphers()
