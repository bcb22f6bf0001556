import TestSupport
import Wire

/// A conversation in a version that no library speaks any more, made by another program from the specifications: the
/// client says `hello` and ` again`, the server `and you`.
struct OldPeer: Sendable, CustomStringConvertible {
    var name: String
    var version: Int
    var flights: [(from: Side, hex: String)]
    var keyLog: String
    var description: String { name }

    /// What both said, as a connection takes it.
    var said: [Peers.Flight] { flights.map { Peers.Flight(from: $0.from, bytes: bytes(hex: $0.hex)) } }
}

let oldPeers: [OldPeer] = [
    OldPeer(
        name: "SSL 3 with RC4 and MD5", version: 0x0300,
        flights: [
            (
                .client,
                """
                160300002d01000029030082b70eee7f1a5039bef07ec2347f066ed08f5dc7512447e3404300026b6e5455000002
                00040100
                """
            ),
            (
                .server,
                """
                16030000320200002a030094a065685d64c4980bb8d4544a8721a99a01ad219eb59cf6a15ef6f15a1d830b046162
                63640004000e000000
                """
            ),
            (
                .client,
                """
                160300001810000014d74a1c10fcab6a4243d33656debe4c1ed79648e814030000010116030000381151b951a805
                bbed33f8e527f4d4b0b3b8c53f141536abd937edd4f8385faf66ea04d1e5ca4b370cf8d4a7dd366e982713f95c4f
                a213dbda
                """
            ),
            (
                .server,
                """
                14030000010116030000389b473d3b359e420eea3497dde3e78fa4c15c3eeda02afc9daef259904eaa354f2b3cbb
                cbc2aa131445dec6956beeeffa1befa6d5aab8b2ef
                """
            ),
            (
                .client,
                """
                17030000150f957d22e726034409f636462c3ff5d51efaaf994a17030000100afc3c8318891dab35d55b488c24c3
                c11703000016833fc92fd6caa625a15a3fe6e4532eb9ed3df9d6ad7f
                """
            ),
            (.server, "170300001710f3332daae4a0fd07e9d9fd31b3b48670b29f93a6cef5"),
        ],
        keyLog: """
            CLIENT_RANDOM \
            82b70eee7f1a5039bef07ec2347f066ed08f5dc7512447e3404300026b6e5455 \
            b7ce09d6bbc004e7175c643c7decb0b580ec37bc9712dd2e6aaeb94bae8d2f9fa29c5a284c9ef7521829cf1079b080e9
            """),
    OldPeer(
        name: "SSL 3 with triple DES and SHA-1", version: 0x0300,
        flights: [
            (
                .client,
                """
                160300002d0100002903004438a25cf76312d4eeb3c2246879bf00b3cf8ed13abf129a3097ad96b442d6d1000002
                000a0100
                """
            ),
            (
                .server,
                """
                16030000320200002a0300bdef4850c3f465442eb300c337a648a6c0dbdd73fc95f5c2c451859afe80d40a046162
                6364000a000e000000
                """
            ),
            (
                .client,
                """
                160300001810000014daf6c5f3c86497ee219b01dd92f19f4954f4fea914030000010116030000408bea0f5b912e
                b4980ca2e7ad82fc0e865c7f3fc66aa5c3148c928bd81217cfcbd59a068a689f03f9b45b8219a1150ba91a8da0d6
                be0059edca46293bd9f3e6c5
                """
            ),
            (
                .server,
                """
                14030000010116030000407b28c95b96ba128ade26143657e37299b07307259da65f877eeaa4c31a46efef8a6a8b
                866fedcd73f639d6bc3a2ffd8ac07976a0c2466e3d51bbc49bad4f4238
                """
            ),
            (
                .client,
                """
                1703000020d334a742aa51c3dd03d90b6a37718f295371529c2e6a20cdeb813799ab280356170300001854338a7d
                f67da5cc64aaa6aae334040f52c40431d35ca15d1703000020053f64077c3c7088bee36cc24ab3365c4d3883eaf1
                cde7a7ef1e681c2aff3d08
                """
            ),
            (.server, "170300002034a2212c03aa7d5a8fb54b9c0dda833e7506d73b1c74bfe2cc20073d3c4891b1"),
        ],
        keyLog: """
            CLIENT_RANDOM \
            4438a25cf76312d4eeb3c2246879bf00b3cf8ed13abf129a3097ad96b442d6d1 \
            a39dfb9249f40c3ee37d961445c806f58c7cf2127dfa894f9296fcf33c08409990ac970dedb3b843120181e9376107db
            """),
    OldPeer(
        name: "draft 18 of TLS 1.3", version: 0x7f12,
        flights: [
            (
                .client,
                """
                160301003601000032030345b797ddb9126e5cca203112105f676414faf6b200daf099dba5eeec33624f51000002
                130101000007002b0003027f12
                """
            ),
            (.server, "160301000e0600000a7f120006002800020017"),
            (
                .client,
                """
                160301003601000032030345b797ddb9126e5cca203112105f676414faf6b200daf099dba5eeec33624f51000002
                130101000007002b0003027f12
                """
            ),
            (
                .server,
                """
                1603010034020000307f1224bfc5f04d82388e52927810f610b0bca11e0be9f14f3ca695e87a5311660c76130100
                0a002800060017840876db170301004ac59e246d3e8b798e110dfc45661a127b6928ddc4f84fa38a1c9535a72e4d
                9f134554b06bf547583e1d91de8359bb33cb10795ee36d70dd532ee2fdc80fbb9aa36b825e0a7c58bab7f94f
                """
            ),
            (
                .client,
                """
                1703010035aa913523c83bd931b1c9c8d1f8e182821789533d12e11576b8aa45b51bef1a382ebd1879c3274fbae4
                b16ea922045f09b62b808e13
                """
            ),
            (
                .client,
                """
                1703010016b82d1e15160a84ae0d8bdfc005d7f64400a87af9df3a170301001697bafa78ef916a2a08dd21fbcd96
                d04487ccf7bbb6c7
                """
            ),
            (.client, "17030100171240992eadb69b9daff8b4ffeb5cc51275deabab0dfb49"),
            (.server, "170301001886b2d6fd74f037bc1edc68c00095a6db5887c905e09f4e83"),
        ],
        keyLog: """
            CLIENT_HANDSHAKE_TRAFFIC_SECRET \
            45b797ddb9126e5cca203112105f676414faf6b200daf099dba5eeec33624f51 \
            28cdba9f5eefb99022ef537b596a16dc8a03ec1fe7d2561711b3302479fb2ff1
            SERVER_HANDSHAKE_TRAFFIC_SECRET \
            45b797ddb9126e5cca203112105f676414faf6b200daf099dba5eeec33624f51 \
            1b7c19fecb1e1882d0e49c1a13635bce60772ba0372c52266d08e1b7f9d8c043
            CLIENT_TRAFFIC_SECRET_0 \
            45b797ddb9126e5cca203112105f676414faf6b200daf099dba5eeec33624f51 \
            069de5723b479ff72c86cea0434229f17d2bdb7d8d1ffc7f186692bf3224d7a0
            SERVER_TRAFFIC_SECRET_0 \
            45b797ddb9126e5cca203112105f676414faf6b200daf099dba5eeec33624f51 \
            c20092430ee2490918da8936c342a4219c564686fea59211200e0e3e1942b6df
            """),
    OldPeer(
        name: "draft 21 of TLS 1.3", version: 0x7f15,
        flights: [
            (
                .client,
                """
                1603010036010000320303329066a5f4f02e65c005355ec70ba20d9fc4f3cce61f4bd5b90a699192270d2c000002
                130101000007002b0003027f15
                """
            ),
            (.server, "16030100100600000c7f1513010006002800020017"),
            (
                .client,
                """
                1603010036010000320303329066a5f4f02e65c005355ec70ba20d9fc4f3cce61f4bd5b90a699192270d2c000002
                130101000007002b0003027f15
                """
            ),
            (
                .server,
                """
                1603010034020000307f15b6d39d078c7824132d99b36af72f3d7aafd8c901c7c15b6aa4c5a537bf7f336c130100
                0a0028000600171b6f63e2170301004a51992110e96fd7ddd1cb52202c67060cc151be5f4ffd7419a3354c4d1e40
                d0a5cab6914831184ef6ffaedaa7e1d00005b79109d59c8d8c196076f5ad9e13ce748c863361c155f7cf3aaa
                """
            ),
            (
                .client,
                """
                17030100354cd3417904221b5d2e493e6103a15e7e36a3552fc107d782e5dbed5e5835c14433d0e48a06de1b3ab3
                88ff889beacfdab3a8f94a7d
                """
            ),
            (
                .client,
                """
                1703010016c4a538d4cc26e6311399c9aa04446d95f7de37aacc6817030100162f012be139142eeb2e77f1807377
                ada77ea2fa1a7091
                """
            ),
            (.client, "17030100170dd0697597028475bd9c26543306500b4af6ee816073b8"),
            (.server, "1703010018390d1d3c038dbaec7451fe94a1cbda99916665f802864225"),
        ],
        keyLog: """
            CLIENT_HANDSHAKE_TRAFFIC_SECRET \
            329066a5f4f02e65c005355ec70ba20d9fc4f3cce61f4bd5b90a699192270d2c \
            969c89275527d35e7320d0d576d9f77d9ad68f2ba95fd70f4c3b975ede61a634
            SERVER_HANDSHAKE_TRAFFIC_SECRET \
            329066a5f4f02e65c005355ec70ba20d9fc4f3cce61f4bd5b90a699192270d2c \
            a9271ff84625a360efc475f433006350392fab4dbc35e1a55d34bb34216469a5
            CLIENT_TRAFFIC_SECRET_0 \
            329066a5f4f02e65c005355ec70ba20d9fc4f3cce61f4bd5b90a699192270d2c \
            bf58ea2a7dceeec0023cbf4301fdc3af24fb97083bf5b564afc34894ff2d3897
            SERVER_TRAFFIC_SECRET_0 \
            329066a5f4f02e65c005355ec70ba20d9fc4f3cce61f4bd5b90a699192270d2c \
            d0ac20dd1970d7798a254a8a31f4dd5cc57d2fe7b6422a0248b8080a80eac428
            """),
    OldPeer(
        name: "draft 23 of TLS 1.3", version: 0x7f17,
        flights: [
            (
                .client,
                """
                16030100360100003203036d4d962e913836ccbf9bbcf4e37b47860806c54479f61c04076cd677789d1c7a000002
                130101000007002b0003027f17
                """
            ),
            (
                .server,
                """
                160301003c02000038030313c5b10a98e1e6343fbd8dc7c19a5527e51c6cc73299bfd146e9b320fd016ae8001301
                000010003300060017d035ecd5002b00027f17170301004a996a0af2595a31a7b43dbfea19c039cca68d0206163f
                1567b4d10e722def684462f05cb229b136901830356d326c77de776dfa98d816c489d366774d9937a335eb3c23ef
                e1fe5d64d1dd
                """
            ),
            (
                .client,
                """
                170301003532f03c6e4e7f902625932e9f25239cfaf82eee5fc2ecd9e9fdee8393fcb621bcf39fa201c237f7855d
                d9c888c4bb539dd5e5142cff
                """
            ),
            (
                .client,
                """
                17030100165707508dafa62300ee432b5c54d6fd0d683055d983cb1703010016c5bb06d1ae469ead67b1fcbabe42
                7efb5698b3274b8f
                """
            ),
            (.client, "17030100175c617dc146163d9012b520fa14b91d4a097e73e961c745"),
            (.server, "1703010018d2c3dc4397daa9b510a1a6b9896e24f8aca4605b6978d2a4"),
        ],
        keyLog: """
            CLIENT_HANDSHAKE_TRAFFIC_SECRET \
            6d4d962e913836ccbf9bbcf4e37b47860806c54479f61c04076cd677789d1c7a \
            151e2d3baf49bfae868df7493f86800c81c6557d86e05a461ab53f04e916fd14
            SERVER_HANDSHAKE_TRAFFIC_SECRET \
            6d4d962e913836ccbf9bbcf4e37b47860806c54479f61c04076cd677789d1c7a \
            0dd23cd3e27138202f1522eb9b238b3dcf9c84e8989900a5feeec24f6e86a169
            CLIENT_TRAFFIC_SECRET_0 \
            6d4d962e913836ccbf9bbcf4e37b47860806c54479f61c04076cd677789d1c7a \
            ea2d4cb428d9e0ca596447fb56e4b0084ade89fc6e7a56d680a096376484d9b7
            SERVER_TRAFFIC_SECRET_0 \
            6d4d962e913836ccbf9bbcf4e37b47860806c54479f61c04076cd677789d1c7a \
            87f92c3b38ac3134915b19c458ab8533d1a8319f2095acd2d120219a235c1430
            """),
    OldPeer(
        name: "draft 28 of TLS 1.3", version: 0x7f1c,
        flights: [
            (
                .client,
                """
                1603010036010000320303b61a3e690cacf6fa90aa1d9344d796d4bd4194631000f9519fd590d7ecaea707000002
                130101000007002b0003027f1c
                """
            ),
            (
                .server,
                """
                160301003c02000038030351fd00f7eebf167401f53d67565779cc34c5d5758c05687822bfde9c7230bee3001301
                0000100033000600178ee6247c002b00027f1c170301004abc7d695d2f1ae849dbab2236926b51099ce57997e49d
                d62146f619f4f0d231e7c398aac1ea1c93de3b7c6126dfca0873c5a8ffbf61a346de3b56ee0bf041c7aa94ab4ca0
                ed93b1b752c8
                """
            ),
            (
                .client,
                """
                1703010035151852f198878362ec49e0712819ada0f658034e98bf01576ff935540b62716c56562a7baa09408e58
                5bd0711c4639734301cae37d
                """
            ),
            (
                .client,
                """
                17030100166a08f6587a6632a7281e10df4bc27a96058e7eab688a1703010016fba1dcc9d212bf085ae1bbcf0f97
                60652b78af758d90
                """
            ),
            (.client, "1703010017195bd05b213de5774bfad1e2c906234a01826f93b144a7"),
            (.server, "170301001812b1d5f1bd79a3b651181a81f1e73feaf97c998ef4726ae4"),
        ],
        keyLog: """
            CLIENT_HANDSHAKE_TRAFFIC_SECRET \
            b61a3e690cacf6fa90aa1d9344d796d4bd4194631000f9519fd590d7ecaea707 \
            1f85014bd91ded0761613658eae0f0f494260cee680ae36721ae6633bd2d5870
            SERVER_HANDSHAKE_TRAFFIC_SECRET \
            b61a3e690cacf6fa90aa1d9344d796d4bd4194631000f9519fd590d7ecaea707 \
            ca0111db1d9960c7c8553ac4606f43cee64bd10d8ce967882f77d8d5e36167a7
            CLIENT_TRAFFIC_SECRET_0 \
            b61a3e690cacf6fa90aa1d9344d796d4bd4194631000f9519fd590d7ecaea707 \
            80176252bb30ddb949935d034cd93503eea628f94dbc031dbdf487e7a8d357c9
            SERVER_TRAFFIC_SECRET_0 \
            b61a3e690cacf6fa90aa1d9344d796d4bd4194631000f9519fd590d7ecaea707 \
            dae10875f5963724f7702aa03029a6d059a4b3159e3f2a2b14f9f06ee29b4dd9
            """),
]
