/**
 * Whether an image is one that `berth up` bakes on the machine, by any of the names an engine has for it. Such an image
 * is trusted by its name (the agent itself is started from one), so none comes from a registry, where anybody could
 * own that name.
 */
export const isBakedImage = (reference: string): boolean =>
  /^((index\.)?docker\.io\/)?berth\//i.test(reference);
