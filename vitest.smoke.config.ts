import { defineConfig } from 'vitest/config';
import { smoke, unit } from './test/projects.js';
import { settings } from './test/settings.js';

/** `npm run test:smoke`: what could differ under another Node. */
export default defineConfig({
  test: {
    ...settings,
    projects: [
      { extends: true, test: { name: 'unit', isolate: false, include: unit.include, exclude: unit.except } },
      { extends: true, test: { name: 'smoke', include: smoke } },
    ],
  },
});
