import { NotAvailable } from '../core/failure.ts';

/** What is asked of any object on its way through promises and JSON. */
const NO_SETTINGS = new Set<PropertyKey>(['then', 'toJSON']);

/**
 * The `env` of an app that is not ours. Nobody knows its settings: whoever asks for one, whether there is
 * one, or for all of them (`{ ...env }`) cannot be answered, and an empty object would be a wrong answer.
 */
export function unknownSettings(): Readonly<Record<string, string>> {
  const refuse = (): never => {
    throw new NotAvailable('needs the settings that labs gives an app it starts');
  };
  const isSetting = (name: PropertyKey) =>
    typeof name === 'string' && !NO_SETTINGS.has(name) && !(name in Object.prototype);
  return new Proxy<Record<string, string>>(
    {},
    {
      get: (target, name) => (isSetting(name) ? refuse() : Reflect.get(target, name)),
      has: (target, name) => (isSetting(name) ? refuse() : Reflect.has(target, name)),
      getOwnPropertyDescriptor: (target, name) =>
        isSetting(name) ? refuse() : Reflect.getOwnPropertyDescriptor(target, name),
      ownKeys: refuse,
    },
  );
}
