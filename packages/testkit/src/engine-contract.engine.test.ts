import { engineContract } from './engine-contract.ts';
import { sandboxEngine, smallImage } from './sandbox-engine.ts';

engineContract('the real engine behaves as Berth expects', async (t) => {
  const sandbox = await sandboxEngine(t);
  if (sandbox === undefined) return undefined;
  const image = await smallImage(sandbox.engine);
  if (image === undefined) {
    t.skip('no small image: run `./berth up`, or name one in BERTH_TEST_IMAGE');
    return undefined;
  }
  return { ...sandbox, image, until: (look) => sandbox.until(look) };
});
