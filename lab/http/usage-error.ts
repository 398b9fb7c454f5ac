/** The user asked for something that cannot be done as asked. `message` is one line meant for them. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
