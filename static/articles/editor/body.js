// One visual editor in the place of one textarea. The textarea stays in the form and holds the HTML.

import {
  Blockquote,
  Bold,
  BulletList,
  Document,
  Dropcursor,
  Editor,
  Gapcursor,
  HardBreak,
  Heading,
  History,
  HorizontalRule,
  Italic,
  ListItem,
  OrderedList,
  Paragraph,
  Placeholder,
  SpecialCharacters,
  Strike,
  Subscript,
  Superscript,
  Text,
  TrailingNode,
} from "django-prose-editor/editor"
import { el } from "mmul/ask"
import { Abbreviation, CodeWithLanguage, InlineCode, Keys, SiteLink } from "mmul/code"
import { insertPicture, Picture, Video } from "mmul/embeds"
import { Quotation, QuotationOriginal, QuotationTranslation } from "mmul/quotation"
import { storedHtml } from "mmul/store"
import { tableNodes } from "mmul/tables"
import { makeToolbar } from "mmul/toolbar"

const LISTS = "bulletList | orderedList | codeBlock"

// The page's title is its only h1; deeper headings than h3 are not in the vocabulary.
const TwoHeadings = Heading.configure({ levels: [2, 3] }).extend({
  parseHTML() {
    const heading = (tag, level) => ({ tag, attrs: { level } })
    return [heading("h1", 2), heading("h2", 2), ...["h3", "h4", "h5", "h6"].map((tag) => heading(tag, 3))]
  },
})

const Numbered = OrderedList.extend({
  addAttributes: () => ({
    start: {
      default: 1,
      parseHTML: (list) => Number.parseInt(list.getAttribute("start") ?? "1", 10) || 1,
      renderHTML: ({ start }) => (start === 1 ? {} : { start }),
    },
  }),
  addNodeView: null,
  addMenuItems: null,
})

const extensions = (config) => [
  Document,
  Paragraph,
  Text,
  HardBreak,
  TwoHeadings,
  BulletList,
  Numbered,
  ListItem.extend({ content: `paragraph (paragraph | blockquote | ${LISTS})*` }),
  Blockquote.extend({ content: `(paragraph | ${LISTS})+` }),
  HorizontalRule,
  CodeWithLanguage(config),
  ...tableNodes,
  Picture(config),
  Video,
  Quotation(config),
  QuotationOriginal,
  QuotationTranslation,
  SiteLink,
  Bold,
  Italic,
  Strike,
  Subscript,
  Superscript,
  InlineCode,
  Keys,
  Abbreviation,
  History,
  Dropcursor,
  Gapcursor,
  SpecialCharacters,
  TrailingNode,
  // Only marks what is empty: the words to show are in editor.css and blocks.css.
  Placeholder.configure({ placeholder: "", includeChildren: true, showOnlyCurrent: false }),
]

/** Put the editor in front of `textarea`, and return it. */
export function editBody(textarea) {
  const config = JSON.parse(textarea.dataset.bodyEditor)
  const frame = el("div", { class: "body-editor" })
  const label = document.querySelector(`label[for="${textarea.id}"]`)?.textContent.replace(/:\s*$/, "") ?? "Testo"
  textarea.before(frame)

  const editor = new Editor({
    element: frame,
    // The sheet it would write into the page is refused by our policy; articles/editor.css has it.
    injectCSS: false,
    extensions: extensions(config),
    content: textarea.value,
    editorProps: {
      attributes: { role: "textbox", "aria-multiline": "true", "aria-label": label, lang: "it", spellcheck: "true" },
      handlePaste: (_view, event) => takeFile(event.clipboardData?.files),
      handleDrop: (_view, event) => takeFile(event.dataTransfer?.files),
    },
    onUpdate() {
      textarea.value = storedHtml(editor)
      textarea.dispatchEvent(new Event("input", { bubbles: true }))
    },
  })
  editor.storedHtml = () => storedHtml(editor)

  function takeFile(files) {
    const file = [...(files ?? [])].find(({ type }) => type.startsWith("image/"))
    if (!file) return false
    insertPicture(editor, config, file)
    return true
  }

  frame.prepend(makeToolbar(editor, config))
  frame.append(textarea)
  textarea.hidden = true
  textarea.bodyEditor = editor
  textarea.dispatchEvent(new CustomEvent("body-editor:ready", { bubbles: true, detail: { editor } }))
  return editor
}
