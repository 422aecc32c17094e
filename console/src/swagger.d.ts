declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  const make: (wish: Record<string, unknown>) => unknown;
  export default make;
}
