import type { Show } from './page-server.ts'
import { LOAD_FILE, type Recorder } from './recording.ts'
import type { Stage } from './stage.ts'

/**
 * What the page shows of a running stage.
 *
 * @param folder for the files of the next "save"
 */
export function liveShow(stage: Stage, recorder: Recorder, folder: () => string): Show {
  return {
    play(send) {
      send('hello', stage.hello())
      return stage.subscribe({
        frame: (frame) => send('frame', frame),
        finding: (finding) => send('finding', finding),
        cart() {},
      })
    },
    actions: {
      click: (click) => stage.click(click),
      load: async ({ shoppers, mix }) => ({ shoppers: stage.load(shoppers, mix) }),
      fault: async ({ fault, side, on }) => ({ on: await stage.fault(fault, side, on) }),
      async move({ action }) {
        await stage.move(action)
        return {}
      },
      async save() {
        const saved = folder()
        const files = await recorder.save(saved)
        const paths = (end: string) =>
          files.filter((file) => file.endsWith(end)).map((file) => `${saved}/${file}`)
        const histories = paths('.ndjson')
        return {
          folder: saved,
          files,
          commands: [
            `pushcart live ${saved}`,
            ...(histories.length === 0 ? [] : [`pushcart check ${histories.join(' ')}`]),
            ...paths(LOAD_FILE).map((path) => `pushcart report ${path}`),
          ],
        }
      },
    },
  }
}
