/** A URL for people. */
export function withoutPassword(url: URL): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  // libpq takes it there too; labs does not, and says so with the URL.
  if (shown.searchParams.has('password')) shown.searchParams.set('password', '***');
  return shown.href;
}
