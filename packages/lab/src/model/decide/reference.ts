import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { type EvidencePart, EvidencePartSchema } from '../../results/evidence.ts'

const FILE = new URL('./reference.json', import.meta.url)
const isPart = new Ajv().compile<EvidencePart>(EvidencePartSchema)

/**
 * Figures of pushcart's own operations that this project measured: for comparisons that do not measure them, such as the
 * quick one. `scripts/write-reference.ts` writes the file from the results of an embedded run.
 */
export function referenceEvidence(): EvidencePart {
  const value: unknown = JSON.parse(readFileSync(FILE, 'utf8'))
  if (!isPart(value)) throw new TypeError('reference.json is damaged')
  return value
}
