/** What a terminal or an editor would act on, or not show; C0 is escaped in JSON anyway. */
const UNSEEN =
  /[\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** JSON with every invisible character escaped: the same value, and safe to print. */
export function jsonText(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replace(UNSEEN, (match) =>
    Array.from({ length: match.length }, (_, at) => unit(match.charCodeAt(at))).join(''),
  );
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
