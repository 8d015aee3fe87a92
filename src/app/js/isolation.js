// A service worker for hosts that send no headers: it adds those that isolate the page, which
// is what allows shared memory and with it threads. It keeps nothing and answers nothing by
// itself. `cargo xtask` writes `BUILD` and `HEADERS`, the table of xtask/src/headers.rs, above
// this. Registered by parallax.js, as a fallback only; `?isolate=off` removes it.

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const own = new URL(request.url).origin === self.location.origin;
  // In somebody else's page isolation is theirs to give.
  const framed = request.mode === 'navigate' && request.destination !== 'document';
  if (own && !framed) event.respondWith(answer(event));
});

async function answer({ request, clientId }) {
  // The page itself is asked for anew: hosts without headers say nothing on caching either, and
  // a page kept from before a deploy would look for files that are gone.
  const response = await (request.mode === 'navigate'
    ? fetch(request.url, { cache: 'no-cache', credentials: 'same-origin', redirect: 'manual' })
    : fetch(request));
  // A redirect is the browser's to follow, and has no headers to add to.
  if (response.type === 'opaqueredirect' || response.type === 'error') return response;
  if (request.mode === 'navigate' && response.headers.has('Cross-Origin-Embedder-Policy')) {
    // The host does it by now.
    await self.registration.unregister();
    return response;
  }
  const client = clientId && (await self.clients.get(clientId));
  if (client && client.frameType === 'nested') return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of HEADERS) headers.set(name, value);
  headers.set('X-Parallax-Isolation', BUILD);
  const { status, statusText } = response;
  const empty = [101, 204, 205, 304].includes(status);
  return new Response(empty ? null : response.body, { status, statusText, headers });
}
