import { basePath } from '~/base';

/** What an action sends, for a shell. The key stays a variable. */
export function curlOf(method: string, path: string, body?: unknown): string {
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const parts = ['curl -s', method === 'GET' ? '' : `-X ${method}`, quote(location.origin + basePath + path)];
  parts.push('-H "Authorization: Bearer $KEY"');
  if (body !== undefined) parts.push("-H 'Content-Type: application/json'", `-d ${quote(JSON.stringify(body))}`);
  return parts.filter(Boolean).join(' \\\n  ');
}
