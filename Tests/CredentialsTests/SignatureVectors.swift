/// Tokens signed with keys that were made for these tests and thrown away, and the public halves of the keys.
enum SignatureVectors {
    /// The keys as a JWK set.
    static let jwks = """
        {"keys":[{"kty":"RSA","kid":"rsa","n":"lIM4Jm3wESFr7lg6LXvg4hr0v92fyuudYD4D3atXKeXYeG7Z3\
        T8oLYUvRzrfCYdyS9UrNV85VEJ50Db7Nysa3u4wJN9V9R5V17bxsX87N7Lx4y9_ZsEZpzzJMDuvCIOmGpQOCUYpP\
        14_gKBNNbYmy-rQDXefjGQ2QBXkQ649n73Rzf49ReLK_s7dKN4NR75diXHJCmc6HjCP9HrFjUJr94hOsUBqvqXks\
        0OiamIu1YizaddLBnOiWRb14KwCwuoIxtYEsS8teOZ-ccMNtqH2faoF2Ic4_raE5J8clH8M49SH_mBBvbnwhSXmd\
        F7iglbd_IU3huhd8Ekg7CSiYmTEsQ","e":"AQAB"},{"kty":"EC","kid":"es256","crv":"P-256","x":"\
        w1RU09eNtVJ2djADcDu9RCuxIALV8JRFQDhvM1GDGDc","y":"VDRgzODLxZDSnWg3JiIM8Gw9XVuB9pzzBloUze\
        wwHbU"},{"kty":"EC","kid":"es384","crv":"P-384","x":"aR3K_a1YANPaT7e2t9qlJWoL2bzJPLVgAYp\
        WAthYsVZ0kzTJ-H_UbY8Re2IQzSav","y":"M_9X1X7iaB-cf6mLKYRrl6vz4bm5OWHiU9TTyMVQp1pNqjPvyUuT\
        i6x-PZFRc7p8"},{"kty":"EC","kid":"es512","crv":"P-521","x":"AKJYkkk7cV3tD-BWf-Skh04dsjh5\
        CrgZU5tonQoAgFvR82Akre91PkrSIIc6ApJ0E38ftBPsLr5eFZ7LVVz7hpAF","y":"AckMjvUGgRm2wKn24yXk9\
        oilc8N_09f4XGg1f1q-d9omc4wNLZ_ShN6X9a7immrRvL7m-0rZ85T_bhzrOVrYIIXa"},{"kty":"OKP","kid"\
        :"ed","crv":"Ed25519","x":"sy663N3KCJNDKhiDk1fZBUS4d_GXM4HX1shBzC2y73k"},{"kty":"oct","k\
        id":"hs","k":"YSBzZWNyZXQgb2YgdGhlIHRlc3RzLCAzMiBieXRlcy4"}]}
        """

    /// The RSA key as PEM.
    static let pem = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAlIM4Jm3wESFr7lg6LXvg
        4hr0v92fyuudYD4D3atXKeXYeG7Z3T8oLYUvRzrfCYdyS9UrNV85VEJ50Db7Nysa
        3u4wJN9V9R5V17bxsX87N7Lx4y9/ZsEZpzzJMDuvCIOmGpQOCUYpP14/gKBNNbYm
        y+rQDXefjGQ2QBXkQ649n73Rzf49ReLK/s7dKN4NR75diXHJCmc6HjCP9HrFjUJr
        94hOsUBqvqXks0OiamIu1YizaddLBnOiWRb14KwCwuoIxtYEsS8teOZ+ccMNtqH2
        faoF2Ic4/raE5J8clH8M49SH/mBBvbnwhSXmdF7iglbd/IU3huhd8Ekg7CSiYmTE
        sQIDAQAB
        -----END PUBLIC KEY-----
        """

    /// The shared secret.
    static let secret = "a secret of the tests, 32 bytes."

    /// One token of each algorithm.
    static let tokens: [(algorithm: String, token: String)] = [
        (
            "HS256",
            """
            eyJhbGciOiJIUzI1NiIsImtpZCI6ImhzIn0.eyJzdWIiOiJ1MSJ9.cYeZiVG4XAW_83RlNPEqZQaThQUF5lzbPbf\
            B4dqP2-0
            """
        ),
        (
            "HS384",
            """
            eyJhbGciOiJIUzM4NCIsImtpZCI6ImhzIn0.eyJzdWIiOiJ1MSJ9.WFu2yIkpf_903bDw8t7oejNGmvXxXR4Sof7\
            hu91sfEmlwgrMIyH4GmP46Laqp3WN
            """
        ),
        (
            "HS512",
            """
            eyJhbGciOiJIUzUxMiIsImtpZCI6ImhzIn0.eyJzdWIiOiJ1MSJ9.cBneI2Ha6l-giVif11-7GuNPDGlPstGO14l\
            T3mghixR66FCct9KfeFTKTw970TeUChgezVaSEHzGRa8nfPI7FQ
            """
        ),
        (
            "RS256",
            """
            eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJ1MSJ9.VpPWMgFj-e-Q8vP1BDNLSNcjgiPYTKEbVi\
            uRlKx1WOFzFNoMxFbWf0mJUc4ojP4J_0RxDZBOXNHwJYEtnOX1rS8vLH6-xB-U372avsgd9O_skavkCGvWojdZrc\
            OdaD6Af4ViNKdGk3wSEJEqfm0bZuZwTcrtUhjMWKwoQPT5bM8_0-xFDymPiCLnlAvnjX8qTlfN_EdJ9C-p4gj75M\
            DXuHEdJyah_-A6lMaQgd_MmxcCk-ZwCvMzOZ_tw3Jjx2_cRcvpG61WgEtJGl37XIyjDNsnBOJuwkK1t8KQD0GEL5\
            3doTQaoV6A0MeUwJ0V4dJTf_3mLyyPn-iRjGn52-ecMA
            """
        ),
        (
            "RS384",
            """
            eyJhbGciOiJSUzM4NCIsImtpZCI6InJzYSJ9.eyJzdWIiOiJ1MSJ9.UaYAtJpYFIl4mlSOj4hbO8g2t-RxcXpz2B\
            -e9F67Hcr51E5A5NJNUCyuzHNG1EqlFlxl0LsOyO9oDD1LtC-fhS5smPXy5iW35ZIcKNoDw_DJ98BL0tmYZgLEQk\
            of9AIssqmIY8ghfRqpR4XSo63F-9mQGedI68DbEZDXuykJ922smIISa6Sy-wutYcmRoE2tQPlG6SdAPkpjHxfcpZ\
            RIcmI1l9AxcA3kS0wn2NcB0M9nnom4fw_7SuYB8Nb9KsFR0SURorybaTuAqKTFWHdWjUlynonCC7016Hhan48J-L\
            T57dnt8pRp3doP50iLKBEqQRp-ojvsnfkkxpnnbePiSQ
            """
        ),
        (
            "RS512",
            """
            eyJhbGciOiJSUzUxMiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJ1MSJ9.NS8U6C3D3-pvggkyyAnOmJVLXvshNGPPZW\
            e5KDs_7-003G3_FJY37pu6_vTDQMuUfpr8O7B7bExdu77gUohY1kpB03sqn6V7fN_hOIKvxXL-fQI-rShKu_JqIg\
            MSNg7jXI5IklsInljimktMzzn2mefmaPIQpPxrDKiyTVc6vYlSN7HOHJW2KwNFLIkO-kJBC09Qby5anRuOuThUbo\
            GbNceli3udZvcn3f8mpTQp0UfzDZkGbAvxx1CLcg6a40GwOvVUCeJJKpljsb1seDtTVy7xwHzkXZuGbtbzAD2Xy1\
            L7UhzgpM8nb4xc9K9q4xSqOJRV8zg4Ud1LIQtnqte0VQ
            """
        ),
        (
            "PS256",
            """
            eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJ1MSJ9.g7XaTr6GLp3cu22t4VywIgYU3Z7FDmYdIY\
            LIc9YNh30gs_639dlytJeZWk7-J0xh5-kzZCkopjZb4LCKS_6EIelOx5UtJryjoH73DOWrXcOgkoQ4c7uLSGjk-p\
            ZRXjYbemM9umYknG8dKAQ-4-M96VNHg1ktC_xzc9fsn04O6IhmjoB76i_Ath5KSWdkfejDFta_EQdtosk22prz58\
            0G76t66iUg26JogrOlDsNWUG1quBdoj_pk7TpkzsmWXwWV8feAwcx8JWZzvtwh88NhfmmHvwcHMCGvNR2Ab4RNKh\
            zrmYm29fbX0x6UJAUFdzkR6ZAcOkGtAPeScU8fTnJI-g
            """
        ),
        (
            "PS384",
            """
            eyJhbGciOiJQUzM4NCIsImtpZCI6InJzYSJ9.eyJzdWIiOiJ1MSJ9.kyfv3oGWV5vzlzOgAvPQbhkmCgcNi-SCOt\
            xjJav7jCkPBegTDbmT3RbEysJhSJ8lmkR48DxWPOxs0UFp9ZcvhRTbLBrcnRCaxbfOcHG6zXQ8QALC796PKtzI-H\
            9nEwPMtEuP1RNWPaZIqgy_EglTSMWYRp1T_NBxQHnt5N50Pl59h-Fv1rpha52ZNk_bKP6Jl9MTKqfc2wFc__UsiJ\
            -1mQXeWzcf0c0xOjEF1zCtz-bxgHbUmEvmD8-HHagAHKOZSwrKNElLx_qY4bclM7ZerZogoPnmklTBXHu0Qdn6Ys\
            iBSPCDV_h8sZ0GnekhWgsIwlkZzfHhhohpvS3qmzHGEw
            """
        ),
        (
            "PS512",
            """
            eyJhbGciOiJQUzUxMiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJ1MSJ9.PQSSQEUhzAR2ThNn6IovZ93nE02bHlCt-K\
            F6fNnl0dkXnG3TplvjoP9HZdTjkSoohyfbg6Skoj1vv9dHVVLsa8jrRqt7t5wzgD-FWfa42SJfIoCJQeTfm0YNTD\
            01vXJyQED8lZ3oXEARxcGB2r4WdNpFpcITx7iJYXNpGvKxeZ2Rv659kYHbRZVuKFZudImu_NK7ahHjQ653MQ2wAM\
            NG5aRqKEq7wj5kXVTa5KGh7StvLJJumtF9LkGmhTHGjM_C_he1taD-T4MqVh7xB6UMZ1Pu_tLeIhpMINeykzp5MB\
            X_A5et--WHQcLIFw-WiucUtmpb52mLT7RwHyDqwRVvUQ
            """
        ),
        (
            "ES256",
            """
            eyJhbGciOiJFUzI1NiIsImtpZCI6ImVzMjU2In0.eyJzdWIiOiJ1MSJ9.f3_UUterDWqR4JMNtXfF5cspzOUk2GF\
            TTbaWFltPvFy_i5lKCPe_S2nyBnK2psOz5V5aLlEVdBSjkIGMEw9c-Q
            """
        ),
        (
            "ES384",
            """
            eyJhbGciOiJFUzM4NCIsImtpZCI6ImVzMzg0In0.eyJzdWIiOiJ1MSJ9.RlFKQ9VCBi-XIkDCy2MsF-ZoXaivfea\
            dzIN_xxaoj_WGZeKBm13TVVKg-NTOzihw182RtUZ0SijnE8MDYoZt4Ez7oH6c1DJv3Mk0hBQeC0BxXtdJ6oI2szY\
            ufe2hUcej
            """
        ),
        (
            "ES512",
            """
            eyJhbGciOiJFUzUxMiIsImtpZCI6ImVzNTEyIn0.eyJzdWIiOiJ1MSJ9.AYHy05riBlWtwHF3TQwLZ3HQymImuT_\
            ct57l4WaYBnwfu6-mB0bkvKEnyx7RHSfGpPCGadmwIW8-dmDFZD4AFRfuAIVPcMo26qKA4xdvU-vv7T1_jhqbmRh\
            USS1rOqaHkZnLzxnr2bsMQfY7um6UX4CXJCRQFuYcgKDVntuPh5DkNeIE
            """
        ),
        (
            "EdDSA",
            """
            eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIn0.eyJzdWIiOiJ1MSJ9.cdrG5tp8k1ts41_q0U4A9GYF6sC8nGGY3Pg\
            TK8gjA0vXA30Y7Zjf_G61VlsM_7pj7DHqood6HXIuR2uNseOlDw
            """
        ),
    ]
}
