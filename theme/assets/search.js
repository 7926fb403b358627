// @ts-check
/* The search: a dialog that looks through the handbook's own index with lunr, in the page's language. The index and
   lunr come when the dialog is first opened, as scripts and not with fetch(), so that it works on pages that were
   opened from a file too. Nothing that is typed leaves this browser. */

/**
 * What search/index.js holds: for each heading of the handbook its address, its page's title, its own and its text.
 * @typedef {{place: string, page: string, title: string, text: string}} Passage
 */
/** @type {Passage[] | undefined} */
var handbookPassages; // eslint-disable-line no-var -- search/index.js fills it

(() => {
  "use strict";

  const MOST_PAGES = 30;
  const MOST_PASSAGES = 4; // of one page
  const AROUND = 160; // letters of an excerpt
  const WORK = 24; // milliseconds of indexing before the page may breathe

  const root = new URL("../", /** @type {HTMLScriptElement} */ (document.currentScript).src);
  const language = document.documentElement.lang;
  const [button] = document.querySelectorAll(".hb-search-button");
  const dialog = document.getElementById("hb-search");
  const form = dialog?.querySelector("form");
  const input = dialog?.querySelector("input");
  const status = dialog?.querySelector(".hb-search__status");
  const list = dialog?.querySelector(".hb-search__list");
  if (!(button instanceof HTMLElement) || !(dialog instanceof HTMLDialogElement) || !form || !input || !status || !list) return;

  // ---------------------------------------------------------------- the index

  /** @param {string} path @returns {Promise<void>} */
  function script(path) {
    return new Promise((done, failed) => {
      const made = document.createElement("script");
      made.src = new URL(path, root).href;
      made.addEventListener("load", () => done());
      made.addEventListener("error", () => failed(new Error(path)));
      document.head.append(made);
    });
  }

  /** A word without accents: who leaves them out finds it as well. @param {any} token */
  const plain = (token) => token.update((/** @type {string} */ word) => word.normalize("NFD").replace(/\p{M}/gu, ""));

  /**
   * @typedef {{index: any, stems: (word: string) => string[], passages: Passage[]}} Shelf
   * @returns {Promise<Shelf>}
   */
  async function made() {
    await Promise.all([script("assets/search/lunr.js"), script("search/index.js")]);
    const lunr = /** @type {any} */ (window).lunr;
    if (language !== "en") {
      await script("assets/search/lunr.stemmer.support.min.js");
      await script(`assets/search/lunr.${language}.min.js`);
    }
    const own = lunr[language] ?? lunr;
    lunr.Pipeline.registerFunction(plain, "plain");
    const builder = new lunr.Builder();
    const steps = [own.stopWordFilter, own.stemmer, plain];
    builder.pipeline.add(own.trimmer ?? lunr.trimmer, ...steps);
    builder.field("title", { boost: 12 });
    builder.field("text");
    const passages = handbookPassages ?? [];
    let until = performance.now() + WORK;
    for (const [at, passage] of passages.entries()) {
      builder.add({ id: String(at), title: passage.title, text: passage.text });
      if (performance.now() < until) continue;
      await new Promise((go) => setTimeout(go));
      until = performance.now() + WORK;
    }
    const stemming = new lunr.Pipeline();
    stemming.add(...steps);
    return { index: builder.build(), stems: (word) => stemming.runString(word), passages };
  }

  /** @type {Promise<Shelf> | undefined} */
  let shelf;
  const ready = () => (shelf ??= made());

  // ---------------------------------------------------------------- looking

  /** The words of a text, in lower case. @param {string} text */
  const words = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

  /**
   * The passages that hold every word, the best first; when there is none, those that hold most of them.
   * A word fits in any of its forms, and as the beginning of a longer one.
   * @param {Shelf} of
   * @param {string} typed
   */
  function look({ index, stems, passages }, typed) {
    const all = words(typed);
    const telling = all.filter((word) => stems(word).length);
    const wanted = telling.length ? telling : all;
    /** @type {Map<number, {words: number, score: number}>} */
    const found = new Map();
    for (const word of wanted) {
      const begin = word.normalize("NFD").replace(/\p{M}/gu, "");
      const hits = index.query((/** @type {any} */ query) => {
        for (const stem of stems(word)) query.term(stem, { usePipeline: false, boost: 10 });
        if (begin.length > 1) query.term(`${begin}*`, { usePipeline: false });
      });
      for (const { ref, score } of hits) {
        const known = found.get(Number(ref)) ?? { words: 0, score: 0 };
        found.set(Number(ref), { words: known.words + 1, score: known.score + score });
      }
    }
    const most = Math.max(...[...found.values()].map((hit) => hit.words));
    const best = [...found].filter(([, hit]) => hit.words === most).sort(([a, x], [b, y]) => y.score - x.score || a - b);
    const fits = fitting(wanted, stems);
    return { fits, passages: best.map(([at]) => passages[at]) };
  }

  /**
   * Whether a word of a text is one that was looked for.
   * @param {string[]} wanted
   * @param {Shelf["stems"]} stems
   * @returns {(word: string) => boolean}
   */
  function fitting(wanted, stems) {
    const known = new Set(wanted.flatMap(stems));
    return (word) => wanted.some((begin) => begin.length > 1 && word.startsWith(begin)) || stems(word).some((stem) => known.has(stem));
  }

  // ---------------------------------------------------------------- showing

  /**
   * A text with the words that were looked for marked. It goes in as text, never as markup.
   * @param {HTMLElement} into
   * @param {string} text
   * @param {(word: string) => boolean} fits
   */
  function marked(into, text, fits) {
    for (const part of text.split(/([\p{L}\p{N}]+)/u)) {
      if (!part) continue;
      if (!/[\p{L}\p{N}]/u.test(part) || !fits(part.toLowerCase())) {
        into.append(part);
        continue;
      }
      into.append(Object.assign(document.createElement("mark"), { textContent: part }));
    }
    return into;
  }

  /** The part of a text around the first word that was looked for. @param {string} text @param {(word: string) => boolean} fits */
  function excerpt(text, fits) {
    const first = [...text.matchAll(/[\p{L}\p{N}]+/gu)].find(([word]) => fits(word.toLowerCase()));
    const from = Math.max(0, (first?.index ?? 0) - AROUND / 3);
    const begin = from === 0 ? 0 : text.indexOf(" ", from) + 1;
    const end = text.length <= begin + AROUND ? text.length : text.lastIndexOf(" ", begin + AROUND);
    return `${begin ? "… " : ""}${text.slice(begin, end > begin ? end : begin + AROUND)}${end < text.length ? " …" : ""}`;
  }

  /** One page with its best passages. @param {Passage[]} passages @param {(word: string) => boolean} fits */
  function entry(passages, fits) {
    const item = document.createElement("li");
    item.className = "hb-found";
    const page = document.createElement("p");
    page.className = "hb-found__page";
    page.textContent = passages[0].page;
    item.append(page);
    for (const { place, title, text } of passages.slice(0, MOST_PASSAGES)) {
      const link = document.createElement("a");
      link.href = new URL(place, root).href;
      link.append(marked(Object.assign(document.createElement("span"), { className: "hb-found__title" }), title, fits));
      if (text) link.append(marked(Object.assign(document.createElement("span"), { className: "hb-found__text" }), excerpt(text, fits), fits));
      item.append(link);
    }
    return item;
  }

  const say = (/** @type {string} */ name, /** @type {number} */ n = 0) => (dialog.dataset[name] ?? "").replace("{n}", String(n));

  let asked = 0;
  async function answer() {
    const turn = (asked += 1);
    const typed = input?.value ?? "";
    if (words(typed).length === 0) {
      list?.replaceChildren();
      return tell(say("begin"));
    }
    try {
      const of = await ready();
      if (turn !== asked) return undefined; // more was typed meanwhile
      const { fits, passages } = look(of, typed);
      /** @type {Map<string, Passage[]>} */
      const pages = new Map();
      for (const passage of passages) {
        const page = passage.place.split("#")[0];
        pages.set(page, [...(pages.get(page) ?? []), passage]);
      }
      list?.replaceChildren(...[...pages.values()].slice(0, MOST_PAGES).map((some) => entry(some, fits)));
      return tell(pages.size === 0 ? say("none") : pages.size === 1 ? say("one") : say("many", pages.size));
    } catch {
      shelf = undefined; // the next letter tries again
      return tell(say("failed"));
    }
  }

  /** @param {string} text */
  function tell(text) {
    if (status && status.textContent !== text) status.textContent = text;
  }

  // ---------------------------------------------------------------- the dialog

  button.addEventListener("click", () => {
    dialog.showModal();
    button.setAttribute("aria-expanded", "true");
    input.select();
    ready().then(answer, answer);
  });
  dialog.addEventListener("close", () => button.setAttribute("aria-expanded", "false"));
  dialog.querySelector(".hb-search__close")?.addEventListener("click", () => dialog.close());
  // beside the box is the dialog itself
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  input.addEventListener("input", answer);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  list.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("a")) dialog.close(); // it may lead to this very page
  });
  dialog.addEventListener("keydown", (event) => {
    const stops = [...dialog.querySelectorAll("input, button, a[href]")].filter((stop) => stop instanceof HTMLElement);
    const at = stops.findIndex((stop) => stop === document.activeElement);
    /** @param {number} to */
    const go = (to) => {
      event.preventDefault();
      stops.at(to % stops.length)?.focus();
    };
    const links = stops.filter((stop) => stop instanceof HTMLAnchorElement);
    if (event.key === "Tab" && !event.shiftKey && at === stops.length - 1) go(0);
    else if (event.key === "Tab" && event.shiftKey && at === 0) go(-1);
    else if (event.key === "ArrowDown" && links.length) go(stops.indexOf(links[links.indexOf(/** @type {any} */ (stops[at])) + 1] ?? links[0]));
    else if (event.key === "ArrowUp" && links.length) go(Math.max(0, at - 1 < stops.indexOf(links[0]) ? 0 : at - 1));
  });
})();
