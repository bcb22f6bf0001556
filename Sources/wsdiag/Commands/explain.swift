import Report

func explain(_ invocation: Invocation) throws(Failure) -> ExitCode {
    throw .input(["'\(invocation.command.name)' is not built yet"])
}
