import type { InFlight } from './in-flight.ts'
import type { MoveControl, Residences } from './residences.ts'

/** The same, with every call made through `run`, which may convert errors, count calls or repeat them. */
export function guardedResidences(residences: Residences, run: InFlight['run']): Residences {
  const { control } = residences
  return {
    look: (...args) => run(() => residences.look(...args)),
    seal: (...args) => run(() => residences.seal(...args)),
    place: (...args) => run(() => residences.place(...args)),
    settle: (...args) => run(() => residences.settle(...args)),
    create: (...args) => run(() => residences.create(...args)),
    claim: (...args) => run(() => residences.claim(...args)),
    release: (...args) => run(() => residences.release(...args)),
    sealedOf: (...args) => run(() => residences.sealedOf(...args)),
    scan: (...args) => run(() => residences.scan(...args)),
    identity: () => run(() => residences.identity()),
    missingRights: (...args) => run(() => residences.missingRights(...args)),
    sizeOf: residences.sizeOf,
    maxSize: residences.maxSize,
    unitsOf: residences.unitsOf,
    control: guardedControl(control, run),
  }
}

/** As `guardedResidences`. */
export function guardedControl(control: MoveControl, run: InFlight['run']): MoveControl {
  return {
    read: () => run(() => control.read()),
    write: (...args) => run(() => control.write(...args)),
    renew: (...args) => run(() => control.renew(...args)),
    remove: (...args) => run(() => control.remove(...args)),
    members: () => run(() => control.members()),
    fence: () => run(() => control.fence()),
    unfence: () => run(() => control.unfence()),
  }
}
