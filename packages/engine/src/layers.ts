interface Detail {
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/** Adds up what a push or pull says of its layers one by one: bytes done, of those begun with. */
export function sumLayers(): (id: string, line: Detail) => { done: number; of: number } {
  const layers = new Map<string, { done: number; of: number }>();
  return (id, { progressDetail: { current = 0, total } = {} }) => {
    layers.set(id, { done: Math.min(current, total ?? current), of: total ?? current });
    const sum = { done: 0, of: 0 };
    for (const layer of layers.values()) {
      sum.done += layer.done;
      sum.of += layer.of;
    }
    return sum;
  };
}
