// @ts-check
/* Keeps the whole handbook in the browser, so that it works without a network. The builder puts this file at the top
   of a language's folder, below a line with the edition: its version, and its files with their hashes. It asks the
   handbook's own server for the handbook's own files, and for nothing else. */
(() => {
  "use strict";

  const worker = /** @type {any} */ (self);
  /** @type {{version: string, files: Record<string, string>, missing: string}} */
  const edition = worker.handbookEdition;
  /** @type {string} */
  const scope = worker.registration.scope;
  // several cities, languages and editions may share one origin: only caches with this beginning are ours
  const OURS = `handbook ${scope} `;
  const CACHE = OURS + edition.version;
  const LIST = `${scope}?files`;
  const AT_ONCE = 6;

  const ownCaches = async () => (await caches.keys()).filter((name) => name.startsWith(OURS));

  /** What an older edition kept, by hash: what has not changed is not asked for again. @returns {Promise<Map<string, () => Promise<Response | undefined>>>} */
  async function known() {
    const found = new Map();
    for (const name of await ownCaches()) {
      const cache = await caches.open(name);
      const list = await (await cache.match(LIST))?.json().catch(() => null);
      for (const [file, hash] of Object.entries(list ?? {})) found.set(hash, () => cache.match(new URL(file, scope)));
    }
    return found;
  }

  /** A file from the server, which must be the one of this edition. @param {string} file @param {string} hash */
  async function fetched(file, hash) {
    // past the browser's own cache; a file of another edition, or one that was changed on its way, is an error
    // eslint-disable-next-line no-restricted-globals -- the handbook's own files
    const answer = await fetch(new URL(file, scope), { cache: "reload", integrity: hash, credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
    if (!answer.redirected) return answer;
    // browsers refuse a redirected answer as a page
    return new Response(await answer.blob(), { headers: answer.headers });
  }

  async function install() {
    const before = await known();
    const cache = await caches.open(CACHE);
    const waiting = Object.entries(edition.files);
    const some = async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const [file, hash] = next;
        await cache.put(new URL(file, scope), (await before.get(hash)?.()) ?? (await fetched(file, hash)));
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, some));
      await cache.put(LIST, new Response(JSON.stringify(edition.files)));
    } catch (error) {
      await caches.delete(CACHE); // half an edition is none; the next visit tries again
      throw error;
    }
  }

  async function activate() {
    for (const name of await ownCaches()) if (name !== CACHE) await caches.delete(name);
    await worker.clients.claim();
  }

  /** A file of this edition; from the server when the browser has thrown it away. @param {string} file @param {Request} request */
  async function kept(file, request) {
    const cache = await caches.open(CACHE);
    // eslint-disable-next-line no-restricted-globals -- the handbook's own files
    return (await cache.match(new URL(file, scope))) ?? fetch(request);
  }

  /** What is not kept, such as a PDF: from the server, or a page that says why not. @param {Request} request */
  async function asked(request) {
    try {
      // eslint-disable-next-line no-restricted-globals -- the handbook's own files
      return await fetch(request);
    } catch {
      return new Response(edition.missing.replace("{home}", scope), { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
    }
  }

  worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
  worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));
  worker.addEventListener("message", (/** @type {MessageEvent} */ event) => {
    if (event.data === "show") worker.skipWaiting();
  });
  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    /** @type {Request} */
    const request = event.request;
    const { href, pathname } = new URL(request.url);
    if (request.method !== "GET" || !href.startsWith(scope)) return;
    const name = decodeURIComponent(pathname.slice(new URL(scope).pathname.length));
    const file = name === "" || name.endsWith("/") ? `${name}index.html` : name;
    if (Object.hasOwn(edition.files, file)) event.respondWith(kept(file, request));
    else if (request.mode === "navigate") event.respondWith(asked(request));
  });
})();
