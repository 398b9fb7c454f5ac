import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileErrorReason } from '../../errors/file-error.ts'
import { LabError } from '../../errors/lab-error.ts'
import { UsageError } from '../../errors/usage-error.ts'
import type { Show } from './page-server.ts'
import { RECORDING_FILE, RECORDING_FORMAT, type Recording } from './recording.ts'

/**
 * Reads a recorded run.
 *
 * @param path the file, or its folder
 * @throws UsageError
 */
export async function readRecording(path: string): Promise<Recording> {
  const found = await stat(path).catch(() => null)
  const file = found?.isDirectory() ? join(path, RECORDING_FILE) : path
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file}: ${fileErrorReason(error)}`)
  })
  const content = parse(text)
  if (!isRecording(content)) throw new UsageError(`${file}: is no recording of \`pushcart live\``)
  return content
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isRecording(value: unknown): value is Recording {
  const { format, version, hello, frames, findings } = (value ?? {}) as Partial<Recording>
  return (
    format === RECORDING_FORMAT &&
    version === 1 &&
    Array.isArray(hello?.sides) &&
    Array.isArray(frames) &&
    frames.length > 0 &&
    Array.isArray(findings)
  )
}

/** Plays a recording to every page from its beginning, in its own time. */
export function replay({ hello, frames, findings }: Recording): Show {
  const refuse = async () => {
    throw new LabError('a recording is being shown: nothing can be changed')
  }
  return {
    actions: { click: refuse, load: refuse, fault: refuse, move: refuse, save: refuse },
    play(send) {
      send('hello', hello)
      const events = [
        ...frames.map((frame) => ({ at: frame.at, event: 'frame', data: frame as object })),
        ...findings.map((finding) => ({
          at: finding.at,
          event: 'finding',
          data: finding as object,
        })),
      ].sort((a, b) => a.at - b.at)
      const begun = performance.now()
      let next = 0
      let timer: NodeJS.Timeout | undefined
      const step = () => {
        for (let event = events[next]; event !== undefined; event = events[next]) {
          const wait = event.at - (performance.now() - begun)
          if (wait > 0) {
            timer = setTimeout(step, wait)
            return
          }
          send(event.event, event.data)
          next++
        }
        send('end', {})
      }
      step()
      return () => clearTimeout(timer)
    },
  }
}
