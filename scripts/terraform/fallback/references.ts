import { at } from '../resources.ts'
import { blocksOf, entries, type Folder, localsOf, sourceOf } from './parse.ts'
import type { BlockSchema } from './schema.ts'

type Folders = ReadonlyMap<string, Folder>

/** References to variables, locals, resources, their attributes and modules' outputs that do not exist; unused variables. */
export function referenceProblems(
  folder: Folder,
  folders: Folders,
  schemas: ReadonlyMap<string, BlockSchema>,
): string[] {
  const code = folder.files.flatMap(expressions).join('\n')
  const variables = blocksOf(folder, 'variable')
  const locals = localsOf(folder)
  const resources = blocksOf(folder, 'resource')
  const used = names(code, /\bvar\.(\w+)/g)
  const problems = [
    ...used.filter((name) => !variables.has(name)).map((name) => `no variable ${name}`),
    ...[...variables.keys()]
      .filter((name) => !used.includes(name))
      .map((name) => `variable ${name} is not used`),
    ...names(code, /\blocal\.(\w+)/g)
      .filter((name) => !locals.has(name))
      .map((name) => `no local ${name}`),
    ...names(code, /\b(aws_\w+\.\w+)/g)
      .filter((name) => !resources.has(name))
      .map((name) => `no resource ${name}`),
    ...attributeProblems(code, schemas),
    ...moduleProblems(folder, code, folders),
  ]
  return problems.map((problem) => `${folder.path}: ${problem}`)
}

/** `aws_type.name[...].attribute` */
function attributeProblems(code: string, schemas: ReadonlyMap<string, BlockSchema>): string[] {
  const found = code.matchAll(/\b(aws_\w+)\.\w+(?:\[[^\]]*\])?\.(\w+)/g)
  return [...found].flatMap(([, type = '', attribute = '']) => {
    const schema = schemas.get(type)
    const known =
      schema === undefined || attribute in schema.attributes || attribute in schema.blocks
    return known ? [] : [`${type} has no attribute ${attribute}`]
  })
}

/** Calls of modules: unknown and missing inputs; outputs that do not exist. */
function moduleProblems(folder: Folder, code: string, folders: Folders): string[] {
  const calls = blocksOf(folder, 'module')
  const outputs = [...code.matchAll(/\bmodule\.(\w+)(?:\[[^\]]*\])?(?:\.(\w+))?/g)]
  return [
    ...outputs.flatMap(([, name = '', output]) => {
      const target = folders.get(sourceOf(folder, calls.get(name)))
      if (!calls.has(name)) return [`no module ${name}`]
      if (output === undefined || target === undefined) return []
      return blocksOf(target, 'output').has(output)
        ? []
        : [`module ${name} has no output ${output}`]
    }),
    ...[...calls].flatMap(([name, call]) => {
      const target = folders.get(sourceOf(folder, call))
      if (target === undefined) return [`module ${name}: no folder ${sourceOf(folder, call)}`]
      return inputProblems(name, call, target)
    }),
  ]
}

function inputProblems(name: string, call: unknown, target: Folder): string[] {
  const meta = ['source', 'count', 'for_each', 'providers', 'depends_on', 'version']
  const given = entries(call)
    .map(([input]) => input)
    .filter((input) => !meta.includes(input))
  const variables = blocksOf(target, 'variable')
  const missing = [...variables]
    .filter(([input, body]) => !given.includes(input) && !hasDefault(body))
    .map(([input]) => `module ${name}: input ${input} is missing`)
  const unknown = given
    .filter((input) => !variables.has(input))
    .map((input) => `module ${name} has no input ${input}`)
  return [...missing, ...unknown]
}

function hasDefault(body: unknown): boolean {
  return entries(body).some(([key]) => key === 'default')
}

/** Variables without a type or a description, and outputs without a description. */
export function documentationProblems(folder: Folder): string[] {
  const lacking = (kind: string, parts: readonly string[]) =>
    [...blocksOf(folder, kind)].flatMap(([name, body]) =>
      parts
        .filter((part) => at(body, part) === undefined)
        .map((part) => `${folder.path}: ${kind} ${name} has no ${part}`),
    )
  return [...lacking('variable', ['type', 'description']), ...lacking('output', ['description'])]
}

/** All expressions within a value: what stands in `${...}`, and the plain names in `depends_on`. */
function expressions(value: unknown): string[] {
  if (typeof value === 'string') return value.includes('${') ? [value] : []
  return entries(value).flatMap(([, inner]) => expressions(inner))
}

function names(code: string, pattern: RegExp): string[] {
  return [...new Set([...code.matchAll(pattern)].map(([, name = '']) => name))]
}
