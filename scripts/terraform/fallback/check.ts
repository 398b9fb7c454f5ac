import { type Files, parseFolders, readFiles } from './parse.ts'
import { documentationProblems, referenceProblems } from './references.ts'
import { resourceProblems } from './resources.ts'
import { readSchema } from './schema.ts'

/**
 * The lesser check, for where Terraform is missing: syntax; resource types, attributes and blocks by the committed schema of
 * the provider; references; inputs and outputs of modules. It evaluates nothing: neither types and values nor plans.
 *
 * @returns what is wrong, a line each
 */
export async function checkByHand(files: Files = readFiles()): Promise<string[]> {
  const schemas = readSchema()
  try {
    const folders = await parseFolders(files)
    const byPath = new Map(folders.map((folder) => [folder.path, folder]))
    return folders.flatMap((folder) => [
      ...resourceProblems(folder, schemas),
      ...referenceProblems(folder, byPath, schemas),
      ...documentationProblems(folder),
    ])
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}
