import { ConfigError } from '../../config/config-error.ts'

/**
 * Checks the AWS SDK's variables, because the SDK reports invalid ones only with the first request, or not at all.
 *
 * @throws ConfigError
 */
export function checkAwsSettings(env: Readonly<Record<string, string | undefined>>): void {
  for (const name of ['AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL'])
    require(env, name, isHttpUrl, 'a URL such as http://127.0.0.1:8000')
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION'])
    require(env, name, (text) => /^[a-z0-9-]+$/.test(text), 'a region such as eu-central-1')
  const isCount = (text: string) => /^[1-9]\d{0,2}$/.test(text)
  require(env, 'AWS_MAX_ATTEMPTS', isCount, 'an integer from 1 to 999')
}

function require(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  isAllowed: (text: string) => boolean,
  allowed: string,
): void {
  const text = env[name] ?? ''
  if (text === '' || isAllowed(text)) return
  throw new ConfigError(`${name} must be ${allowed} (got ${JSON.stringify(text)})`)
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/./i.test(text) && URL.canParse(text)
}
