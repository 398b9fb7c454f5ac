import { type InFlight, openInFlight } from '../in-flight.ts'
import { storeError } from './errors.ts'

/** Runs the calls of a store and converts every error to a `CartError`. */
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
