/** Runs one step of a check and prints its duration and its result, if that is text or a number. */
export async function step<T>(name: string, run: () => T | Promise<T>): Promise<T> {
  const started = performance.now()
  const result = await run()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const detail = ['string', 'number'].includes(typeof result) ? `: ${result}` : ''
  process.stdout.write(`ok  ${name}${detail} (${seconds} s)\n`)
  return result
}
