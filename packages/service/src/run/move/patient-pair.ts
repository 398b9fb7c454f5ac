import type { Side } from '../../cart/residence.ts'
import { guardedControl, guardedResidences } from '../../store/guarded-residences.ts'
import type { Pair } from '../../store/moving/pair.ts'
import { atSide } from '../../store/moving/side-errors.ts'
import type { MovableStore } from '../../store/residences.ts'
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
    return {
      ...pair[side],
      ping: () => atSide(side, () => pair[side].ping()),
      residences: {
        ...guardedResidences(residences, (call) => atSide(side, call)),
        identity: () => patiently(() => residences.identity()),
        missingRights: (role) => patiently(() => residences.missingRights(role)),
        control: guardedControl(residences.control, patiently),
      },
    }
  }
  return { source: patient('source'), destination: patient('destination') }
}
