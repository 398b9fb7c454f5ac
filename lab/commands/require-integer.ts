import { UsageError } from '../errors/usage-error.ts'

/** @throws UsageError unless the value of an option is an integer from `min` to `max` */
export function requireInteger(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new UsageError(`${name}: must be an integer between ${min} and ${max} (got ${value})`)
}
