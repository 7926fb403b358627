// @ts-check
/* What HTML and CSS cannot do: the menu on narrow screens, light and dark, tables on a phone, the place in the text.
   A classic script on purpose: browsers refuse modules that are opened from a file, for instance on a USB stick. */
(() => {
  "use strict";

  const root = document.documentElement;
  const narrow = matchMedia("(max-width: 59.99em)");

  /**
   * All elements that match.
   * @param {string} selector
   * @param {ParentNode} [within]
   * @returns {HTMLElement[]}
   */
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));

  /**
   * The menu behind its button. While it is closed nothing in it takes focus; while it is open, nothing behind it.
   */
  function menu() {
    const [button] = all(".hb-menu-button");
    const [drawer] = all(".hb-menu");
    if (!button || !drawer) return;
    const behind = all(".md-main, .hb-footer");

    /** @param {boolean} wanted */
    const show = (wanted) => {
      const open = wanted && narrow.matches;
      button.setAttribute("aria-expanded", String(open));
      drawer.inert = narrow.matches && !open;
      for (const part of behind) part.inert = open;
      root.classList.toggle("hb-menu-open", open);
    };
    const isOpen = () => button.getAttribute("aria-expanded") === "true";

    button.addEventListener("click", () => show(!isOpen()));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !isOpen()) return;
      show(false);
      button.focus();
    });
    // a link to the page one is on changes nothing but the place on it
    drawer.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest("a")) show(false);
    });
    narrow.addEventListener("change", () => show(false));
    show(false);

    // on wide screens the menu scrolls by itself: begin where the reader is
    const [current] = all("[aria-current]", drawer);
    if (current && current.offsetTop > drawer.clientHeight * 0.7) drawer.scrollTop = current.offsetTop - drawer.clientHeight / 3;
  }

  /** What takes the focus by keyboard does not stay behind the header, or behind a timer at the foot of the window. */
  function inSight() {
    document.addEventListener("focusin", ({ target }) => {
      if (!(target instanceof Element) || !target.matches(".md-container > :not(.hb-menu) :focus-visible")) return;
      target.scrollIntoView({ block: "nearest", inline: "nearest" }); // keeps to scroll-padding; the browser's own way does not
    });
  }

  /** Light or dark: as the system asks, until the reader chooses. The choice stays in this browser. */
  function scheme() {
    const [button] = all(".hb-scheme-button");
    if (!button) return;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const isDark = () => document.body.getAttribute("data-md-color-scheme") === "slate";

    /** @param {boolean} wanted */
    const use = (wanted) => {
      document.body.setAttribute("data-md-color-scheme", wanted ? "slate" : "default");
      button.setAttribute("aria-pressed", String(wanted));
    };
    button.addEventListener("click", () => {
      use(!isDark());
      try {
        localStorage.setItem("handbook.scheme", isDark() ? "slate" : "default");
      } catch {
        // storage may be switched off; then the choice holds for this page
      }
    });
    dark.addEventListener("change", () => use(dark.matches));
    use(isDark());
  }

  /** The list of languages closes like every other list: with Escape, and with a click beside it. */
  function languages() {
    const [list] = all(".hb-languages");
    if (!(list instanceof HTMLDetailsElement)) return;
    document.addEventListener("click", (event) => {
      if (event.target instanceof Node && !list.contains(event.target)) list.open = false;
    });
    list.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      list.open = false;
      list.querySelector("summary")?.focus();
    });
  }

  /** Cells know their column when a phone shows rows as cards; a table stays a table for screen readers. */
  function tables() {
    const roles = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", "thead th": "columnheader", "tbody th": "rowheader", td: "cell" };
    for (const box of all(".hb-scroll")) {
      const table = box.querySelector("table");
      if (!table) continue;
      const names = all("thead :is(th, td)", table).map((head) => head.innerText.trim());
      for (const row of all("tbody tr", table)) {
        all("th, td", row).forEach((cell, column) => {
          if (names[column]) cell.dataset.label = names[column];
        });
      }
      for (const [selector, role] of Object.entries(roles)) {
        for (const part of selector === "table" ? [table] : all(selector, table)) part.setAttribute("role", role);
      }
    }
    scrolling();
  }

  /** A table that is wider than its place can be reached and moved by keyboard, and says what it is. */
  function scrolling() {
    /** @param {HTMLElement} box */
    const look = (box) => {
      const wide = box.scrollWidth > box.clientWidth + 1;
      const marks = { tabindex: "0", role: "region", "aria-label": box.dataset.name ?? "" };
      for (const [name, value] of Object.entries(marks)) {
        if (wide) box.setAttribute(name, value);
        else box.removeAttribute(name);
      }
    };
    const watch = new ResizeObserver((entries) => entries.forEach(({ target }) => target instanceof HTMLElement && look(target)));
    all(".hb-scroll").forEach((box, index) => {
      box.dataset.name = `${nameOf(box)} (${index + 1})`; // the number keeps names of one page apart
      watch.observe(box);
    });
  }

  /**
   * A name for a table: its caption, or the heading above it.
   * @param {HTMLElement} box
   * @returns {string}
   */
  function nameOf(box) {
    const caption = box.querySelector("caption")?.textContent;
    if (caption) return caption;
    const above = all("h1, h2, h3, h4", document).filter((head) => head.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING);
    return above.at(-1)?.innerText ?? document.title;
  }

  /** Where the reader is, in the list of headings beside the text. */
  function here() {
    const links = all(".hb-aside a[href^='#']").filter((link) => link instanceof HTMLAnchorElement);
    const places = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
    if (!links.length) return;
    const look = () => {
      const passed = places.filter((place) => place && place.getBoundingClientRect().top < innerHeight / 4);
      const now = places.indexOf(passed.at(-1) ?? null);
      links.forEach((link, at) => link.classList.toggle("hb-here", at === now && passed.length > 0));
    };
    addEventListener("scroll", look, { passive: true });
    look();
  }

  /** A way back up, on long pages, for those who are on their way up. */
  function top() {
    const [button] = all(".hb-top");
    if (!button) return;
    let before = scrollY;
    addEventListener("scroll", () => {
      if (Math.abs(scrollY - before) < 8) return;
      button.hidden = scrollY > before || scrollY < innerHeight;
      before = scrollY;
    }, { passive: true });
    button.addEventListener("click", () => {
      scrollTo({ top: 0 });
      const [title] = all("h1");
      title?.setAttribute("tabindex", "-1");
      title?.focus({ preventScroll: true });
      button.hidden = true;
    });
  }

  /** What is folded is opened when a link leads into it, and on paper. */
  function folded() {
    const open = () => {
      const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      for (let box = place?.closest("details"); box; box = box.parentElement?.closest("details")) box.open = true;
    };
    addEventListener("hashchange", open);
    open();
    addEventListener("beforeprint", () => {
      for (const box of all(".hb-article details:not(.hb-contents)")) box.setAttribute("open", "");
    });
  }

  menu();
  inSight();
  scheme();
  languages();
  tables();
  here();
  top();
  folded();
})();
