import type { Decision } from '../../model/decide/decide.ts'
import type { Section } from '../model.ts'
import { conclusionsSection } from './conclusions-section.ts'
import type { StorePlaces } from './content.ts'
import { costSection } from './cost-section.ts'
import { limitsSection } from './limits-section.ts'
import { optionsSection } from './options-section.ts'
import { parametersSection } from './parameters-section.ts'
import { requirementsSection } from './requirements-section.ts'
import { scenariosSection } from './scenarios-section.ts'
import { sensitivitySection } from './sensitivity-section.ts'

/** The sections about the choice between the stores. Each can be read without the others. */
export function decisionSections(decision: Decision, places: StorePlaces): Section[] {
  return [
    requirementsSection(decision, places),
    ...sensitivitySection(decision),
    costSection(decision, places),
    ...optionsSection(decision),
    scenariosSection(decision, places),
    limitsSection(decision, places),
    ...parametersSection(decision),
    conclusionsSection(decision, places),
  ]
}
