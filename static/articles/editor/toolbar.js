// The tools above the text. Every button has an Italian name, one Tab stop in all, arrows inside.

import { ask, el, icon } from "mmul/ask"
import { editLink } from "mmul/code"
import { insertPicture, insertVideo } from "mmul/embeds"
import { insertQuotation } from "mmul/quotation"
import { insertTable } from "mmul/tables"

const STYLES = { paragraph: "Paragrafo", heading2: "Titolo", heading3: "Sottotitolo", codeBlock: "Codice" }

const mark = (name, label, glyph) => ({
  label,
  glyph,
  run: (editor) => editor.chain().focus().toggleMark(name).run(),
  active: (editor) => editor.isActive(name),
  enabled: (editor) => editor.can().toggleMark(name),
})

const command = (label, glyph, name, active) => ({
  label,
  glyph,
  run: (editor) => editor.chain().focus()[name]().run(),
  enabled: (editor) => editor.can()[name](),
  active: active && ((editor) => editor.isActive(active)),
})

const block = (name, label, glyph, run) => ({
  label,
  text: label,
  glyph,
  run,
  active: (editor) => editor.isActive(name),
})

const groups = (config) => [
  [
    mark("bold", "Grassetto", "format_bold"),
    mark("italic", "Corsivo", "format_italic"),
    { ...mark("link", "Link", "insert_link"), run: editLink, enabled: (editor) => !editor.isActive("codeBlock") },
    mark("code", "Codice nella riga", "code"),
    mark("kbd", "Tasto da premere", "keyboard"),
    mark("strike", "Barrato", "format_strikethrough"),
    mark("subscript", "Pedice", "subscript"),
    mark("superscript", "Apice", "superscript"),
  ],
  [
    command("Elenco", "format_list_bulleted", "toggleBulletList", "bulletList"),
    command("Elenco numerato", "format_list_numbered", "toggleOrderedList", "orderedList"),
    command("Citazione semplice", "format_quote", "toggleBlockquote", "blockquote"),
    command("Linea di separazione", "horizontal_rule", "setHorizontalRule"),
  ],
  [
    block("picture", "Figura", "image", (editor) => insertPicture(editor, config)),
    block("quotation", "Citazione bilingue", "translate", insertQuotation),
    block("video", "Video", "smart_display", insertVideo),
    block("table", "Tabella", "grid_on", insertTable),
  ],
  [
    command("Annulla", "undo", "undo"),
    command("Ripeti", "redo", "redo"),
    { label: "Modifica l’HTML", glyph: "data_object", run: editHtml },
  ],
]

const TABLE = [
  command("Aggiungi una riga sotto", "playlist_add", "addRowAfter"),
  command("Togli la riga", "playlist_remove", "deleteRow"),
  command("Aggiungi una colonna a destra", "add_box", "addColumnAfter"),
  command("Togli la colonna", "indeterminate_check_box", "deleteColumn"),
  command("Intestazione sì o no", "title", "toggleHeaderCell"),
  command("Unisci le celle", "call_merge", "mergeCells"),
  command("Dividi la cella", "call_split", "splitCell"),
  command("Togli la tabella", "delete_outline", "deleteTable"),
]

async function editHtml(editor) {
  const answer = await ask({
    title: "HTML del testo",
    submit: "Usa questo HTML",
    fields: [{ name: "html", label: "HTML", type: "textarea", rows: 18, value: editor.storedHtml(), spellcheck: "false", help: "Resta solo quello che il sito conosce: il resto va via." }],
  })
  if (answer) editor.chain().focus().setContent(answer.html, { emitUpdate: true }).run()
}

export function makeToolbar(editor, config) {
  const updates = []
  const style = styleChooser(editor, updates)
  const made = groups(config).map((items) => group(editor, items, updates))
  const table = group(editor, TABLE, updates)
  table.classList.add("tools__group--table")
  const bar = el("div", { class: "tools", role: "toolbar", "aria-label": "Strumenti del testo" }, style, ...made, table)
  const refresh = () => {
    table.hidden = !editor.isActive("table")
    updates.forEach((update) => update())
  }
  editor.on("transaction", refresh)
  refresh()
  walkWithArrows(bar)
  return bar
}

function group(editor, items, updates) {
  return el("div", { class: "tools__group", role: "group" }, ...items.map((item) => button(editor, item, updates)))
}

function button(editor, { label, text, glyph, run, active, enabled = () => true }, updates) {
  const node = el(
    "button",
    { type: "button", class: text ? "tools__button tools__button--wide" : "tools__button", title: label, "aria-label": label, tabindex: "-1" },
    icon(glyph),
    text ? el("span", {}, text) : null,
  )
  // A press must not take the selection away from the text.
  node.addEventListener("mousedown", (event) => event.preventDefault())
  node.addEventListener("click", () => node.getAttribute("aria-disabled") === "true" || run(editor))
  updates.push(() => {
    node.setAttribute("aria-disabled", String(!enabled(editor)))
    if (active) node.setAttribute("aria-pressed", String(Boolean(active(editor))))
  })
  return node
}

function styleChooser(editor, updates) {
  const chooser = el(
    "select",
    { class: "tools__style", "aria-label": "Stile del paragrafo", title: "Stile del paragrafo", tabindex: "-1" },
    ...Object.entries(STYLES).map(([value, label]) => el("option", { value }, label)),
  )
  chooser.addEventListener("change", () => {
    const chain = editor.chain().focus()
    if (chooser.value === "codeBlock") chain.setCodeBlock().run()
    else if (chooser.value === "paragraph") chain.setParagraph().run()
    else chain.setHeading({ level: Number(chooser.value.slice(-1)) }).run()
  })
  updates.push(() => {
    const level = editor.getAttributes("heading").level
    chooser.value = editor.isActive("codeBlock") ? "codeBlock" : level ? `heading${level}` : "paragraph"
  })
  return chooser
}

function walkWithArrows(bar) {
  const controls = () => [...bar.querySelectorAll("button, select")].filter((control) => control.offsetParent)
  bar.querySelector("button, select").tabIndex = 0
  bar.addEventListener("focusin", (event) => {
    for (const control of bar.querySelectorAll("[tabindex='0']")) control.tabIndex = -1
    event.target.tabIndex = 0
  })
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step) return
    const all = controls()
    const next = all[(all.indexOf(event.target) + step + all.length) % all.length]
    next.focus()
    event.preventDefault()
  })
}
