import type { Failures } from '../progress.ts'

/** Terraform could not do what it was asked to. */
export class Refused extends Error {
  readonly failures: Failures

  constructor(command: string, found: Failures) {
    super(`terraform ${command}: ${found.reasons.join('\n')}`)
    this.failures = found
  }
}

/** Runs what has to be refused, and returns the addresses of what could not be done. */
export async function refusalsOf(run: () => Promise<unknown>): Promise<readonly string[]> {
  try {
    await run()
    return []
  } catch (error) {
    if (error instanceof Refused) return error.failures.addresses
    throw error
  }
}
