import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import composeSchema from '../data/compose-spec.json' with { type: 'json' };

/**
 * The schema's validator as a module, written to `generated/` by `npm run generate`: compiling the schema takes
 * longer than most files take to be loaded, and each command line is a new process.
 */
export function renderValidator(): string {
  const { $schema: _draft, ...schema } = composeSchema as Record<string, unknown>;
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    verbose: true,
    validateFormats: false,
    inlineRefs: false,
    code: { source: true, esm: true, lines: true },
  });
  // Ajv asks for its own comparison of values with `require`, which modules do not have.
  const code = standalone
    .default(ajv, ajv.compile(schema))
    .replace('"use strict";\n', '')
    .replace('require("ajv/dist/runtime/equal").default', 'equal.default')
    // A dot is as in Go: anything but a line feed, where JavaScript leaves out other line breaks as well.
    .replaceAll(/RegExp\("(\^?)\.\+/g, 'RegExp("$1[^\\n]+');
  return [
    '// The validator of data/compose-spec.json, written by `npm run generate`.',
    'import equal from "ajv/dist/runtime/equal.js";',
    code,
  ].join('\n');
}
