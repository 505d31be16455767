import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,fixtures,setup,native,test}/**/*.test.{ts,mjs}'],
          exclude: ['**/*.{page,container,e2e}.test.ts', '**/node_modules/**'],
          setupFiles: ['test/fixed-seed.ts'],
          testTimeout: 120_000,
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'page',
          include: ['{src,test}/**/*.page.test.ts'],
          testTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'container',
          include: ['{src,fixtures}/**/*.container.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/**/*.e2e.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'bench',
          include: [],
          benchmark: { include: ['src/**/*.bench.ts'] },
          testTimeout: 300_000,
        },
      },
    ],
    reporters: ['default', 'json'],
    retry: 0,
  },
});
