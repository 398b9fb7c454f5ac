import { basename } from 'node:path'
import { readTextFile } from '../errors/file-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import { evidenceOfRun } from '../model/decide/evidence-of-run.ts'
import { claimsFigures, evidenceOfFigures } from '../model/decide/figures-file.ts'
import type { EvidencePart } from '../results/evidence.ts'
import { openComparison } from './read-comparison.ts'

/**
 * Figures from other runs (a `results.json` or its folder) and from files of figures (YAML or JSON), in the given order
 * (`--evidence`).
 *
 * @throws UsageError in one line for a file that cannot be read or has no figure
 */
export async function readEvidence(paths: readonly string[]): Promise<EvidencePart[]> {
  const parts: EvidencePart[] = []
  for (const path of paths) parts.push(await readOne(path))
  return parts
}

async function readOne(path: string): Promise<EvidencePart> {
  const figures = /\.(ya?ml|json)$/i.test(path) ? await figuresIn(path) : null
  if (figures !== null) return figures
  const { path: found, file } = await openComparison(path)
  const part = evidenceOfRun(file, basename(found))
  if (part.figures.length === 0)
    throw new UsageError(
      `evidence: ${found}: that run measured no figure of PostgreSQL or DynamoDB; measure it with --rate or --requirements`,
    )
  return part
}

/** The figures of a file of figures; `null` for a file that claims to be something else. */
async function figuresIn(path: string): Promise<EvidencePart | null> {
  const text = readTextFile(path, `evidence: ${path}`)
  const isYaml = /\.ya?ml$/i.test(path)
  // The results of a run are large, and never YAML.
  if (!isYaml && !/"pushcart figures"/.test(text.slice(0, 2000))) return null
  const value = await parsed(text, path, isYaml)
  if (!isYaml && !claimsFigures(value)) return null
  return evidenceOfFigures(value, basename(path))
}

async function parsed(text: string, path: string, isYaml: boolean): Promise<unknown> {
  try {
    return isYaml ? (await import('yaml')).parse(text, { maxAliasCount: 0 }) : JSON.parse(text)
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n')
    throw new UsageError(`evidence: ${path}: not ${isYaml ? 'YAML' : 'JSON'}: ${reason}`)
  }
}
