import { Ajv } from 'ajv'
import type { FastifyInstance, FastifySchemaValidationError } from 'fastify'
import { ENTITY_ID_RULE } from '../cart/ids.ts'
import { NoQuery } from './schemas.ts'

/**
 * Validates requests as they are: nothing is coerced, filled in or dropped, so `"2"` is not a quantity, and an unknown field
 * or query parameter is an error. (By default, Fastify coerces and removes.)
 */
export function installValidation(app: FastifyInstance): void {
  const ajv = new Ajv({ strict: false, allErrors: false, logger: false })
  ajv.addFormat('uuid', true)
  ajv.addFormat('date-time', true)
  app.setValidatorCompiler(({ schema }) => ajv.compile(schema))
  // A parameter that no code reads is an error on every route, so that a client notices `?consistensy=strong` before it
  // relies on it.
  app.addHook('onRoute', (route) => {
    if (route.schema !== undefined && route.schema.hide !== true)
      route.schema.querystring ??= NoQuery
  })
  app.setSchemaErrorFormatter((errors, where) => new Error(describe(errors, where)))
}

function describe(errors: FastifySchemaValidationError[], where: string): string {
  const error = mostHelpful(errors)
  const field = error?.instancePath.slice(1).replaceAll('/', '.') ?? ''
  const extra =
    error?.keyword === 'additionalProperties'
      ? ` (${JSON.stringify(error.params.additionalProperty)})`
      : ''
  const message = error?.keyword === 'anyOf' ? ENTITY_ID_RULE : (error?.message ?? 'is not valid')
  return `${[where, field].filter(Boolean).join('.')} ${message}${extra}`.slice(0, 300)
}

/**
 * The most helpful of several errors. When a value matches none of several schemas (`anyOf`), the last error says so, which is
 * enough for an id. For a body with several forms, an error inside one form is more helpful: one in the form that has
 * the field in question.
 */
function mostHelpful(
  errors: FastifySchemaValidationError[],
): FastifySchemaValidationError | undefined {
  const last = errors.at(-1)
  if (last?.keyword !== 'anyOf' || last.instancePath !== '') return last
  const isForeign = ({ keyword, instancePath }: FastifySchemaValidationError) =>
    instancePath === '' && (keyword === 'required' || keyword === 'additionalProperties')
  const inside = errors.slice(0, -1)
  return inside.findLast((each) => !isForeign(each)) ?? inside[0] ?? last
}
