/** `npm run schema`: writes the validator of the Compose schema as a module. A test fails when it is old. */
import { writeFileSync } from 'node:fs';
import { renderValidator } from '@berth/compose/schema-code';

const path = 'packages/compose/generated/schema-validator.js';
writeFileSync(new URL(`../${path}`, import.meta.url), renderValidator());
console.log(path);
