import type { Side } from '../../cart/residence.ts'
import type { Pair } from '../../store/moving/pair.ts'
import { atSide } from '../../store/moving/side-errors.ts'
import type { MovableStore, MoveControl } from '../../store/residences.ts'
import { type Attempts, readPatiently } from './persistence.ts'

/**
 * The pair of a mover, which makes calls for the move as a whole again while a database is busy or does not respond, for some
 * seconds: none of them has an effect when it is repeated. So one lost response does not end a command that has waited for
 * instances. Errors of all calls say in which database they occurred.
 */
export function patientPair(pair: Pair, attempts: Pick<Attempts, 'signal' | 'pause'>): Pair {
  const patient = (side: Side): MovableStore => {
    const patiently = <T>(call: () => Promise<T>) =>
      atSide(side, () => readPatiently(call, attempts))
    const { residences } = pair[side]
    const { control } = residences
    const here = <T>(call: () => Promise<T>) => atSide(side, call)
    return {
      ...pair[side],
      ping: () => here(() => pair[side].ping()),
      residences: {
        ...residences,
        look: (...args) => here(() => residences.look(...args)),
        seal: (...args) => here(() => residences.seal(...args)),
        place: (...args) => here(() => residences.place(...args)),
        settle: (...args) => here(() => residences.settle(...args)),
        claim: (...args) => here(() => residences.claim(...args)),
        release: (...args) => here(() => residences.release(...args)),
        scan: (...args) => here(() => residences.scan(...args)),
        identity: () => patiently(() => residences.identity()),
        missingRights: (role) => patiently(() => residences.missingRights(role)),
        control: patientControl(control, patiently),
      },
    }
  }
  return { source: patient('source'), destination: patient('destination') }
}

function patientControl(
  control: MoveControl,
  patiently: <T>(call: () => Promise<T>) => Promise<T>,
): MoveControl {
  return {
    read: () => patiently(() => control.read()),
    write: (...args) => patiently(() => control.write(...args)),
    renew: (...args) => patiently(() => control.renew(...args)),
    remove: (...args) => patiently(() => control.remove(...args)),
    members: () => patiently(() => control.members()),
    fence: () => patiently(() => control.fence()),
    unfence: () => patiently(() => control.unfence()),
  }
}
