import { certificateVariables } from '../image/home.ts';
import type { ImagePlan } from '../image/plan.ts';
import type { Language } from '../languages/language.ts';

/** The install step's way out of the sandbox, as far as the lab allows one. */
export interface Way {
  network: string;
  /** `NAME=value`, for the step alone. */
  variables: readonly string[];
  /** What to tell a learner whose step has failed; undefined where the way was not the reason. */
  remark(): string | undefined;
  /** Aborted when it leads nowhere, which is nobody's fault but the machine's. */
  readonly lost: AbortSignal;
  close(): Promise<void>;
}

/** @param language undefined where the sandbox knows no registry for it: there is then no way */
export async function wayToRegistry(
  { options, openRegistry }: ImagePlan,
  language: Language | undefined,
  certificates: boolean,
): Promise<Way> {
  if (options.sandbox.install === 'none') return NO_WAY;
  if (language === undefined) return NO_REGISTRY;
  const registry = await language.registry(options.env);
  const { network, proxy, refused, lost, close } = await openRegistry(registry.hosts);
  const variables = {
    ...registry.env,
    HTTPS_PROXY: proxy,
    HTTP_PROXY: proxy,
    https_proxy: proxy,
    http_proxy: proxy,
    ...(certificates && certificateVariables()),
  };
  const remark = () => {
    if (refused.size === 0) return undefined;
    const asked = [...refused].slice(0, 3).join(', ');
    return `It asked for ${asked}; from the install step only the package registry can be reached (${registry.hosts.join(', ')}).`;
  };
  return {
    network,
    variables: Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    remark,
    lost,
    close,
  };
}

const NO_WAY: Way = {
  network: 'none',
  variables: [],
  remark: () =>
    'In this lab the install step has no network: it must do with what the workspace holds.',
  lost: new AbortController().signal,
  close: async () => {},
};

const NO_REGISTRY: Way = {
  ...NO_WAY,
  remark: () =>
    'The sandbox knows no package registry for this language: it must do with what the workspace holds.',
};
