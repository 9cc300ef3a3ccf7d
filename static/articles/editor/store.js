// From the editor's document to the stored HTML, and nothing else: the closed vocabulary of kit/html.py.

/** Return the body as it is stored; "" if nothing was written. */
export function storedHtml(editor) {
  const page = document.implementation.createHTMLDocument("")
  page.body.innerHTML = editor.getHTML()
  page.querySelectorAll("figure.quotation").forEach(storeQuotation)
  page.querySelectorAll("li").forEach(unwrapFirstParagraph)
  page.querySelectorAll("td, th").forEach(unwrapOnlyParagraph)
  page.querySelectorAll("table").forEach(storeHead)
  page.querySelectorAll("figcaption").forEach(dropIfEmpty)
  page.querySelectorAll("body > p").forEach(dropIfEmpty)
  return page.body.innerHTML
}

function storeQuotation(figure) {
  const original = figure.querySelector("blockquote.original")
  original.setAttribute("lang", figure.dataset.lang)
  if (figure.dataset.link) original.setAttribute("cite", figure.dataset.link)
  delete figure.dataset.lang
  delete figure.dataset.link
  const texts = figure.querySelector(".quotation__texts")
  texts.replaceWith(...texts.children)
  const caption = figure.querySelector("figcaption")
  const cite = caption.querySelector("cite")
  const time = caption.querySelector("time")
  const kept = [cite.textContent.trim() && cite, time.getAttribute("datetime") && time].filter(Boolean)
  caption.replaceChildren(...(kept.length === 2 ? [kept[0], " ", kept[1]] : kept))
}

function unwrapFirstParagraph(item) {
  const [first, ...others] = item.children
  if (first?.tagName === "P" && others.every((other) => ["UL", "OL"].includes(other.tagName))) {
    first.replaceWith(...first.childNodes)
  }
}

function unwrapOnlyParagraph(cell) {
  if (cell.children.length === 1 && cell.firstElementChild.tagName === "P") {
    cell.firstElementChild.replaceWith(...cell.firstElementChild.childNodes)
  }
}

// The rows at the top that are made of headers only are the table's head.
function storeHead(table) {
  const body = table.querySelector("tbody")
  const rows = [...body.rows]
  const end = rows.findIndex((row) => [...row.cells].some((cell) => cell.tagName !== "TH"))
  const headers = rows.slice(0, end === -1 ? rows.length : end)
  if (!headers.length || headers.length === rows.length) return
  const head = table.ownerDocument.createElement("thead")
  head.append(...headers)
  body.before(head)
}

function dropIfEmpty(element) {
  if (!element.textContent.trim() && !element.children.length) element.remove()
}
