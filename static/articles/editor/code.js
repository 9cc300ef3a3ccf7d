// Code blocks with their language, and the small marks: links, keys, abbreviations.

import { Code, CodeBlock, Link, Mark } from "django-prose-editor/editor"
import { ask, el, options } from "mmul/ask"

export const CodeWithLanguage = (config) =>
  CodeBlock.extend({
    addNodeView() {
      return ({ node, editor, getPos }) => {
        const languages = { "": "testo semplice", ...config.code }
        let { language } = node.attrs
        const chooser = el("select", { "aria-label": "Linguaggio del codice" })
        const show = () => {
          const known = !language || language in languages
          chooser.replaceChildren(...options(known ? languages : { ...languages, [language]: language }, language ?? ""))
        }
        chooser.addEventListener("change", () => {
          const transaction = editor.state.tr.setNodeAttribute(getPos(), "language", chooser.value || null)
          editor.view.dispatch(transaction)
          editor.commands.focus()
        })
        const contentDOM = el("code")
        const dom = el(
          "div",
          { class: "block block--code" },
          el("div", { class: "block__bar", contenteditable: "false" }, el("span", {}, "Codice"), chooser),
          el("pre", { spellcheck: "false" }, contentDOM),
        )
        show()
        return {
          dom,
          contentDOM,
          stopEvent: (event) => Boolean(event.target.closest?.("select")),
          ignoreMutation: (mutation) => mutation.type !== "selection" && !contentDOM.contains(mutation.target),
          update(updated) {
            if (updated.type.name !== "codeBlock") return false
            if (updated.attrs.language !== language) {
              language = updated.attrs.language
              show()
            }
            return true
          },
        }
      }
    },
  })

// Stock inline code throws other marks away: a link around a command would be lost.
export const InlineCode = Code.extend({ excludes: "" })

export const Keys = Mark.create({
  name: "kbd",
  parseHTML: () => [{ tag: "kbd" }],
  renderHTML: () => ["kbd", 0],
})

export const Abbreviation = Mark.create({
  name: "abbr",
  addAttributes: () => ({ title: { default: null } }),
  parseHTML: () => [{ tag: "abbr[title]" }],
  renderHTML: ({ HTMLAttributes }) => ["abbr", HTMLAttributes, 0],
})

const allowed = (address) => /^(https?:\/\/[^\s]+|mailto:[^\s]+|\/(?!\/)[^\s]*)$/i.test(address ?? "")

export const SiteLink = Link.extend({
  addOptions() {
    return {
      ...this.parent?.(),
      openOnClick: false,
      defaultProtocol: "https",
      // "script.sh" and "README.md" are names of files here, not of sites.
      shouldAutoLink: (address) => /^https?:\/\//i.test(address),
      isAllowedUri: allowed,
      HTMLAttributes: {},
    }
  },
  addAttributes: () => ({
    href: { default: null, parseHTML: (element) => element.getAttribute("href") },
  }),
  addKeyboardShortcuts() {
    return {
      "Mod-k": () => {
        editLink(this.editor)
        return true
      },
    }
  },
})

/** Add the scheme that people leave out: "www.kernel.org" is an address, "a@b.it" a mailbox. */
function completed(address) {
  if (!address || allowed(address)) return address
  if (/^[^\s@/]+@[^\s@/]+\.[a-z]{2,}$/i.test(address)) return `mailto:${address}`
  if (/^[\w-]+(\.[\w-]+)+([/?#].*)?$/.test(address)) return `https://${address}`
  return address
}

/** Ask for the address of the selected text; an empty answer takes the link away. */
export async function editLink(editor) {
  const current = editor.getAttributes("link").href ?? ""
  const bare = editor.state.selection.empty && !current
  const answer = await ask({
    title: current ? "Cambia il link" : "Link",
    submit: current ? "Cambia" : "Inserisci",
    fields: [
      { name: "href", label: "Indirizzo", value: current, inputmode: "url", help: current ? "Se lo lasci vuoto il link va via." : "Per esempio https://www.kernel.org/ oppure /chi-siamo/." },
      ...(bare ? [{ name: "text", label: "Testo", help: "Le parole su cui si fa clic." }] : []),
    ],
    check: ({ href, text }) => ({
      ...((href || !current) && !allowed(completed(href)) && { href: "Scrivi un indirizzo che comincia con https://, mailto: o /." }),
      ...(bare && !text && { text: "Scrivi le parole su cui si fa clic." }),
    }),
  })
  if (!answer) return
  const href = completed(answer.href)
  const chain = editor.chain().focus()
  if (bare) {
    const mark = { type: "link", attrs: { href } }
    chain.insertContent([{ type: "text", text: answer.text, marks: [mark] }]).unsetMark("link").run()
  } else if (!href) chain.extendMarkRange("link").unsetLink().run()
  else chain.extendMarkRange("link").setLink({ href }).run()
}
