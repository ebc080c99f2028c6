// A minimal publisher: named events, listeners, and a way to stop listening.

export class Emitter {
  #listeners = new Map();

  /** Listen; returns the function that stops listening. */
  on(name, listener) {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set.add(listener));
    return () => set.delete(listener);
  }

  emit(name, detail) {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(detail);
  }
}
