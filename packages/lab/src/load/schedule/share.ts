import { hasSessions, type LoadSpec } from '../../results/load-spec.ts'
import { openPopularity } from './cart-choice.ts'

/** One of several parts that a load is split into. */
export interface Fraction {
  /** From 0. */
  readonly index: number
  readonly of: number
}

/** A part of a part ...: the machine's part of the load, then the generator's part of that. Empty for all of it. */
export type Share = readonly Fraction[]

export const WHOLE: Share = []

/** How many of `count` things belong to a share that takes them in turns. */
export function countOf(count: number, share: Share): number {
  return share.reduce((left, { index, of }) => Math.floor((left - 1 - index) / of) + 1, count)
}

/** Whether an operation on a slot belongs to a share. Asked for every step in order: operations without a slot take turns. */
export type Owner = (slot: number) => boolean

/**
 * Splits a load by shoppers or carts, so that whatever depends on an earlier operation (the id of a cart, its cookies, its
 * state) stays with one generator, and nothing has to be exchanged. The hottest cart comes first and each cart goes to
 * the part with the least work so far; shoppers take turns.
 */
export function openOwner(spec: LoadSpec, share: Share): Owner {
  if (share.length === 0) return () => true
  const owned = ownedSlots(spec, share)
  let turn = 0
  return (slot) => {
    if (slot < 0) return countOf(++turn, share) > countOf(turn - 1, share)
    // The shoppers of the warm-up have the slots behind the others.
    return owned[slot % owned.length] === 1
  }
}

/** The maximum share of the work that one of `of` parts would have, as a multiple of an equal share. */
export function imbalance(spec: LoadSpec, of: number): number {
  const weights = weightsOf(spec)
  const parts = deal(
    weights.map((_, slot) => slot),
    weights,
    of,
  )
  const sum = (slots: readonly number[]) =>
    slots.reduce((total, slot) => total + (weights[slot] ?? 0), 0)
  return (of * Math.max(...parts.map(sum))) / sum(weights.map((_, slot) => slot))
}

function ownedSlots(spec: LoadSpec, share: Share): Uint8Array {
  const weights = weightsOf(spec)
  let slots = weights.map((_, slot) => slot)
  for (const { index, of } of share) slots = deal(slots, weights, of)[index] ?? []
  const owned = new Uint8Array(weights.length)
  for (const slot of slots) owned[slot] = 1
  return owned
}

/** Deals slots to parts: the heaviest first, each to the part with the least weight. */
function deal(slots: readonly number[], weights: readonly number[], of: number): number[][] {
  const parts = Array.from({ length: of }, () => ({ slots: [] as number[], weight: 0 }))
  const sorted = slots.toSorted((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b)
  for (const slot of sorted) {
    const part = parts.reduce((least, next) => (next.weight < least.weight ? next : least))
    part.slots.push(slot)
    part.weight += weights[slot] ?? 0
  }
  return parts.map((part) => part.slots)
}

/** The share of the operations that each slot gets, up to a factor. */
function weightsOf(spec: LoadSpec): number[] {
  return hasSessions(spec) ? Array.from({ length: spec.shoppers }, () => 1) : openPopularity(spec)
}
