/** Whether lines can be drawn over on standard error: not in a file, a pipe, or a terminal that only prints. */
export function canRedraw(): boolean {
  return process.stderr.isTTY === true && process.env.TERM !== 'dumb'
}
