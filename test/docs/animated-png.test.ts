import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { HAS_BROWSER, useBrowser } from '../support/browser.ts'
import { listen } from '../support/listen.ts'

const look = useBrowser()
const picture = readFileSync(new URL('../../docs/images/live-move.png', import.meta.url))

it('the animation of the README is small enough to be loaded with the page', () => {
  expect(picture.length).toBeLessThan(2_000_000)
})

/** Chromium decodes the frames with a decoder that is not ours. */
it.skipIf(!HAS_BROWSER)('the animation of the README shows a move from its begin to its end', () =>
  look({ width: 800, colorScheme: 'light' }, async (page) => {
    // Browsers have the decoder in secure contexts only, and loopback is one.
    await using server = await listen(createServer((_, response) => response.end()))
    await page.goto(server.url)
    const [frames, before, after] = (await page.evaluate(`(async () => {
      const bytes = Uint8Array.from(atob('${picture.toString('base64')}'), (c) => c.charCodeAt(0))
      const decoder = new ImageDecoder({ data: bytes, type: 'image/png' })
      await decoder.tracks.ready
      const count = decoder.tracks.selectedTrack.frameCount
      const blue = async (frameIndex) => {
        const { image } = await decoder.decode({ frameIndex })
        const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight)
        const context = canvas.getContext('2d')
        context.drawImage(image, 0, 0)
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
        let found = 0
        for (let at = 0; at < data.length; at += 4)
          if (data[at + 2] > data[at] + 80) found++
        return found
      }
      return [count, await blue(0), await blue(count - 1)]
    })()`)) as [number, number, number]
    expect(frames).toBeGreaterThan(5)
    expect([before, after].every((pixels) => pixels > 0)).toBe(true)
    expect(after).not.toBe(before)
  }),
)
