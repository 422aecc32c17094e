/** What the server wrote into index.html. */
function meta(name: string): string | undefined {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content || undefined;
}

/** Where the console lives: "" at the root, "/ringmaster" behind a proxy's path. */
export const basePath = (meta('base-path') ?? '/').replace(/\/+$/, '');

/** For the style elements that Mantine makes; undefined where no server has filled it in. */
export function styleNonce(): string | undefined {
  const nonce = meta('csp-nonce');
  return nonce === '__CSP_NONCE__' ? undefined : nonce;
}
