import type { Machine } from '../../../src/doctor/machine.ts';

/** A machine with all that labs can use, but for what is said otherwise. */
export function machine(differences: Partial<Machine> = {}): Machine {
  return {
    platform: 'linux',
    arch: 'x64',
    rights: 'root',
    nodeVersion: '24.21.0',
    userName: 'ada',
    directories: { package: '/opt/labs', cache: '/var/cache/labs', runs: '/dev/shm/labs' },
    hasSystemd: true,
    packageManager: { name: 'apt-get', privileged: true },
    which: async (program) => `/usr/bin/${program}`,
    run: async () => ({
      started: true,
      exitCode: 0,
      timedOut: false,
      stdout: 'Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc bits=64',
      stderr: '',
    }),
    space: async () => ({ freeBytes: 8 * 2 ** 30, writable: true, inMemory: false }),
    engine: async () => ({ answers: true, version: '28.2', apiVersion: '1.50', where: '/d.sock' }),
    postgres: async () => ({ usable: true, version: 'PostgreSQL 18.4', where: '/opt/pg' }),
    faketime: async () => '/usr/lib/faketime/libfaketime.so.1',
    canListen: async () => true,
    ...differences,
  };
}

export const labs = [
  { id: 'crud-api', services: ['postgres'] },
  { id: 'redis-cache', services: ['postgres', 'redis'] },
];

export const noEngine: Partial<Machine> = {
  engine: async () => ({ answers: false, trouble: 'absent', reason: 'there is no socket of one' }),
};

export const noPrograms: Partial<Machine> = { which: async () => undefined };
