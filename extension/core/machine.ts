/** What one event makes of a state: the next state, and what the shell must do about it, in order. */
export interface Step<State, Effect> {
  state: State;
  effects: Effect[];
}

/** A step to `state` with these effects. */
export function step<State, Effect = never>(state: State, ...effects: Effect[]): Step<State, Effect> {
  return { state, effects };
}

/** The end of every switch over a union: a forgotten case does not compile. Throws, since it cannot be reached. */
export function unreachable(value: never): never {
  throw new Error(`This case cannot be: ${JSON.stringify(value)}`);
}
