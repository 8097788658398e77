// A click on a head of a long table sorts its rows by that column, another click the other way.
const LONG = 40; // rows

function value(row, column) {
  const text = row.cells[column].textContent.trim();
  const number = Number(text.replaceAll(",", ""));
  return text === "" ? Infinity : Number.isNaN(number) ? text : number;
}

function compare(a, b) {
  return typeof a === typeof b && typeof a === "string" ? a.localeCompare(b) : a < b ? -1 : a > b ? 1 : 0;
}

document.addEventListener("DOMContentLoaded", () => {
  for (const table of document.querySelectorAll("article table")) {
    const [body] = table.tBodies;
    if (body.rows.length < LONG) continue;
    table.classList.add("sortable");
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      let direction = -1;
      head.addEventListener("click", () => {
        direction = -direction;
        const rows = [...body.rows];
        rows.sort((a, b) => direction * compare(value(a, column), value(b, column)));
        body.append(...rows);
      });
    });
  }
});
