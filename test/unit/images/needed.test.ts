import { expect, it } from 'vitest';
import { neededImages } from '../../../src/images/needed.ts';

it('names each image once, with all that it is for', () => {
  const postgres = { version: '17', variable: 'DATABASE_URL' };
  const redis = { version: '8', variable: 'REDIS_URL' };
  expect(
    neededImages([
      { services: { postgres }, languages: ['typescript', 'cobol'] },
      { services: { postgres, redis }, languages: ['typescript', 'python', 'javascript'] },
    ]),
  ).toEqual([
    { image: 'postgres:17-alpine', uses: ['service'] },
    { image: 'redis:8-alpine', uses: ['service'] },
    { image: 'node:24-slim', uses: ['javascript', 'typescript', 'network of the sandbox'] },
    { image: 'python:3.13-slim', uses: ['python'] },
  ]);
});
