import TestSupport
import Wire

/// A conversation in a form that no library speaks any more, made by another program from the specifications: the
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
        name: "TLS 1.2 with DEFLATE", version: 0x0303,
        flights: [
            (
                .client,
                """
                160301002e0100002a030345b797ddb9126e5cca203112105f676414faf6b200daf099dba5eeec33624f51000002
                009c020100
                """
            ),
            (
                .server,
                """
                160303002e02000026030324bfc5f04d82388e52927810f610b0bca11e0be9f14f3ca695e87a5311660c7600009c
                010e000000
                """
            ),
            (
                .client,
                """
                16030300181000001460772ba0372c52266d08e1b7f9d8c043069de5721403030001011603030031000000000000
                00003c61a1476cf46b885a6abe74125de3187a2760cf573de993a7d1b99a2c62d06684722b522e1dd26740
                """
            ),
            (
                .server,
                """
                14030300010116030300310000000000000000c2eca8a041209f0c2d49c56e22085f87b64096b0259ccdca7706f9
                344ee7acab4da28504c127bdd42b
                """
            ),
            (
                .client,
                """
                170303002300000000000000018c3ce781b310df3a356aa4551e27aba209a3aa43bc3d8fb4ca7ff6170303002400
                000000000000026735b63090a6e3e9f937f6b32c2bf8a37853dafbfb07ec38f9fa5685
                """
            ),
            (.server, "17030300250000000000000001c994a89144f58d99cadce7e353a717e1b2bfd7b898c6f3c1df8bf5d81a"),
        ],
        keyLog: """
            CLIENT_RANDOM \
            45b797ddb9126e5cca203112105f676414faf6b200daf099dba5eeec33624f51 \
            28cdba9f5eefb99022ef537b596a16dc8a03ec1fe7d2561711b3302479fb2ff11b7c19fecb1e1882d0e49c1a13635bce
            """),
    OldPeer(
        name: "draft 18 of TLS 1.3", version: 0x7f12,
        flights: [
            (
                .client,
                """
                16030100360100003203033224d7a0c20092430ee2490918da8936c342a4219c564686fea59211200e0e3e000002
                130101000007002b0003027f12
                """
            ),
            (.server, "160301000e0600000a7f120006002800020017"),
            (
                .client,
                """
                16030100360100003203033224d7a0c20092430ee2490918da8936c342a4219c564686fea59211200e0e3e000002
                130101000007002b0003027f12
                """
            ),
            (
                .server,
                """
                1603010034020000307f121942b6df840876db40b967a9b706535330895749e4dedb3caaa2e474ecde57e2130100
                0a0028000600174c3b975e170301004af5783f57fb04be4bf17d1a16bf368b9d5ea8131e216281d891f2d2458efe
                d9ab9c4ada211e09d1b31f5e4ace80101ef817c8009483dd1ea08e957a279445dc387f2705f8e49326645da6
                """
            ),
            (
                .client,
                """
                170301003531155c7e36ceb0a3c093af6eb412b9bcf35296b1035591cde4bc65c5d7d2bfe8688d2595e0dad61af8
                a33698c3ec09789dbf7a0007
                """
            ),
            (
                .client,
                """
                1703010016ac527d5575e22a0a21ba2a775a4388fa33c0f06e179717030100164c265a993f365798fa97b6a0b569
                6e7fae53bf41d886
                """
            ),
            (.client, "1703010017b0ff6113d9011416f8f2e3bee46a84b07ea40d1bf6200f"),
            (.server, "1703010018723be647eb1e9e785aa8723def3cba7a432b7f6174c59f6c"),
        ],
        keyLog: """
            CLIENT_HANDSHAKE_TRAFFIC_SECRET \
            3224d7a0c20092430ee2490918da8936c342a4219c564686fea59211200e0e3e \
            1852f2fb003540d61a6a001078f6b5c9ed6e678d669bb67bbbb47f1ffdcdb249
            SERVER_HANDSHAKE_TRAFFIC_SECRET \
            3224d7a0c20092430ee2490918da8936c342a4219c564686fea59211200e0e3e \
            497afac3133056cb329066a5f4f02e65c005355ec70ba20d9fc4f3cce61f4bd5
            CLIENT_TRAFFIC_SECRET_0 \
            3224d7a0c20092430ee2490918da8936c342a4219c564686fea59211200e0e3e \
            b90a699192270d2cb6d39d078c7824132d99b36af72f3d7aafd8c901c7c15b6a
            SERVER_TRAFFIC_SECRET_0 \
            3224d7a0c20092430ee2490918da8936c342a4219c564686fea59211200e0e3e \
            a4c5a537bf7f336c969c89275527d35e7320d0d576d9f77d9ad68f2ba95fd70f
            """),
    OldPeer(
        name: "draft 21 of TLS 1.3", version: 0x7f15,
        flights: [
            (
                .client,
                """
                1603010036010000320303ff2d3897d0ac20dd1970d7798a254a8a31f4dd5cc57d2fe7b6422a0248b8080a000002
                130101000007002b0003027f15
                """
            ),
            (.server, "16030100100600000c7f1513010006002800020017"),
            (
                .client,
                """
                1603010036010000320303ff2d3897d0ac20dd1970d7798a254a8a31f4dd5cc57d2fe7b6422a0248b8080a000002
                130101000007002b0003027f15
                """
            ),
            (
                .server,
                """
                1603010034020000307f1580eac4281b6f63e206f12b8ef00b1b51c9de126e0cd7d3ddc10755ad4b9b61d8130100
                0a0028000600171ab53f04170301004a9e454d7e5a5d28d2af7c71c1a2dc1a47d53a77c128d56dcfb26d70bb90e7
                cf2c85e8f15ee13299af0aa4e7b35b330948bc6a27a6394380f3037caf213431b009ceee1c12a9cd82c46c45
                """
            ),
            (
                .client,
                """
                17030100350aa500b0d0d0bc881cbc61cbfae50e6ca081ea4031d046edd40aed5a8a6c95a7348ea9d6290eb738b6
                c0363f4b36717c17d930217b
                """
            ),
            (
                .client,
                """
                1703010016f564165a4c859d9ed4017847863a5fef6f29c8f0bfa21703010016fa04e5dcbb19f6470af978351fe0
                caf74d2297ba050a
                """
            ),
            (.client, "170301001705228fab530036b9ea79606182f69d053d553f6347bd15"),
            (.server, "1703010018dadff9e4527796f721c4faec6459fb12efb00d8a64229903"),
        ],
        keyLog: """
            CLIENT_HANDSHAKE_TRAFFIC_SECRET \
            ff2d3897d0ac20dd1970d7798a254a8a31f4dd5cc57d2fe7b6422a0248b8080a \
            27bd6ec9d7618a47f0ba92013f56ea2725c312d14c6409fca2ea45ef7927ba0f
            SERVER_HANDSHAKE_TRAFFIC_SECRET \
            ff2d3897d0ac20dd1970d7798a254a8a31f4dd5cc57d2fe7b6422a0248b8080a \
            075edb2b8843beab6d4d962e913836ccbf9bbcf4e37b47860806c54479f61c04
            CLIENT_TRAFFIC_SECRET_0 \
            ff2d3897d0ac20dd1970d7798a254a8a31f4dd5cc57d2fe7b6422a0248b8080a \
            076cd677789d1c7a13c5b10a98e1e6343fbd8dc7c19a5527e51c6cc73299bfd1
            SERVER_TRAFFIC_SECRET_0 \
            ff2d3897d0ac20dd1970d7798a254a8a31f4dd5cc57d2fe7b6422a0248b8080a \
            46e9b320fd016ae8151e2d3baf49bfae868df7493f86800c81c6557d86e05a46
            """),
    OldPeer(
        name: "draft 23 of TLS 1.3", version: 0x7f17,
        flights: [
            (
                .client,
                """
                16030100360100003203036484d9b787f92c3b38ac3134915b19c458ab8533d1a8319f2095acd2d120219a000002
                130101000007002b0003027f17
                """
            ),
            (
                .server,
                """
                160301003c020000380303235c1430d035ecd52473d70d9437a5b926eec234577d3a302ac2df3a8b9ce8db001301
                00001000330006001721ae6633002b00027f17170301004aa2c60dcfecaf1dcd9203c7a418625e56e1b99420006b
                42770de30a025867d3994098432f88dc47be079603ed3356b79706d06a5c5f66f83735e421e11d8b7bd6cf6f4464
                eb29f85249ae
                """
            ),
            (
                .client,
                """
                1703010035bb9110f83659420913a3ced02daa0317ec949cc255a7c795709541a072c10fc8fb9584e9848a96d3c0
                9b4fc4ff0e0f3578a4d791c2
                """
            ),
            (
                .client,
                """
                1703010016ff66130922dbc6f43580218c1e4c2b50d6e1485750a91703010016ff75128ecd88b559754273ef1463
                570040db2afcb0c8
                """
            ),
            (.client, "170301001798fe32ba49ccf507ab988ddb93c3645112448317c4920b"),
            (.server, "170301001868629ad2516318aa8203fa433174583c1ab093adb7327149"),
        ],
        keyLog: """
            CLIENT_HANDSHAKE_TRAFFIC_SECRET \
            6484d9b787f92c3b38ac3134915b19c458ab8533d1a8319f2095acd2d120219a \
            146b44c35c62a624479c1bee9ce282915583e9f0ce324467ea34e377447f552d
            SERVER_HANDSHAKE_TRAFFIC_SECRET \
            6484d9b787f92c3b38ac3134915b19c458ab8533d1a8319f2095acd2d120219a \
            e483ed53f6359880b61a3e690cacf6fa90aa1d9344d796d4bd4194631000f951
            CLIENT_TRAFFIC_SECRET_0 \
            6484d9b787f92c3b38ac3134915b19c458ab8533d1a8319f2095acd2d120219a \
            9fd590d7ecaea70751fd00f7eebf167401f53d67565779cc34c5d5758c056878
            SERVER_TRAFFIC_SECRET_0 \
            6484d9b787f92c3b38ac3134915b19c458ab8533d1a8319f2095acd2d120219a \
            22bfde9c7230bee31f85014bd91ded0761613658eae0f0f494260cee680ae367
            """),
    OldPeer(
        name: "draft 28 of TLS 1.3", version: 0x7f1c,
        flights: [
            (
                .client,
                """
                1603010036010000320303a8d357c9dae10875f5963724f7702aa03029a6d059a4b3159e3f2a2b14f9f06e000002
                130101000007002b0003027f1c
                """
            ),
            (
                .server,
                """
                160301003c020000380303e29b4dd98ee6247c942e9a25c095d33151b1d92daf6bb635eca632fea712e71d001301
                000010003300060017c8597bfb002b00027f1c170301004a15dedf48d1249be64f04b26e33002a9b5dc2f275cae8
                7b37fe1950819d521c434c053372163ba416e08d2a91bd276f7efec0276b8c0223a29565c3559362ac1874340ddb
                8e1ed5ae87fc
                """
            ),
            (
                .client,
                """
                170301003505d73e4ce67bf3c59c83c19fb3cebbc8d692490f02fac6468d2bb1a05224ee209b051fd81788012cc3
                bfb57de92a33336bc4f2d8bc
                """
            ),
            (
                .client,
                """
                170301001657a1dcc76bda6f24484b8934dbb0e4f882aeef793d0b17030100165dabf48571b2c35b37516d8ff423
                500126d53a8873d9
                """
            ),
            (.client, "17030100178e08398dffd4db9d7c2f4fe15aea9863b4616c3d491459"),
            (.server, "170301001851c1bb677407a29394f684e8c7b93edcd7301df17e76bace"),
        ],
        keyLog: """
            CLIENT_HANDSHAKE_TRAFFIC_SECRET \
            a8d357c9dae10875f5963724f7702aa03029a6d059a4b3159e3f2a2b14f9f06e \
            74929e87ebb12fe7d364cfda3f4320e0a5139cbad7375904e4499c1537182229
            SERVER_HANDSHAKE_TRAFFIC_SECRET \
            a8d357c9dae10875f5963724f7702aa03029a6d059a4b3159e3f2a2b14f9f06e \
            969591dd7611dde99752aacaeeec135abbf2a32d38e08bbdae3bc7cde687424a
            CLIENT_TRAFFIC_SECRET_0 \
            a8d357c9dae10875f5963724f7702aa03029a6d059a4b3159e3f2a2b14f9f06e \
            eab68e5c58d204cda182634fdfe83c92c1126363cf7cff0d3a9c32adacb15306
            SERVER_TRAFFIC_SECRET_0 \
            a8d357c9dae10875f5963724f7702aa03029a6d059a4b3159e3f2a2b14f9f06e \
            1764ff108bf3681772a9a071bce908103e62379f3d7e2138b3ac82d2568a9c21
            """),
]
