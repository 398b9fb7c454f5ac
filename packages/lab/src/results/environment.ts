import Type from 'typebox'
import { object, type Shape, text } from './shape.ts'
import { SideSchema } from './side.ts'

const MachineSchema = object({
  system: Type.String(),
  cpu: Type.String(),
  cores: Type.Integer(),
  memory_gib: Type.Number(),
  node: Type.String(),
})

const NetworkSchema = object({
  rtt_ms: Type.Number({
    exclusiveMinimum: 0,
    description: 'Milliseconds added to each round trip between a service and its database.',
  }),
  measured_ms: Type.Number({
    minimum: 0,
    description: 'What the proxy really added: median over round trips of one byte.',
  }),
})

/** `environment.json`: everything about a comparison that its records do not contain. */
export const EnvironmentSchema = object({
  started_at: text('ISO 8601 UTC.'),
  pushcart_version: Type.String(),
  command: text('Runs the comparison again.'),
  seed: Type.Integer({ description: 'The same seed gives the same operations.' }),
  stream_sha256: text('Of the operations of the quick test, as JSON.'),
  operations: Type.Integer({ description: 'Measured operations of the quick test per target.' }),
  warm_up_operations: Type.Integer({
    description: 'Operations per target before the measured ones; their times are discarded.',
  }),
  consistency_iterations: Type.Integer(),
  concurrent_clients: Type.Integer(),
  machine: MachineSchema,
  network: Type.Optional(NetworkSchema),
  sides: Type.Array(SideSchema, {
    minItems: 2,
    maxItems: 4,
    description: 'The first is compared with each of the others.',
  }),
})

export type Environment = Shape<typeof EnvironmentSchema>
export type Network = Shape<typeof NetworkSchema>
export type Machine = Shape<typeof MachineSchema>
