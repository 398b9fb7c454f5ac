/** Whether standard error is a terminal on which a line can be redrawn. */
export function canRedraw(): boolean {
  return process.stderr.isTTY === true && process.env.TERM !== 'dumb'
}
