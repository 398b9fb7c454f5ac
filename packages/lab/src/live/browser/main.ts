import { effect } from '@preact/signals-core'
import { render } from 'lit-html'
import { appView } from './app.ts'
import { createPlots } from './plots.ts'
import { start, tick } from './state.ts'
import { followHash } from './tour.ts'

const root = document.getElementById('page')
if (root !== null) {
  root.replaceChildren()
  effect(() => void render(appView(), root))
  let plot = () => {}
  createPlots().then((created) => {
    plot = created
  }, console.error)
  let drawing = 0
  // Plots are drawn with the next picture of the browser, and not at all in a hidden tab.
  effect(() => {
    void tick.value
    cancelAnimationFrame(drawing)
    drawing = requestAnimationFrame(() => plot())
  })
  followHash()
  start()
}
