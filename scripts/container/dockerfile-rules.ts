import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { validate } from 'dockerfile-utils'
import { allowedPaths, CONTEXT, covers, neededByService } from './context.ts'
import {
  execForm,
  type Instruction,
  inherited,
  last,
  parseDockerfile,
  type Stage,
} from './dockerfile.ts'

/** What the rules look at. */
export interface ImageFiles {
  readonly dockerfile: string
  /** Contents of .dockerignore. */
  readonly ignored: string
}

interface Image extends ImageFiles {
  readonly stages: readonly Stage[]
  readonly final: Stage
  /** The final stage's instructions after those of its base. */
  readonly instructions: readonly Instruction[]
}

/** Something that must hold of the image's files. */
export interface Rule<T> {
  readonly name: string
  /** What does not hold, in words; nothing when all is well. */
  readonly problems: (subject: T) => readonly string[]
}

/** The files as they stand. */
export function imageFiles(): ImageFiles {
  const read = (name: string) => readFileSync(join(CONTEXT, name), 'utf8')
  return { dockerfile: read('Dockerfile'), ignored: read('.dockerignore') }
}

/** Every rule that is broken, as `rule: problem`. */
export function dockerfileProblems(files: ImageFiles): string[] {
  const stages = parseDockerfile(files.dockerfile)
  const final = stages.at(-1) ?? { base: '', name: '', instructions: [] }
  const image = { ...files, stages, final, instructions: inherited(stages, final) }
  return DOCKERFILE_RULES.flatMap(({ name, problems }) =>
    problems(image).map((problem) => `${name}: ${problem}`),
  )
}

const LABELS = ['title', 'description', 'version', 'licenses', 'revision']

const packageJson: { version: string; license: string } = JSON.parse(
  readFileSync(join(CONTEXT, 'package.json'), 'utf8'),
)

const unless = (holds: boolean, problem: string) => (holds ? [] : [problem])

/** Words of the last instruction of this kind, if it is in exec form. */
function words({ instructions }: Image, keyword: string): string[] | undefined {
  return execForm(last(instructions, keyword)?.text.replace(/^CMD\s+/, '') ?? '')
}

const all = (image: Image, keyword: string) =>
  image.stages.flatMap(({ instructions }) =>
    instructions.filter((instruction) => instruction.keyword === keyword),
  )

/** What the final stage takes from the checkout. */
const copied = ({ final }: Image) =>
  final.instructions
    .filter(({ keyword, flags }) => keyword === 'COPY' && flags.from === undefined)
    .map((instruction) => instruction.words)

export const DOCKERFILE_RULES: readonly Rule<Image>[] = [
  {
    name: 'dockerfile-utils finds nothing',
    problems: ({ dockerfile }) => validate(dockerfile).map(({ message }) => String(message)),
  },
  {
    name: 'bases are official Node images with a full version',
    problems: ({ stages }) => {
      const names = stages.map(({ name }) => name)
      return stages
        .map(({ base }) => base)
        .filter((base) => !names.includes(base))
        .filter(
          (base) => !/^node:\d+\.\d+\.\d+-(alpine\d+\.\d+|\w+-slim)(@sha256:\w{64})?$/.test(base),
        )
    },
  },
  {
    name: 'the Node of the tests, by major version, and not an older one',
    problems: ({ stages }) => {
      const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
      const used =
        /^node:(\d+)\.(\d+)/
          .exec(stages[0]?.base ?? '')
          ?.slice(1)
          .map(Number) ?? []
      return unless(
        used[0] === major && (used[1] ?? 0) >= minor,
        `${stages[0]?.base} against ${process.version}`,
      )
    },
  },
  {
    name: 'the final stage is not root, by number',
    problems: (image) => {
      const user = last(image.instructions, 'USER')?.text ?? 'root'
      return unless(/^[1-9]\d*(:[1-9]\d*)?$/.test(user), `USER ${user}`)
    },
  },
  {
    name: 'nothing is downloaded without a checksum',
    problems: (image) => [
      ...all(image, 'ADD')
        .filter(({ flags }) => flags.checksum === undefined)
        .map(({ text }) => `ADD ${text}`),
      ...all(image, 'RUN')
        .filter(({ text }) => /\b(curl|wget|apk add|apt-get|npx)\b/.test(text))
        .map(({ text }) => `RUN ${text}`),
    ],
  },
  {
    name: 'packages come from lock files, without their scripts',
    problems: (image) =>
      all(image, 'RUN')
        .map(({ text }) => text)
        .filter(
          (text) =>
            /\bnpm (i|install|add)\b/.test(text) ||
            !text.includes('npm ci') ||
            !text.includes('--ignore-scripts'),
        ),
  },
  {
    name: 'the modules of the service are those of production',
    problems: ({ stages, final }) => {
      const from = final.instructions.find(({ words }) => words[0]?.endsWith('/node_modules'))
        ?.flags.from
      const stage = stages.find(({ name }) => name === from)
      const install = stage && last(stage.instructions, 'RUN')?.text
      return unless(install?.includes('npm ci --omit=dev') === true, `stage ${from}`)
    },
  },
  {
    name: 'the final stage runs nothing, so that nothing of a build stays in it',
    problems: ({ final }) =>
      final.instructions.filter(({ keyword }) => keyword === 'RUN').map(({ text }) => text),
  },
  {
    name: 'node is started without a shell or npm between it and signals',
    problems: (image) => {
      const command = [...(words(image, 'ENTRYPOINT') ?? []), ...(words(image, 'CMD') ?? [])]
      return unless(command.join(' ') === 'node cli.ts serve', `it is ${JSON.stringify(command)}`)
    },
  },
  {
    name: 'stopped by SIGTERM',
    problems: (image) => {
      const signal = last(image.instructions, 'STOPSIGNAL')?.text ?? 'SIGTERM'
      return unless(signal === 'SIGTERM', signal)
    },
  },
  {
    name: 'a health check that needs node alone and leaves the database alone',
    problems: (image) => {
      const command = words(image, 'HEALTHCHECK')
      return unless(
        command?.[0] === 'node' && command.join(' ').includes('/health/live'),
        `it is ${JSON.stringify(command)}`,
      )
    },
  },
  {
    name: 'listens on all addresses, on the port that is exposed, above 1023',
    problems: (image) => {
      const env = Object.assign(
        {},
        ...image.instructions.filter(({ keyword }) => keyword === 'ENV').map(({ pairs }) => pairs),
      )
      const exposed = last(image.instructions, 'EXPOSE')?.text
      return unless(
        env.HOST === '0.0.0.0' && env.PORT === exposed && Number(env.PORT) > 1023,
        `HOST ${env.HOST}, PORT ${env.PORT}, EXPOSE ${exposed}`,
      )
    },
  },
  {
    name: 'for production',
    problems: (image) =>
      unless(
        image.instructions.some(
          ({ keyword, pairs }) => keyword === 'ENV' && pairs.NODE_ENV === 'production',
        ),
        'NODE_ENV is not production',
      ),
  },
  {
    name: 'labels of the Open Container Initiative, true to package.json',
    problems: (image) => {
      const labels: Record<string, string> = last(image.instructions, 'LABEL')?.pairs ?? {}
      const label = (name: string) => labels[`org.opencontainers.image.${name}`]
      return [
        ...LABELS.filter((name) => !label(name)).map((name) => `no ${name}`),
        ...unless(label('version') === packageJson.version, `version ${label('version')}`),
        ...unless(label('licenses') === packageJson.license, `licenses ${label('licenses')}`),
      ]
    },
  },
  {
    name: 'no secrets in ARG or ENV',
    problems: (image) =>
      [...all(image, 'ARG'), ...all(image, 'ENV')]
        .flatMap(({ pairs }) => Object.keys(pairs))
        .filter((name) => /PASSWORD|SECRET|TOKEN|CREDENTIAL|_KEY|DATABASE_URL/.test(name)),
  },
  {
    name: 'the certificates of RDS are where Terraform looks for them',
    problems: ({ final }) => {
      const terraform = readFileSync(join(CONTEXT, 'terraform/main.tf'), 'utf8')
      const wanted = /rds_ca_file\s*=\s*"([^"]+)"/.exec(terraform)?.[1]
      return unless(
        final.instructions.some(({ keyword, words }) => keyword === 'COPY' && words[1] === wanted),
        `not at ${wanted}`,
      )
    },
  },
  {
    name: 'all that the service imports is copied, to the same place',
    problems: (image) => {
      const paths = copied(image).flatMap((words) => {
        const to = words.at(-1) ?? ''
        return words
          .slice(0, -1)
          .filter((from) => posix.join(to, to.endsWith('/') ? posix.basename(from) : '') === from)
      })
      return ['package.json', ...neededByService().files].filter((file) => !covers(paths, file))
    },
  },
  {
    name: 'nothing is copied that the service does not need',
    problems: (image) => {
      const needed = ['package.json', 'LICENSE', ...neededByService().files]
      return copied(image)
        .flatMap((words) => words.slice(0, -1))
        .filter((path) => path !== 'src' && !needed.includes(path))
    },
  },
  {
    name: '.dockerignore lets through what is copied, and nothing else',
    problems: (image) => {
      const allowed = allowedPaths(image.ignored)
      const used = all(image, 'COPY')
        .filter(({ flags }) => flags.from === undefined)
        .flatMap(({ words }) => words.slice(0, -1))
      return [
        ...used.filter((path) => !covers(allowed, path)).map((path) => `${path} is held back`),
        ...allowed.filter((path) => !covers(used, path)).map((path) => `${path} is not copied`),
      ]
    },
  },
]
