/** The time that an operation took: an order must put it somewhere between the two. */
export interface Span {
  /** When the operation was invoked. Any clock will do, as long as it is the same for all operations. */
  readonly call: number
  /** When the response arrived; >= `call`. Infinity if the response was lost: the operation may never have happened. */
  readonly end: number
}

/**
 * A sequential specification: what one operation at a time does to an object. All functions are pure and treat states as
 * immutable.
 */
export interface Model<State, Operation extends Span> {
  readonly initial: State
  /**
   * The states in which the operation can leave the object; none if it is illegal in `state`, for example because a
   * read returned another value. An operation whose response was lost has its request alone to go by.
   */
  step(state: State, operation: Operation): readonly State[]
  /** A text that two states share if and only if they are the same. */
  key(state: State): string
  /**
   * Whether the operation changes no state whatsoever. The search places such an operation as soon as it is legal.
   * Without this function, it tries every position.
   */
  isRead?(operation: Operation): boolean
  /**
   * The part of the object that the operation concerns, such as its key. Parts are checked separately
   * (P-compositionality). All operations concern one part by default.
   */
  partition?(operation: Operation): string
  /** An optional way to recognise dead ends early. */
  lookahead?(operations: readonly Operation[]): Lookahead<State>
}

/** Follows a search, to recognise states from which the remaining operations cannot be placed. */
export interface Lookahead<State> {
  /** The search places the operation at this index. */
  take(at: number): void
  /** Undoes the latest `take` that was not undone. */
  giveBack(at: number): void
  /**
   * Whether no order can continue from the state to which operation `at`, which is taken, has led. Must never be true of
   * a state that some order passes through; may be false of a dead end.
   */
  isHopeless(at: number, state: State): boolean
  /**
   * An optional choice among the changes that can come next in this state. Must keep one with which some order continues,
   * if any has.
   */
  choose?(changes: readonly number[], state: State): readonly number[]
}
