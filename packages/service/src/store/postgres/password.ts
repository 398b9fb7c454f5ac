import { exec } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { Login } from './iam-token.ts'
import { openSecret } from './secret.ts'

/** Where the password of a new connection comes from, so that it may change while the service runs. */
export type PasswordSource =
  | { readonly file: string }
  | { readonly command: string }
  /** A token of AWS IAM, which is valid for 15 minutes. */
  | { readonly iam: true }
  /** The ARN of a secret in AWS Secrets Manager. */
  | { readonly secret: string }

/** Obtains passwords from one source. */
export interface Passwords {
  /** The password of one new connection. Rejects with an error that has the code `NO_PASSWORD` and never what was read. */
  read(login: Login): Promise<string>
  /** The server has refused the latest password. */
  refused(): void
  /** Whether another attempt may have another password, because the source is one whose password rotates by itself. */
  readonly rotates: boolean
}

/** The code of an error for a password that could not be obtained. */
export const NO_PASSWORD = 'NO_PASSWORD'

/** @param timeoutMs maximum time to obtain a password, milliseconds */
export function openPasswords(source: PasswordSource, timeoutMs: number): Passwords {
  const { setting, read, refused = () => {}, rotates = false } = open(source, timeoutMs)
  return {
    rotates,
    refused,
    async read(login) {
      try {
        // Editors and commands end their output with a line break.
        const password = (await read(login)).replace(/\r?\n$/, '')
        if (password !== '') return password
        throw new Error('the password is empty')
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw Object.assign(new Error(`${setting}: ${reason}`, { cause }), { code: NO_PASSWORD })
      }
    },
  }
}

type Opened = Pick<Passwords, 'read'> &
  Partial<Pick<Passwords, 'refused' | 'rotates'>> & { readonly setting: string }

function open(source: PasswordSource, timeoutMs: number): Opened {
  if ('file' in source)
    return { setting: 'DATABASE_PASSWORD_FILE', read: () => readFile(source.file, 'utf8') }
  if ('command' in source)
    return {
      setting: 'DATABASE_PASSWORD_COMMAND',
      read: () => outputOf(source.command, timeoutMs),
    }
  if ('secret' in source)
    return {
      setting: 'DATABASE_SECRET_ARN',
      rotates: true,
      ...openSecret(source.secret, timeoutMs),
    }
  return { setting: 'DATABASE_AUTH=aws-iam', read: tokenFor }
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
