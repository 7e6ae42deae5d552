"use strict";
(() => {
  const list = document.getElementById("list");
  const help = document.getElementById("help");
  document.getElementById("close").addEventListener("click", () => help.close());
  if (!list) return;

  const query = document.getElementById("query");
  const detector = document.getElementById("detector");
  const count = document.getElementById("count");
  const none = document.getElementById("none");
  const boxes = [...document.querySelectorAll("input[name=severity]")];
  const format = new Intl.NumberFormat("en");
  const items = Array.from(list.children, (element) => ({
    element,
    severity: element.dataset.severity,
    detector: element.dataset.detector,
    text: null,
  }));

  // Details wait in a template: moving them out is all that drawing them takes.
  const draw = (element) => {
    const template = element.querySelector(":scope > template");
    if (template) template.replaceWith(template.content);
  };
  list.addEventListener("toggle", (event) => event.target.open && draw(event.target), true);

  // What a finding says, in small letters, gathered when it is first needed.
  const text = (item) => {
    if (item.text === null) {
      const template = item.element.querySelector(":scope > template");
      item.text = (item.element.textContent + (template ? template.content.textContent : "")).toLowerCase();
    }
    return item.text;
  };
  const idle = window.requestIdleCallback || ((work) => setTimeout(() => work({ timeRemaining: () => 4 }), 20));
  let gathered = 0;
  const gather = (deadline) => {
    while (gathered < items.length && deadline.timeRemaining() > 1) text(items[gathered++]);
    if (gathered < items.length) idle(gather);
  };
  idle(gather);

  // Of thousands, only as many as one looks at are laid out; the rest follows as one scrolls.
  const STEP = 200;
  const more = document.getElementById("more");
  let matches = items;
  let shown = items.length;
  const reveal = (to) => {
    for (; shown < Math.min(to, matches.length); shown++) matches[shown].element.hidden = false;
    more.hidden = shown >= matches.length;
  };
  const show = (next) => {
    const first = new Set(next.slice(0, STEP));
    for (const item of matches.slice(0, shown)) if (!first.has(item)) item.element.hidden = true;
    matches = next;
    shown = 0;
    reveal(STEP);
  };
  more.addEventListener("click", () => reveal(shown + STEP));
  new IntersectionObserver(
    (entries) => entries.some((entry) => entry.isIntersecting) && reveal(shown + STEP),
    { rootMargin: "600px" },
  ).observe(more);

  const filter = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const wanted = detector ? detector.value : "";
    show(
      items.filter(
        (item) =>
          severities.has(item.severity) &&
          (!wanted || item.detector === wanted) &&
          words.every((word) => text(item).includes(word)),
      ),
    );
    const all = format.format(items.length);
    count.textContent =
      matches.length === items.length
        ? `Showing all ${all}, worst first`
        : `Showing ${format.format(matches.length)} of ${all}, worst first`;
    none.hidden = matches.length > 0;
  };
  query.addEventListener("input", filter);
  for (const box of boxes) box.addEventListener("change", filter);
  if (detector) detector.addEventListener("change", filter);

  const clear = () => {
    query.value = "";
    for (const box of boxes) box.checked = true;
    if (detector) detector.value = "";
    filter();
  };

  const move = (step) => {
    const at = matches.findIndex((item) => item.element.contains(document.activeElement));
    const to = at < 0 ? 0 : Math.min(Math.max(at + step, 0), matches.length - 1);
    if (to < 0) return;
    if (to >= shown) reveal(shown + STEP);
    matches[to].element.querySelector("summary").focus({ preventScroll: true });
    matches[to].element.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const field = event.target.matches("input[type=search], select");
    const onFinding = event.target.matches("summary");
    if (event.key === "Escape") {
      clear();
      if (field) event.target.blur();
    } else if (field) {
      if (event.target === query && (event.key === "Enter" || event.key === "ArrowDown")) move(1);
      else return;
    } else if (event.key === "j" || (event.key === "ArrowDown" && onFinding)) move(1);
    else if (event.key === "k" || (event.key === "ArrowUp" && onFinding)) move(-1);
    else if (event.key === "/") query.focus();
    else if (event.key === "?") help.showModal();
    else return;
    event.preventDefault();
  });
  document.getElementById("keys").addEventListener("click", () => help.showModal());

  // A link to one finding opens it.
  const follow = () => {
    const at = matches.findIndex((item) => `#${item.element.id}` === location.hash);
    if (at < 0) return;
    reveal(at + 1);
    matches[at].element.open = true;
    matches[at].element.scrollIntoView();
  };
  window.addEventListener("hashchange", follow);

  // On paper nothing can be opened.
  const opened = [];
  window.addEventListener("beforeprint", () => {
    for (const { element } of matches.slice(0, 50)) {
      if (element.open) continue;
      draw(element);
      element.open = true;
      opened.push(element);
    }
  });
  window.addEventListener("afterprint", () => {
    for (const element of opened.splice(0)) element.open = false;
  });

  document.getElementById("tools").hidden = false;
  filter();
  follow();
})();
