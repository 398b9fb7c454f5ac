import { type SVGTemplateResult, svg } from 'lit-html'

/** Pictures of the products: drawn, so that the page needs no files. */
const SHAPES: Readonly<Record<string, SVGTemplateResult>> = {
  Teapot: svg`<path d="M14 26c0 10 7 16 16 16s16-6 16-16z"/><path d="M46 29l10-5-7 14z"/><path d="M14 29c-9-3-10 9 3 8" class="line"/><path d="M22 23h16" class="line"/><circle cx="30" cy="18" r="3"/>`,
  Lamp: svg`<path d="M22 10h16l8 18H14z"/><path d="M30 28v20M20 50h20" class="line"/>`,
  Chair: svg`<path d="M20 10h5v22h-5z"/><path d="M18 32h26v5H18z"/><path d="M21 37v15M41 37v15" class="line"/>`,
  Headphones: svg`<path d="M14 36V30a16 16 0 0 1 32 0v6" class="line"/><path d="M11 34h8v14h-4a4 4 0 0 1-4-4z"/><path d="M41 34h8v10a4 4 0 0 1-4 4h-4z"/>`,
  Backpack: svg`<path d="M16 24a14 12 0 0 1 28 0v24a4 4 0 0 1-4 4H20a4 4 0 0 1-4-4z"/><path d="M24 14v-3a6 4 0 0 1 12 0v3" class="line"/><path d="M22 36h16v10H22z" class="cut"/>`,
  Plant: svg`<path d="M20 38h20l-3 14H23z"/><path d="M30 38V22" class="line"/><path d="M30 26C18 26 16 16 16 12c10 0 14 6 14 14z"/><path d="M30 22c10 0 13-7 13-12-9 0-13 5-13 12z"/>`,
  Clock: svg`<circle cx="30" cy="31" r="19"/><path d="M30 20v11l8 5" class="hand"/>`,
  Camera: svg`<path d="M10 20h10l4-6h12l4 6h10v28H10z"/><circle cx="30" cy="33" r="9" class="cut"/><circle cx="30" cy="33" r="5"/>`,
}

const BOX = svg`<path d="M12 20l18-8 18 8v22l-18 8-18-8z"/><path d="M12 20l18 8 18-8M30 28v22" class="hand"/>`

export function picture(name: string): SVGTemplateResult {
  return svg`<svg viewBox="0 0 60 60" class="picture" aria-hidden="true" focusable="false">${SHAPES[name] ?? BOX}</svg>`
}
