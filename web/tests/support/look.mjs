// What a page looks like: whether it stands still, fits, and is accessible.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { until } from './api.mjs';

/**
 * The graph stands still: it is fitted into its frame a moment after a step came or went, and what was measured before
 * is somewhere else after. Counted in the page, so that a slow machine waits longer.
 */
export async function atRest(page) {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const shown = () => document.querySelector('.react-flow__viewport')?.style.transform;
    let [last, since, frames] = [shown(), performance.now(), 0];
    while (frames < 20 || performance.now() - since < 400) {
      await frame();
      if (shown() === last) frames += 1;
      else [last, since, frames] = [shown(), performance.now(), 0];
    }
  });
}

/** Everything is there: every question answered, no bone of what is still to come, and nothing moving. */
export async function settled({ page, pending }, what = page.url()) {
  const unrest = () =>
    page.evaluate(async () => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      await document.fonts.ready;
      await frame();
      await frame();
      const moving = document.getAnimations().filter((one) => one.playState === 'running' && Number.isFinite(one.effect?.getComputedTiming().endTime));
      const coming = [...document.querySelectorAll('[aria-busy="true"], .skeleton, .m-bone, [data-stale]')].filter((one) => one.checkVisibility());
      return [...moving.map(({ effect }) => effect.target), ...coming].map((element) => element?.className);
    });
  let seen = [];
  const isStill = async () => {
    seen = [...pending(), ...(await unrest()), ...pending()];
    return seen.length === 0;
  };
  await until(isStill, `${what} to stand still`, 20_000).catch((error) => {
    throw new Error(`${error.message}: ${seen.join(', ')}`, { cause: error });
  });
}

/** How many pixels the page is wider than its window. */
export function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** axe over the whole page as it is; answers its violations in words. */
export async function violations(page) {
  // A tooltip is drawn outside of every landmark; it is not what is looked at here.
  await page.mouse.move(1, 1);
  await page.getByRole('tooltip').waitFor({ state: 'hidden' });
  // A menu that was used fades away; half gone it is neither open nor closed.
  await until(async () => (await page.locator('.mantine-Menu-dropdown:visible').count()) === 0, 'closed menus');
  // The policy forbids scripts from elsewhere: the tool is put in beside it.
  await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const { violations: found } = await globalThis.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
    return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id} ${node.target.join(' ')}: ${node.failureSummary}`));
  }, TAGS);
}
