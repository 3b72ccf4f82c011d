/**
 * How much one project may ask of whoever loads it. All are far beyond what people write; each is refused by
 * name when it is passed, in bounded time and memory.
 */
export const limits = {
  /** A larger file is refused unread. */
  fileBytes: 1024 * 1024,
  /** Values in one document once its aliases are followed. */
  nodes: 400_000,
  /** Levels of lists and mappings in one another. */
  nesting: 200,
  /** Characters of a key before its colon, as YAML has it. */
  keyLength: 1024,
  services: 5_000,
  /** Ports of one service once its ranges are spread out. */
  ports: 70_000,
  /** Files read by `include` and `extends`, each time counted. */
  files: 1_000,
  /** Files that include one another in a row; services that extend one another in a row. */
  chain: 100,
  /** Variables in the defaults of one another. */
  variableNesting: 100,
  /** Variables in one line of a text. */
  variablesPerLine: 1_000,
} as const;
