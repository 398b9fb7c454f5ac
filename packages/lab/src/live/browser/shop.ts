import { html, nothing } from 'lit-html'
import type { ClickResult, SideInfo } from '../protocol.ts'
import { busy, click, lastClick, newCart, results, storedBefore } from './cart.ts'
import { duration, many } from './format.ts'
import { eachSide, sideName } from './parts.ts'
import { picture } from './pictures.ts'
import { attempt, hello, isLive } from './state.ts'
import { storedView } from './stored.ts'
import { statementsView } from './underneath.ts'

/** The shop: products, what can be done with the cart, and the response of each side. */
export function shopView() {
  if (!isLive()) return nothing
  const shown = hello.value
  const products = shown?.products ?? []
  const can = (action: string) =>
    shown?.sides.every(({ abilities }) => abilities.includes(action)) === true
  const button = (text: string, work: () => Promise<unknown>, able = true) =>
    html`<button
      type="button"
      ?disabled=${busy.value || !able}
      title=${able ? '' : 'Not supported by both services'}
      @click=${() => attempt(async () => void (await work()))}
    >
      ${text}
    </button>`
  return html`<section id="shop" aria-labelledby="shop-title">
    <h2 id="shop-title">Shop</h2>
    <p class="lead">Every click goes to both services. Below: their responses, and what happened in their databases.</p>
    <ul class="products">
      ${products.map(
        ({ id, name }) =>
          html`<li>
            <button
              type="button"
              class="product"
              ?disabled=${busy.value}
              @click=${() =>
                attempt(
                  async () =>
                    void (await click(
                      { action: 'add', product: id, quantity: 1 },
                      `Add 1 ${name}`,
                    )),
                )}
            >
              ${picture(name)}<span>${name}</span><span class="add">Add<span class="hidden"> ${name} to the cart</span></span>
            </button>
          </li>`,
      )}
    </ul>
    <div class="actions" role="group" aria-label="The cart">
      ${button('New cart', newCart)}
      ${button('Read (strong)', () => click({ action: 'get', consistency: 'strong' }, 'Read, strong'))}
      ${button('Read (eventual)', () => click({ action: 'get', consistency: 'eventual' }, 'Read, eventual'))}
      ${button('Check out', () => click({ action: 'checkout' }, 'Check out'), can('checkout'))}
    </div>
    <p class="last" role="status">${lastClick.value === '' ? 'Add a product to begin.' : html`Last: <strong>${lastClick.value}</strong>`}</p>
    ${eachSide(cartOf)}
  </section>`
}

function cartOf(side: SideInfo) {
  const result = results.value[side.key]
  const before = storedBefore.value[side.key]
  return html`<h3>${sideName(side)}</h3>
    ${
      result === undefined
        ? html`<p class="none">No request yet.</p>`
        : html`${responseLine(result)} ${linesOf(side, result)}
        ${
          side.own
            ? html`${statementsView(side, result)} ${storedView(side, result, before)}`
            : html`<p class="note">The lab did not start this service and cannot see its database.</p>`
        }`
    }`
}

function responseLine({ status, error, ms, version }: ClickResult) {
  const outcome = status === 0 ? 'no response' : String(status)
  return html`<p class="response">
    <span class="status ${status >= 200 && status < 300 ? 'good' : 'bad'}">${outcome}</span>
    ${error === null ? nothing : html`<code>${error}</code>`}
    ${version === null ? nothing : html`<span>version ${version}</span>`}
    <span class="muted">${duration(ms)}</span>
  </p>`
}

function linesOf(side: SideInfo, { lines }: ClickResult) {
  if (lines === null) return nothing
  if (lines.length === 0) return html`<p class="none">The cart is empty.</p>`
  const nameOf = (id: string) =>
    hello.value?.products.find((product) => String(product.id) === id)?.name ?? `Product ${id}`
  return html`<ul class="lines" aria-label="Lines of the cart on ${side.label}">
    ${lines.map(
      ([product, quantity]) =>
        html`<li>${picture(nameOf(product))}<span>${nameOf(product)}</span><strong>× ${quantity}</strong></li>`,
    )}
    <li class="sum">${many(
      lines.reduce((sum, [, quantity]) => sum + quantity, 0),
      'unit',
    )}</li>
  </ul>`
}
