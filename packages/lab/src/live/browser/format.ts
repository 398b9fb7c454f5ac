/** A latency: three digits, in milliseconds or seconds. */
export function duration(ms: number | null): string {
  if (ms === null) return '–'
  return ms >= 1000 ? `${digits(ms / 1000)} s` : `${digits(ms)} ms`
}

/** A number with about three digits. */
export function digits(value: number): string {
  const places = value >= 100 || value === 0 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { maximumFractionDigits: places })
}

export function optional(value: number | null | undefined, unit = ''): string {
  return value === null || value === undefined ? '–' : `${digits(value)}${unit}`
}

export function megabytes(bytes: number | null | undefined): string {
  return bytes === null || bytes === undefined ? '–' : `${Math.round(bytes / 1e6)} MB`
}

export function count(number: number): string {
  return number.toLocaleString('en-US')
}

/** "1 read", "2 reads". */
export function many(number: number, what: string): string {
  return `${count(number)} ${what}${number === 1 ? '' : 's'}`
}

/** Minutes and seconds since the start. */
export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** The label of a time axis, seconds since the start; none before it. */
export function axisTime(seconds: number): string {
  return seconds < 0 ? '' : clock(1000 * seconds)
}
