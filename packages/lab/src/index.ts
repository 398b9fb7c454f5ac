/** The commands of the lab, for a command line; their code is loaded when one runs. */
export { addLabCommands } from './commands/cli/lab-commands.ts'
export { EXIT, type ExitCode } from './errors/exit-codes.ts'
