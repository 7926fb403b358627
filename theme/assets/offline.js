// @ts-check
/* Has the browser keep the handbook for use without a network, and tells when there is a new edition.
   Where that is not possible or not wanted (a page opened from a file, a server without https, a browser that saves
   data) nothing happens, and the pages are what they are. */
(() => {
  "use strict";

  const here = /** @type {HTMLScriptElement} */ (document.currentScript);
  const words = here.dataset;
  const root = new URL("../", here.src);
  const saving = /** @type {any} */ (navigator).connection?.saveData === true;
  if (!("serviceWorker" in navigator) || !location.protocol.startsWith("http") || saving) return;

  /** @param {string} text @param {() => void} act @param {string} look */
  function button(text, act, look) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: `hb-button ${look}`, textContent: text });
    made.addEventListener("click", act);
    return made;
  }

  const box = Object.assign(document.createElement("div"), { className: "hb-edition" });
  box.setAttribute("role", "status"); // stands there before it says something, or nobody is told
  document.querySelector(".hb-page")?.append(box);

  /** A new edition is here whole, and waits. @param {ServiceWorker} waiting */
  function tell(waiting) {
    if (box.childElementCount) return;
    const text = Object.assign(document.createElement("p"), { textContent: words.told ?? "" });
    const show = button(words.show ?? "", () => {
      navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
      waiting.postMessage("show");
    }, "hb-edition__show");
    box.append(text, show, button(words.later ?? "", () => box.replaceChildren(), ""));
  }

  async function begin() {
    const registration = await navigator.serviceWorker.register(new URL("worker.js", root), { scope: root.href, updateViaCache: "none" });
    const look = () => {
      // without a controller this is the first visit, and there is nothing old to replace
      if (registration.waiting && navigator.serviceWorker.controller) tell(registration.waiting);
    };
    registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
    look();
  }

  // after the page itself: what it keeps for later does not slow down what is read now
  addEventListener("load", () => void begin().catch(() => undefined));
})();
