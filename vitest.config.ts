import { defineConfig } from 'vitest/config';
import { browser, chaos, integration, unit } from './test/projects.js';
import { settings } from './test/settings.js';

export default defineConfig({
  test: {
    ...settings,
    projects: [
      { extends: true, test: { name: 'unit', isolate: false, include: unit.include, exclude: unit.except } },
      { extends: true, test: { name: 'integration', include: integration, exclude: chaos } },
      { extends: true, test: { name: 'browser', include: browser } },
      { extends: true, test: { name: 'chaos', include: chaos } },
    ],
  },
});
