import { Ajv } from 'ajv'
import type { FastifyInstance, FastifySchemaValidationError } from 'fastify'
import { ENTITY_ID_RULE } from '../cart/ids.ts'
import { NoQuery } from './schemas.ts'

/**
 * Checks requests exactly as they came: nothing is coerced, filled in or dropped, so `"2"` is no
 * quantity and an unknown field or query parameter is an error. (Fastify's own default coerces and removes.)
 */
export function installValidation(app: FastifyInstance): void {
  const ajv = new Ajv({ strict: false, allErrors: false, logger: false })
  ajv.addFormat('uuid', true)
  ajv.addFormat('date-time', true)
  app.setValidatorCompiler(({ schema }) => ajv.compile(schema))
  // Not every route names parameters, but one that nobody reads is a mistake on all of them: of `?consistensy=strong`
  // a client should hear before it relies on it.
  app.addHook('onRoute', (route) => {
    if (route.schema !== undefined && route.schema.hide !== true)
      route.schema.querystring ??= NoQuery
  })
  app.setSchemaErrorFormatter((errors, where) => new Error(describe(errors, where)))
}

function describe(errors: FastifySchemaValidationError[], where: string): string {
  const error = mostTelling(errors)
  const field = error?.instancePath.slice(1).replaceAll('/', '.') ?? ''
  const extra =
    error?.keyword === 'additionalProperties'
      ? ` (${JSON.stringify(error.params.additionalProperty)})`
      : ''
  const message = error?.keyword === 'anyOf' ? ENTITY_ID_RULE : (error?.message ?? 'is not valid')
  return `${[where, field].filter(Boolean).join('.')} ${message}${extra}`.slice(0, 300)
}

/**
 * Of the errors about alternatives the last one is about all of them together, which says enough of an id. Of a body
 * that may have several forms the errors within one form say more: those of the form that names the field they share.
 */
function mostTelling(
  errors: FastifySchemaValidationError[],
): FastifySchemaValidationError | undefined {
  const last = errors.at(-1)
  if (last?.keyword !== 'anyOf' || last.instancePath !== '') return last
  const isForeign = ({ keyword, instancePath }: FastifySchemaValidationError) =>
    instancePath === '' && (keyword === 'required' || keyword === 'additionalProperties')
  const inside = errors.slice(0, -1)
  return inside.findLast((each) => !isForeign(each)) ?? inside[0] ?? last
}
