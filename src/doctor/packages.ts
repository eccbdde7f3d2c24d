import type { Fix } from './finding.ts';

export type ManagerName = 'apt-get' | 'dnf' | 'apk' | 'pacman' | 'zypper' | 'brew';
export type Software = 'docker' | 'redis' | 'faketime';

/** A program that installs software on this machine. */
export interface PackageManager {
  name: ManagerName;
  /** Whether it must run as root; brew refuses to. */
  privileged: boolean;
}

interface Description {
  /** Without questions. */
  install: readonly string[];
  /** Where the list of packages may be absent or old. */
  refresh?: readonly string[];
  packages: Readonly<Record<Software, readonly string[]>>;
}

/** Fedora, Alpine and Arch ship Valkey, which speaks the same protocol, in the place of Redis. */
const MANAGERS: Readonly<Record<ManagerName, Description>> = {
  'apt-get': {
    refresh: ['apt-get', 'update'],
    install: ['apt-get', 'install', '-y'],
    packages: { docker: ['docker.io'], redis: ['redis-server'], faketime: ['libfaketime'] },
  },
  dnf: {
    install: ['dnf', 'install', '-y'],
    packages: { docker: ['moby-engine'], redis: ['valkey'], faketime: ['libfaketime'] },
  },
  apk: {
    install: ['apk', 'add', '--no-cache'],
    packages: { docker: ['docker'], redis: ['valkey'], faketime: ['libfaketime'] },
  },
  pacman: {
    install: ['pacman', '-S', '--needed', '--noconfirm'],
    packages: { docker: ['docker'], redis: ['valkey'], faketime: ['libfaketime'] },
  },
  zypper: {
    install: ['zypper', '--non-interactive', 'install'],
    packages: { docker: ['docker'], redis: ['redis'], faketime: ['libfaketime'] },
  },
  brew: {
    install: ['brew', 'install'],
    packages: { docker: ['colima', 'docker'], redis: ['redis'], faketime: ['libfaketime'] },
  },
};

/** The machine's own first: Homebrew may be there beside it. */
export const MANAGER_NAMES = Object.keys(MANAGERS) as ManagerName[];

export function packageManager(name: ManagerName): PackageManager {
  return { name, privileged: name !== 'brew' };
}

/** How to install it; undefined where no package manager is known. */
export function installation(
  manager: PackageManager | undefined,
  software: Software,
  description: string,
): Fix | undefined {
  if (manager === undefined) return undefined;
  const { refresh, install, packages } = MANAGERS[manager.name];
  return {
    description,
    command: [...(refresh === undefined ? [] : [refresh]), [...install, ...packages[software]]],
    privileged: manager.privileged,
  };
}
