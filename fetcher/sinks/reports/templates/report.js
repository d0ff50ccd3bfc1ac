"use strict";
(() => {
  const list = document.getElementById("list");
  const controls = document.getElementById("controls");
  if (!list || !controls) return;
  const body = list.tBodies[0];
  const found = document.getElementById("found");
  const severity = { unhealthy: 0, unknown: 1, degraded: 2, healthy: 3 };
  const rows = Array.from(body.rows, (element, index) => ({
    element, index, ...element.dataset, text: element.textContent.toLowerCase(),
  }));
  const total = rows.length.toLocaleString("en");
  const { text, trouble, sort } = controls.elements;
  const boxes = Array.from(controls.querySelectorAll("[name=health]"));
  let falling = false;

  const filter = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let count = 0;
    for (const row of rows) {
      const shown = wanted.has(row.health)
        && (!trouble.value || row.trouble === trouble.value)
        && words.every((word) => row.text.includes(word));
      row.element.hidden = !shown;
      count += shown;
    }
    found.value = `Showing ${count.toLocaleString("en")} of ${total}`;
  };

  // Each gives a number or a text, and null for what has nothing to sort by: that comes last.
  const number = (value) => (value === "" ? null : Number(value));
  const keys = {
    "": (row) => row.index,
    health: (row) => severity[row.health] ?? null,
    url: (row) => row.url,
    status: (row) => number(row.status),
    ms: (row) => number(row.ms),
  };
  const compare = (a, b) => (a < b ? -1 : Number(a > b));

  const order = () => {
    const key = keys[sort.value];
    const sign = falling ? -1 : 1;
    const keyed = rows.map((row) => ({ row, key: key(row) }));
    keyed.sort((a, b) =>
      Number(a.key === null) - Number(b.key === null)
      || sign * compare(a.key, b.key)
      || a.row.index - b.row.index);
    body.append(...keyed.map(({ row }) => row.element));
    for (const head of list.tHead.rows[0].cells) {
      if (head.dataset.sort === sort.value) {
        head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      } else {
        head.removeAttribute("aria-sort");
      }
    }
  };

  for (const head of list.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      falling = sort.value === head.dataset.sort && !falling;
      sort.value = head.dataset.sort;
      order();
    });
  }
  // Worst first and slowest first are what anybody wants who chooses from the list.
  sort.addEventListener("change", () => {
    falling = sort.value === "ms" || sort.value === "status";
    order();
  });
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("input", (event) => event.target !== sort && filter());
  controls.hidden = false;
  filter();
})();
