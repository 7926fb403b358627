// @ts-check
/* What HTML and CSS cannot do: the menu and the search on narrow screens, light and dark, tables on a phone.
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

  /**
   * Material's search as a dialog: a button opens it, Tab walks through it, Escape brings the focus back.
   */
  function search() {
    const [button] = all(".hb-search-button");
    const [dialog] = all(".hb-search");
    const toggle = document.getElementById("__search");
    const query = dialog?.querySelector("input");
    if (!button || !dialog || !query || !(toggle instanceof HTMLInputElement)) return;
    const behind = all(".md-container, .hb-brand, .hb-tools, .hb-menu-button, [data-md-component=skip]");
    const shut = () => toggle.checked && toggle.click();

    toggle.addEventListener("change", () => {
      button.setAttribute("aria-expanded", String(toggle.checked));
      for (const part of behind) part.inert = toggle.checked;
      if (toggle.checked) query.focus();
      else button.focus();
    });
    button.addEventListener("click", () => toggle.click());
    dialog.querySelector(".hb-search__close")?.addEventListener("click", shut);
    // Material closes the search at Tab, and gives every other key to the field, Shift of Shift+Tab as well
    dialog.addEventListener("keydown", (event) => {
      const typing = event.target === query;
      if (event.key === "Tab" || (!typing && !/^(Arrow(Up|Down)|Escape)$/.test(event.key))) event.stopPropagation();
      if (event.key === "Tab") stayInside(event, dialog);
    });

    // results come as links that only arrows reach, with headings that break the page's outline
    const list = dialog.querySelector(".md-search-result__list");
    if (!list) return;
    new MutationObserver(() => {
      for (const link of all("a, summary", list)) link.removeAttribute("tabindex");
      for (const title of all("h1, h2", list)) title.setAttribute("role", "presentation");
    }).observe(list, { childList: true, subtree: true });
  }

  /**
   * Tab from the last stop of a dialog leads to its first one, and back.
   * @param {KeyboardEvent} event
   * @param {HTMLElement} dialog
   */
  function stayInside(event, dialog) {
    const stops = all("input, button, a[href], summary", dialog).filter((stop) => stop.checkVisibility());
    const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (document.activeElement !== from) return;
    event.preventDefault();
    to?.focus();
  }

  /**
   * Material listens to single letters (n, p, f, s …). Speech input and a hand that trembles would turn pages
   * with them, and there is no switch for it (WCAG 2.1.4): they do not get that far.
   */
  function noLetterKeys() {
    document.addEventListener("keydown", (event) => {
      const [toggle] = all("#__search");
      const searching = toggle instanceof HTMLInputElement && toggle.checked;
      if (!searching && event.key.length === 1) event.stopPropagation();
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

  menu();
  search();
  noLetterKeys();
  scheme();
  languages();
  tables();
})();
