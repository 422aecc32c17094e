import 'swagger-ui-dist/swagger-ui.css';
import './docs.css';
import { Skeleton } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { basePath } from '~/base';
import { csrfToken } from '~/session';
import { Failure } from '~/ui/failure';
import { Page } from '~/ui/page';

type SwaggerUi = (wish: Record<string, unknown>) => unknown;

/** The reference of the API, made from the engine's own document. Nothing comes from elsewhere. */
export function DocsPage() {
  const box = useRef<HTMLDivElement>(null);
  const [error, setError] = useState<unknown>();
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let live = true;
    import('swagger-ui-dist/swagger-ui-es-bundle.js').then(
      (module: { default: SwaggerUi }) => {
        if (!live || !box.current) return;
        module.default({
          domNode: box.current,
          url: `${basePath}/openapi.json`,
          deepLinking: false,
          docExpansion: 'list',
          defaultModelsExpandDepth: 0,
          filter: true,
          onComplete: () => box.current?.querySelector('#servers')?.setAttribute('aria-label', 'Server'),
          validatorUrl: null,
          persistAuthorization: false,
          requestInterceptor: (request: { method?: string; headers: Record<string, string> }) => {
            const token = csrfToken();
            if (token && request.method && request.method.toUpperCase() !== 'GET') request.headers['X-CSRF-Token'] = token;
            return request;
          },
        });
        setReady(true);
      },
      (e: unknown) => live && setError(e),
    );
    return () => {
      live = false;
    };
  }, []);
  return (
    <Page title="API reference" note="What you try out here is done with your own session, and really done.">
      {error !== undefined && <Failure error={error} />}
      {!ready && error === undefined && <Skeleton h={300} />}
      <div ref={box} className="rm-docs" />
    </Page>
  );
}
