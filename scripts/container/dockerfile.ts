import {
  DockerfileParser,
  ModifiableInstruction,
  type Instruction as Parsed,
  PropertyInstruction,
} from 'dockerfile-ast'

/** One instruction of a Dockerfile. */
export interface Instruction {
  readonly keyword: string
  /** `from` of `--from=modules`, by name. */
  readonly flags: Readonly<Record<string, string>>
  /** What follows keyword and flags, continued lines joined. */
  readonly text: string
  /** That, word by word. */
  readonly words: readonly string[]
  /** What LABEL, ENV and ARG set. */
  readonly pairs: Readonly<Record<string, string>>
}

/** What a FROM begins. */
export interface Stage {
  /** What it starts from: an image, or a stage by its name. */
  readonly base: string
  /** Its name; its number from 0 if it has none. */
  readonly name: string
  readonly instructions: readonly Instruction[]
}

/** The stages of a Dockerfile, in order; what precedes the first FROM is left out. */
export function parseDockerfile(text: string): Stage[] {
  const stages: (Stage & { instructions: Instruction[] })[] = []
  for (const instruction of DockerfileParser.parse(text).getInstructions().map(read)) {
    if (instruction.keyword === 'FROM') {
      const [base = '', , name = `${stages.length}`] = instruction.words
      stages.push({ base, name, instructions: [] })
    } else stages.at(-1)?.instructions.push(instruction)
  }
  return stages
}

function read(parsed: Parsed): Instruction {
  return {
    keyword: parsed.getKeyword(),
    flags: flagsOf(parsed),
    text: parsed.getArgumentsContent() ?? '',
    words: parsed.getArguments().map((argument) => argument.getValue()),
    pairs: pairsOf(parsed),
  }
}

function flagsOf(parsed: Parsed): Record<string, string> {
  if (!(parsed instanceof ModifiableInstruction)) return {}
  return Object.fromEntries(
    parsed.getFlags().map((flag) => [flag.getName(), flag.getValue() ?? '']),
  )
}

function pairsOf(parsed: Parsed): Record<string, string> {
  if (!(parsed instanceof PropertyInstruction)) return {}
  return Object.fromEntries(
    parsed.getProperties().map((property) => [property.getName(), property.getValue() ?? '']),
  )
}

/** The words of an instruction in exec form, or `undefined` where a shell would run it. */
export function execForm(text: string): string[] | undefined {
  try {
    const words: unknown = JSON.parse(text)
    return Array.isArray(words) && words.every((word) => typeof word === 'string')
      ? words
      : undefined
  } catch {
    return undefined
  }
}

/** A stage's instructions after those of the stages that it starts from. */
export function inherited(stages: readonly Stage[], stage: Stage): Instruction[] {
  const base = stages.find(({ name }) => name === stage.base)
  return [...(base === undefined ? [] : inherited(stages, base)), ...stage.instructions]
}

/** The last instruction of a kind: it is the one that counts. */
export function last(
  instructions: readonly Instruction[],
  keyword: string,
): Instruction | undefined {
  return instructions.findLast((instruction) => instruction.keyword === keyword)
}
