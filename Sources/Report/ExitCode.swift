/// What the process answers to its caller. The numbers are part of the program's interface.
package enum ExitCode: Int32, Sendable, Equatable, CaseIterable {
    /// Analysed, and nothing is wrong.
    case nothingWrong = 0
    /// At least one problem was explained.
    case explained = 1
    /// The command line is wrong.
    case usage = 2
    /// An input cannot be read or is not recognised.
    case input = 3
    /// Something is wrong or unseen and no cause reaches likely.
    case undetermined = 4
    /// A live command could not reach the network.
    case network = 5
    /// An error of this program.
    case internalError = 70
    /// The report could not be written.
    case output = 74
    /// The program that `run` is to start cannot be started, as a shell tells it.
    case notExecutable = 126
    /// The program that `run` is to start is not there, as a shell tells it.
    case notFound = 127
    /// Ended by Ctrl-C.
    case interrupted = 130

    /// One line for the help page.
    package var meaning: String {
        switch self {
        case .nothingWrong: "analysed, nothing wrong"
        case .explained: "at least one problem explained"
        case .usage: "wrong usage"
        case .input: "an input cannot be read or is not recognised"
        case .undetermined: "something is wrong or hidden, and these bytes do not tell why"
        case .network: "a live command could not reach the network"
        case .internalError: "an error of this program"
        case .output: "the output could not be written"
        case .notExecutable: "the program that run is to start cannot be started"
        case .notFound: "the program that run is to start is not there"
        case .interrupted: "interrupted"
        }
    }
}
