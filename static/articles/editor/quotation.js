// The bilingual quotation: one block, the original, its translation, who said it, where and when.

import { Node } from "django-prose-editor/editor"
import { el, icon, options } from "mmul/ask"
import { insertBlock, remove, setAttributes, tool } from "mmul/embeds"

let count = 0

const inOriginal = (figure, attribute) =>
  figure.querySelector("blockquote.original")?.getAttribute(attribute) ?? null

const attribute = (initial, parseHTML) => ({ default: initial, parseHTML, rendered: false })

export const Quotation = (config) =>
  Node.create({
    name: "quotation",
    group: "block",
    content: "quotationOriginal quotationTranslation",
    isolating: true,
    defining: true,

    addAttributes() {
      return {
        lang: attribute("en", (figure) => figure.dataset.lang ?? inOriginal(figure, "lang") ?? "en"),
        link: attribute("", (figure) => figure.dataset.link ?? inOriginal(figure, "cite") ?? ""),
        speaker: attribute("", (figure) => figure.querySelector("figcaption cite")?.textContent.trim() ?? ""),
        date: attribute("", (figure) => figure.querySelector("figcaption time")?.getAttribute("datetime") ?? ""),
      }
    },
    parseHTML() {
      return [
        { tag: "figure.quotation", priority: 100 },
        { tag: "figcaption", context: "quotation/", ignore: true, priority: 100 },
      ]
    },
    // store.js turns this into the stored figure; the clipboard carries it as it is.
    renderHTML({ node: { attrs } }) {
      return [
        "figure",
        { class: "quotation", "data-lang": attrs.lang, "data-link": attrs.link || null },
        ["div", { class: "quotation__texts" }, 0],
        ["figcaption", ["cite", attrs.speaker], " ", ["time", { datetime: attrs.date }]],
      ]
    },

    addNodeView() {
      return ({ node, editor, getPos }) => new QuotationView(config, node, editor, getPos)
    },

    addKeyboardShortcuts() {
      return {
        Tab: ({ editor }) => step(editor, 1),
        "Shift-Tab": ({ editor }) => step(editor, -1),
        "Mod-a": ({ editor }) => selectText(editor),
        Backspace: ({ editor }) => keepInside(editor),
      }
    },
  })

const part = (name, className, lang) =>
  Node.create({
    name,
    content: "paragraph+",
    isolating: true,
    defining: true,
    selectable: false,
    parseHTML() {
      return [{ tag: `blockquote.${className}`, context: "quotation/", priority: 100 }]
    },
    renderHTML() {
      return ["blockquote", { class: className, lang }, 0]
    },
  })

export const QuotationOriginal = part("quotationOriginal", "original", null)
export const QuotationTranslation = part("quotationTranslation", "translation", "it")

export function insertQuotation(editor) {
  const paragraph = { type: "paragraph" }
  const texts = ["quotationOriginal", "quotationTranslation"].map((type) => ({ type, content: [paragraph] }))
  insertBlock(editor, { type: "quotation", content: texts }, 3)
}

class QuotationView {
  constructor(config, node, editor, getPos) {
    Object.assign(this, { editor, getPos, node })
    this.contentDOM = el("div", { class: "quotation__texts" })
    const languages = { ...config.languages }
    if (!(node.attrs.lang in languages)) languages[node.attrs.lang] = node.attrs.lang
    this.lang = this.control("lang", "Lingua dell’originale", el("select", {}, ...options(languages)))
    this.speaker = this.control("speaker", "Chi lo ha detto", el("input", { type: "text", "data-limit": 200 }))
    this.link = this.control("link", "Indirizzo", el("input", { type: "url", placeholder: "https://" }))
    this.date = this.control("date", "Data", el("input", { type: "date", min: "1970-01-01", max: "2100-12-31" }))
    const fixed = { contenteditable: "false" }
    const away = tool("Togli la citazione", "delete_outline", () => remove(editor, getPos))
    this.dom = el(
      "figure",
      { class: "block block--quotation", "aria-label": "Citazione bilingue" },
      el(
        "div",
        { class: "quotation__head", ...fixed },
        el("span", { class: "quotation__name" }, icon("translate"), "Citazione bilingue"),
        this.lang.row,
        away,
      ),
      this.contentDOM,
      el("div", { class: "quotation__source", ...fixed }, this.speaker.row, this.link.row, this.date.row),
    )
    this.dom.addEventListener("keydown", (event) => this.onKey(event))
    this.show()
  }

  control(name, label, control) {
    control.id = `quotation-${name}-${++count}`
    control.dataset.field = name
    const write = () => {
      if (control.value.trim() !== this.node.attrs[name]) {
        setAttributes(this.editor, this.getPos(), { [name]: control.value.trim() })
      }
    }
    control.addEventListener("input", write)
    control.addEventListener("change", write)
    const row = el("div", { class: `quotation__field quotation__field--${name}` }, el("label", { for: control.id }, label), control)
    return { row, control }
  }

  show() {
    for (const name of ["lang", "speaker", "link", "date"]) {
      const { control } = this[name]
      if (control.value.trim() !== this.node.attrs[name]) control.value = this.node.attrs[name]
    }
    this.contentDOM.dataset.lang = this.node.attrs.lang
  }

  update(node) {
    if (node.type.name !== "quotation") return false
    this.node = node
    this.show()
    return true
  }

  // Tab walks language, original, translation, speaker, address, date. Enter never sends the form.
  onKey(event) {
    const field = event.target.dataset?.field
    if (!field) return
    if (event.key === "Enter") event.preventDefault()
    if (event.key !== "Tab") return
    if (field === "lang" && !event.shiftKey) this.caret(event, 0)
    if (field === "speaker" && event.shiftKey) this.caret(event, 1)
    if (field === "date" && !event.shiftKey) this.caretAfter(event)
  }

  caret(event, index) {
    event.preventDefault()
    const start = this.getPos() + 1
    const child = this.node.child(index)
    const from = index ? start + this.node.child(0).nodeSize : start
    this.editor.chain().setTextSelection(from + child.nodeSize - 2).focus().run()
  }

  caretAfter(event) {
    event.preventDefault()
    this.editor.chain().focus(this.getPos() + this.node.nodeSize + 1).run()
  }

  stopEvent(event) {
    return Boolean(event.target.closest?.("input, select, button, label"))
  }

  ignoreMutation(mutation) {
    return mutation.type !== "selection" && !this.contentDOM.contains(mutation.target)
  }
}

// Where the caret is: the text of a quotation it stands in, and the view's element.
function here(editor) {
  const { $from } = editor.state.selection
  for (let depth = $from.depth; depth > 1; depth -= 1) {
    if ($from.node(depth - 1).type.name === "quotation") {
      return { $from, depth, index: $from.index(depth - 1), dom: editor.view.nodeDOM($from.before(depth - 1)) }
    }
  }
  return null
}

function step(editor, direction) {
  const place = here(editor)
  if (!place) return false
  const wanted = { "0,1": "translation", "1,1": "speaker", "0,-1": "lang", "1,-1": "original" }[`${place.index},${direction}`]
  const control = place.dom.querySelector(`[data-field="${wanted}"]`)
  if (control) {
    control.focus()
    return true
  }
  const { $from, depth } = place
  const end = wanted === "translation" ? $from.after(depth) + $from.node(depth - 1).child(1).nodeSize : $from.before(depth)
  return editor.commands.setTextSelection(end - 2)
}

// The first "select all" takes the text the caret is in, the second the whole story.
function selectText(editor) {
  const place = here(editor)
  if (!place) return false
  const { $from, depth } = place
  const range = { from: $from.start(depth) + 1, to: $from.end(depth) - 1 }
  const { from, to } = editor.state.selection
  if (from === range.from && to === range.to) return false
  return editor.commands.setTextSelection(range)
}

// Backspace at the beginning of a text stays in it: the block goes away with its own button.
function keepInside(editor) {
  const place = here(editor)
  const { empty } = editor.state.selection
  return Boolean(place && empty && place.$from.pos === place.$from.start(place.depth) + 1)
}
