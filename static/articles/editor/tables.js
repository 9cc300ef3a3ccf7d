// Tables of words and numbers: a head, cells, nothing about looks.

import { Table, TableCell, TableHeader, TableRow } from "django-prose-editor/editor"
import { ask } from "mmul/ask"
import { insertBlock } from "mmul/embeds"

const CONTENT = "(paragraph | bulletList | orderedList | codeBlock)+"
const span = (name) => ({
  default: 1,
  parseHTML: (cell) => Math.max(1, Number.parseInt(cell.getAttribute(name) ?? "1", 10) || 1),
  renderHTML: (attributes) => (attributes[name] > 1 ? { [name]: attributes[name] } : {}),
})
// The table machinery expects a width; we never write one.
const cell = () => ({ colspan: span("colspan"), rowspan: span("rowspan"), colwidth: { default: null, parseHTML: () => null, rendered: false } })

const Cell = TableCell.extend({ content: CONTENT, addAttributes: cell })
const Header = TableHeader.extend({
  content: CONTENT,
  addAttributes: () => ({
    ...cell(),
    scope: { default: null, parseHTML: (header) => header.getAttribute("scope") },
  }),
})

export const tableNodes = [Table.configure({ resizable: false }), TableRow, Header, Cell]

export async function insertTable(editor) {
  const size = { type: "number", min: 1, max: 50, inputmode: "numeric" }
  const answer = await ask({
    title: "Tabella",
    fields: [
      { name: "rows", label: "Righe, con l’intestazione", value: "3", ...size },
      { name: "cols", label: "Colonne", value: "3", ...size, max: 20 },
    ],
    check: ({ rows, cols }) => ({
      ...(!between(rows, 1, 50) && { rows: "Scrivi un numero da 1 a 50." }),
      ...(!between(cols, 1, 20) && { cols: "Scrivi un numero da 1 a 20." }),
    }),
  })
  if (!answer) return
  const row = (type) => ({ type: "tableRow", content: times(answer.cols, { type, content: [{ type: "paragraph" }] }) })
  insertBlock(editor, { type: "table", content: [row("tableHeader"), ...times(answer.rows - 1, row("tableCell"))] }, 4)
}

const times = (number, thing) => Array.from({ length: Number(number) }, () => thing)

const between = (text, low, high) => /^\d{1,3}$/.test(text) && Number(text) >= low && Number(text) <= high
