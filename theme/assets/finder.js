// @ts-check
/* The case finder: narrows the list of cases by theme, department and switch. What is chosen stands in the address,
   so that a view can be sent to a colleague. Without this script the list is whole. */
(() => {
  "use strict";

  const { say, all, make, button, fresh } = hbPage;
  const table = document.querySelector("table.cases");
  const box = table?.closest(".hb-scroll");
  if (!table || !box) return;

  // the columns are: case, theme, departments, switches
  const rows = all("tbody tr", table).map((row) => {
    const [theme, departments, switches] = all("td", row);
    const keyed = (/** @type {HTMLElement} */ cell) => all("[data-key]", cell).map((part) => /** @type {const} */ ([part.dataset.key ?? "", part]));
    return { row, words: { theme: [/** @type {const} */ ([row.dataset.theme ?? "", theme])], department: keyed(departments), switch: keyed(switches) } };
  });
  const cases = rows.map(({ words }) => ({
    theme: words.theme.map(([key]) => key),
    department: words.department.map(([key]) => key),
    switch: words.switch.map(([key]) => key),
  }));

  /** A list to choose from, with what occurs in the cases. @param {typeof hbLogic.KINDS[number]} kind */
  function list(kind) {
    /** @type {Map<string, HTMLElement>} */
    const known = new Map();
    for (const { words } of rows) for (const [key, part] of words[kind]) if (key && !known.has(key)) known.set(key, part);
    const options = [...known].map(([key, part]) => {
      const language = part.querySelector("[lang]")?.getAttribute("lang");
      return make("option", { value: key, ...(language ? { lang: language } : {}) }, part.textContent?.trim() ?? "");
    });
    options.sort((a, b) => (a.textContent ?? "").localeCompare(b.textContent ?? "", document.documentElement.lang));
    return make("select", { id: fresh(kind), name: kind }, make("option", { value: "" }, say(`any-${kind}`)), ...options);
  }

  const lists = { theme: list("theme"), department: list("department"), switch: list("switch") };
  const count = make("p", { class: "hb-count", role: "status" });
  const everything = button(say("show-all"), () => {
    show({ theme: "", department: "", switch: "" });
    keep();
    lists.theme.focus(); // this button goes away
  });
  const chosen = () => ({ theme: lists.theme.value, department: lists.department.value, switch: lists.switch.value });

  /** @param {ReturnType<typeof chosen>} choice */
  function show(choice) {
    for (const kind of hbLogic.KINDS) lists[kind].value = choice[kind];
    const found = rows.filter(({ row }, index) => {
      row.hidden = !hbLogic.fits(cases[index], choice);
      return !row.hidden;
    }).length;
    box?.toggleAttribute("hidden", found === 0);
    everything.hidden = hbLogic.writeQuery(choice) === "";
    count.textContent = found ? say("cases-found", { n: found, all: rows.length }) : say("cases-none");
  }

  /** Put the choice into this page's address and into the links to its other languages. */
  function keep() {
    const query = hbLogic.writeQuery(chosen());
    try {
      history.replaceState(null, "", query || location.pathname);
    } catch {
      // a browser may refuse it for a page that was opened from a file; the list works all the same
    }
    for (const link of all(".hb-languages a")) if (link instanceof HTMLAnchorElement) link.search = query;
  }

  const form = make("form", { class: "hb-finder", "aria-label": say("find-cases") },
    ...hbLogic.KINDS.map((kind) => make("p", {}, make("label", { for: lists[kind].id }, say(kind)), lists[kind])), count, everything);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    show(chosen());
    keep();
  });
  all(".hb-finder--waiting").forEach((empty) => empty.remove());
  box.before(form);
  show(hbLogic.readQuery(location.search, cases));
  keep();
})();
