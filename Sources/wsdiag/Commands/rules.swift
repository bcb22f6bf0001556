import Report

func rules(_ invocation: Invocation) throws(Failure) -> ExitCode {
    throw .input(["'\(invocation.command.name)' is not built yet"])
}
