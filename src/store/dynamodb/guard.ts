import { type InFlight, openInFlight } from '../in-flight.ts'
import { storeError } from './errors.ts'

/** Runs a store's calls, and lets nothing but a `CartError` out. */
export function openGuard(): InFlight {
  const { run, close } = openInFlight()
  return {
    run: (call) =>
      run(call).catch((error: unknown) => {
        throw storeError(error)
      }),
    close,
  }
}
