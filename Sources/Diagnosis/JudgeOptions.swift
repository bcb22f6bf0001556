package import Wire

/// What the judge is told beside the case itself.
package struct JudgeOptions: Sendable {
    /// Clock differences up to this are no fact: `--skew`. Seconds.
    package var skewSeconds = 60
    /// The moment to judge lifetimes by where neither the server nor the input tells the time: `--at`.
    package var now: Timestamp?
    /// Whether every cause that was tried is written down: `--why`. It costs a sentence for each of them.
    package var keepsTrail = false
    /// What is known of server sides.
    package var profiles: Profiles

    /// The options that the program uses when nothing is said.
    package init() {
        profiles = .embedded
    }
}
