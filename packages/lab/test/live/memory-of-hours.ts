import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startRecorder } from '../../src/live/server/recording.ts'
import { virtualStage } from './hours.ts'

/** What the page's server keeps after one hour and after three, bytes: the hours pass in virtual time. */
export function memoryOfHours(): readonly [one: number, three: number] {
  setFlagsFromString('--expose-gc')
  const gc: () => void = runInNewContext('gc')
  const heap = () => {
    gc()
    return process.memoryUsage().heapUsed
  }
  const before = heap()
  const stage = virtualStage({ framesPerCart: 1, buckets: 60 })
  const recorder = startRecorder(stage)
  stage.play(1)
  const one = heap() - before
  stage.play(2)
  const three = heap() - before
  recorder.stop()
  return [one, three]
}
