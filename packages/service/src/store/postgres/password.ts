import { exec } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { Login } from './iam-token.ts'

/** Where the password of a new connection comes from, so that it may change while the service runs. */
export type PasswordSource =
  | { readonly file: string }
  | { readonly command: string }
  /** A token of AWS IAM, which is valid for 15 minutes. */
  | { readonly iam: true }

/** The code of an error for a password that could not be obtained. */
export const NO_PASSWORD = 'NO_PASSWORD'

/** Obtains the password of one new connection. Never includes what it read in an error. */
export async function readPassword(
  source: PasswordSource,
  login: Login,
  timeoutMs: number,
): Promise<string> {
  const [setting, reading] =
    'file' in source
      ? ['DATABASE_PASSWORD_FILE', readFile(source.file, 'utf8')]
      : 'command' in source
        ? ['DATABASE_PASSWORD_COMMAND', outputOf(source.command, timeoutMs)]
        : ['DATABASE_AUTH=aws-iam', tokenFor(login)]
  try {
    // Editors and commands end their output with a line break.
    const password = (await reading).replace(/\r?\n$/, '')
    if (password !== '') return password
    throw new Error('the password is empty')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw Object.assign(new Error(`${setting}: ${reason}`, { cause }), { code: NO_PASSWORD })
  }
}

/** The standard output of a shell command. The error contains neither the command nor its output. */
function outputOf(command: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    exec(command, { timeout: timeoutMs, windowsHide: true }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout)
      const [said = ''] = stderr.trim().split(/\r?\n/)
      const how = error.killed === true ? `no exit within ${timeoutMs} ms` : `exit ${error.code}`
      reject(new Error(said === '' ? how : `${how}: ${said}`))
    })
  })
}

async function tokenFor(login: Login): Promise<string> {
  // Loaded on demand, because the AWS SDK is slow to load.
  const { iamToken } = await import('./iam-token.ts')
  return iamToken(login)
}
