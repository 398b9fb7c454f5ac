/** Runs one step of a check and prints how it went; words or a number that it resolves with are printed too. */
export async function step<T>(name: string, run: () => T | Promise<T>): Promise<T> {
  const started = performance.now()
  const said = await run()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const detail = ['string', 'number'].includes(typeof said) ? `: ${said}` : ''
  process.stdout.write(`ok  ${name}${detail} (${seconds} s)\n`)
  return said
}
