/** What one event makes of a state: the next state, and what the shell must do about it, in order. */
export interface Step<State, Effect> {
  state: State;
  effects: Effect[];
}

/** A step to `state` with these effects. */
export function step<State, Effect = never>(state: State, ...effects: Effect[]): Step<State, Effect> {
  return { state, effects };
}
