import Report

/// How text shall look, from options, environment and terminal, in this order.
func appearance(_ invocation: Invocation) -> Report.Options {
    let surroundings = invocation.surroundings
    let environment = surroundings.environment
    // A file is no terminal, whatever standard output is.
    let isTerminal = surroundings.outputIsTerminal && invocation.value(.output) == nil
    var options = Report.Options()
    options.showSecrets = invocation.has(.showSecrets)
    options.why = invocation.has(.why)
    options.all = invocation.has(.all)
    options.colour = wantsColour(invocation.value(.color), environment, isTerminal: isTerminal)
    options.ascii = invocation.has(.ascii) || !isUTF8(environment)
    let columns = invocation.number(.width) ?? environment["COLUMNS"].flatMap { Int($0) }
    let standard = isTerminal ? min(surroundings.terminalColumns ?? 80, 100) : 80
    options.width = min(max(columns ?? standard, 40), 400)
    return options
}

/// https://no-color.org and https://bixense.com/clicolors: NO_COLOR is stronger than CLICOLOR_FORCE.
private func wantsColour(_ option: String?, _ environment: [String: String], isTerminal: Bool) -> Bool {
    switch option {
    case "always": return true
    case "never": return false
    default: break
    }
    if let value = environment["NO_COLOR"], !value.isEmpty { return false }
    if let value = environment["CLICOLOR_FORCE"], !value.isEmpty, value != "0" { return true }
    if environment["CLICOLOR"] == "0" || environment["TERM"] == "dumb" { return false }
    return isTerminal
}

/// The first of the three that is set decides (POSIX, locale).
private func isUTF8(_ environment: [String: String]) -> Bool {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
        guard let value = environment[name], !value.isEmpty else { continue }
        let lowered = value.lowercased()
        return lowered.contains("utf-8") || lowered.contains("utf8")
    }
    // Pipes and containers often have no locale at all; what reads them today is UTF-8.
    return true
}
