exitProcess(with: runProgram())
