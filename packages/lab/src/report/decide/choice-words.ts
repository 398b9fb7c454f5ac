import type { Advice } from '../../model/decide/advise.ts'
import { TOO_CLOSE } from '../../model/decide/certainty.ts'
import type { Choice } from '../../model/decide/choose.ts'
import { otherThan, STORE_NAMES } from '../../model/terms/stores.ts'
import { amount, percent } from '../amounts.ts'

/** Such as `DynamoDB`, or `either (too close to call)`. */
export function choiceText(choice: Choice): string {
  switch (choice) {
    case 'either':
      return 'either (too close to call)'
    case 'neither':
      return 'neither'
    case 'undecided':
      return 'undecided'
    default:
      return STORE_NAMES[choice]
  }
}

/** Share of the variations from which a choice is sure; below `TOO_CLOSE` it is open. */
const SURE = 0.95

/** How sure the choice is, in a word and with its share: `sure: cheaper in 98 % of the variations`. */
export function certaintyWords({ choice, certainty, standings }: Advice): string {
  if (choice === 'undecided' || choice === 'neither') return 'not known'
  if (choice !== 'either' && standings[otherThan(choice)].fitness === 'unfit')
    return `sure: ${STORE_NAMES[otherThan(choice)]} does not serve it`
  if (certainty === null) return 'not known'
  const { share, cheaper } = certainty
  const word =
    choice === 'either' ? 'open' : share >= SURE ? 'sure' : share >= TOO_CLOSE ? 'likely' : 'open'
  return `${word}: ${STORE_NAMES[cheaper]} is cheaper in ${percent(share)} of the variations`
}

/** Such as `9.1 years`, or `7 months`. */
export function yearsWords(years: number): string {
  if (years < 1) return `${Math.max(1, Math.round(12 * years))} months`
  return `${amount(Number(years.toPrecision(2)))} years`
}
