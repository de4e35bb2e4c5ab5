"use strict";
/* Elements. Whatever comes out of a file goes in as text and is never parsed. */
/** Letters of a cell from which on it is broken into lines. */
const LONG = 32;

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value != null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

/**
 * A table that scrolls by itself and can be scrolled by keyboard.
 * columns: {title, cell(item) → text or element, number, head, mark (a class), value(item) to sort by}.
 */
function table(caption, columns, items, {rowClass, sort, onSort} = {}) {
  const heads = columns.map((column, at) => {
    const head = element("th", {scope: "col", class: column.number && "number"});
    if (onSort == null) {
      head.append(column.title);
    } else {
      const button = element("button", {type: "button"}, column.title);
      button.addEventListener("click", () => onSort(at));
      head.append(button);
      head.setAttribute("aria-sort", sort?.title === column.title ? sort.direction : "none");
    }
    return head;
  });
  const body = items.map((item) =>
      element("tr", {class: rowClass?.(item)},
          ...columns.map((column) => {
            const cell = column.cell(item);
            const classes = [column.number && "number", cell.length > LONG && "long", column.mark];
            return element(column.head ? "th" : "td",
                {scope: column.head && "row", class: classes.filter(Boolean).join(" ") || null}, cell);
          })));
  return element("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": caption},
      element("table", {},
          element("caption", {}, caption),
          element("thead", {}, element("tr", {}, ...heads)),
          element("tbody", {}, ...body)));
}

/** Terms and what is known of them; unknown ones are left out. */
function factList(entries, wide = []) {
  return element("dl", {class: "facts"},
      ...entries.filter(([, value]) => value != null && value !== "").map(([term, value]) =>
          element("div", {class: wide.includes(term) && "wide"},
              element("dt", {}, term),
              element("dd", {}, value))));
}
