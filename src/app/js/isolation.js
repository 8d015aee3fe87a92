// A service worker for hosts that send no headers: it adds those that isolate the page, which
// is what allows shared memory and with it threads. It keeps nothing, answers nothing by itself,
// and never asks who asks: Firefox answers that only once a Worker's scripts have all arrived.
// `cargo xtask` writes `BUILD` and `HEADERS`, the table of xtask/src/headers.rs, above this.
// Registered by parallax.js, as a fallback only; `?isolate=off` removes it.

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const own = new URL(request.url).origin === self.location.origin;
  // In somebody else's page isolation is theirs to give.
  const framed = request.mode === 'navigate' && request.destination !== 'document';
  if (own && !framed) event.respondWith(answer(event));
});

async function answer({ request }) {
  // Everything is asked for anew: hosts without headers say nothing on caching either, and what
  // was kept from before a deploy, or from before the host sent headers, would not fit.
  const response = await (request.mode === 'navigate'
    ? fetch(request.url, { cache: 'no-cache', credentials: 'same-origin', redirect: 'manual' })
    : fetch(request, { cache: 'no-cache' }));
  // A redirect is the browser's to follow, and has no headers to add to. And where the host sends
  // them by now nothing is added: parallax.js sees that and removes this.
  if (response.type === 'opaqueredirect' || response.type === 'error') return response;
  if (response.headers.has('Cross-Origin-Embedder-Policy')) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of HEADERS) headers.set(name, value);
  headers.set('X-Parallax-Isolation', BUILD);
  const { status, statusText } = response;
  const empty = [101, 204, 205, 304].includes(status);
  return new Response(empty ? null : response.body, { status, statusText, headers });
}
