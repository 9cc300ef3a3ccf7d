// Pictures and videos: blocks with a caption. What is stored is a number or a name, never an address.

import { Node } from "django-prose-editor/editor"
import { ask, el, icon } from "mmul/ask"
import { pickPicture, pictureInfo } from "mmul/picker"

const CAPTION = "bold italic code link"

/** Keys inside a caption: Enter leaves it, Backspace at its beginning selects the whole block. */
function captionKeys(name) {
  const inside = (editor) => {
    const { $from, empty } = editor.state.selection
    return $from.parent.type.name === name ? { $from, empty } : null
  }
  return {
    Enter: ({ editor }) => {
      const place = inside(editor)
      if (!place) return false
      const after = place.$from.after()
      return editor.chain().insertContentAt(after, { type: "paragraph" }).setTextSelection(after + 1).run()
    },
    Backspace: ({ editor }) => {
      const place = inside(editor)
      if (!place?.empty || place.$from.parentOffset > 0) return false
      return editor.commands.setNodeSelection(place.$from.before())
    },
  }
}

/** The frame all our blocks share: a head that is not text, a caption that is. */
function captioned(className, head) {
  const contentDOM = el("figcaption", { class: "block__caption" })
  const dom = el("figure", { class: `block ${className}` }, el("div", { class: "block__head", contenteditable: "false" }, ...head), contentDOM)
  return {
    dom,
    contentDOM,
    stopEvent: (event) => Boolean(event.target.closest?.("button, input, select")),
    ignoreMutation: (mutation) => mutation.type !== "selection" && !contentDOM.contains(mutation.target),
  }
}

export function tool(label, glyph, onclick) {
  return el("button", { type: "button", class: "block__tool", title: label, "aria-label": label, onclick }, icon(glyph))
}

export function remove(editor, getPos) {
  const pos = getPos()
  const node = editor.state.doc.nodeAt(pos)
  editor.chain().focus().deleteRange({ from: pos, to: pos + node.nodeSize }).run()
}

/**
 * Put a block under the one the caret is in, or in place of an empty paragraph. Our blocks stand
 * on their own, never inside a list or another block. The caret goes `inside` tokens into it.
 */
export function insertBlock(editor, content, inside = 1) {
  const { $from, to } = editor.state.selection
  const block = $from.depth ? $from.node(1) : null
  const place = block ? { from: $from.before(1), to: $from.after(1) } : { from: to, to }
  if (block && !(block.type.name === "paragraph" && block.content.size === 0)) place.from = place.to
  const node = editor.schema.nodeFromJSON(content)
  editor.view.dispatch(editor.state.tr.replaceWith(place.from, place.to, node))
  editor.chain().setTextSelection(place.from + inside).focus().run()
}

export function setAttributes(editor, pos, values) {
  const transaction = editor.state.tr
  for (const [name, value] of Object.entries(values)) transaction.setNodeAttribute(pos, name, value)
  editor.view.dispatch(transaction)
}

const figure = { group: "block", content: "text*", marks: CAPTION, isolating: true, defining: true }

export const Picture = (config) =>
  Node.create({
    name: "picture",
    ...figure,
    addAttributes() {
      return { image: { default: null, parseHTML: (element) => element.dataset.image, rendered: false } }
    },
    parseHTML() {
      return [{ tag: "figure.picture[data-image]", priority: 100, contentElement: caption }]
    },
    renderHTML({ node }) {
      return ["figure", { class: "picture", "data-image": node.attrs.image }, ["figcaption", 0]]
    },
    addKeyboardShortcuts() {
      return captionKeys(this.name)
    },
    addNodeView() {
      return ({ node, editor, getPos }) => {
        let image = node.attrs.image
        const look = el("img", { class: "block__picture", alt: "" })
        const words = el("p", { class: "block__words" })
        const show = async () => {
          const mine = image
          const info = await pictureInfo(config, mine)
          if (mine !== image) return
          if (info) look.setAttribute("src", info.thumb)
          look.hidden = !info
          words.textContent = describe(info, mine)
        }
        const change = async () => {
          const picture = await pickPicture(config)
          if (picture) setAttributes(editor, getPos(), { image: String(picture.id) })
        }
        const tools = el(
          "span",
          { class: "block__tools" },
          tool("Cambia figura", "swap_horiz", change),
          tool("Togli la figura", "delete_outline", () => remove(editor, getPos)),
        )
        const view = captioned("block--picture", [look, words, tools])
        show()
        return {
          ...view,
          update(updated) {
            if (updated.type.name !== "picture") return false
            if (updated.attrs.image !== image) {
              image = updated.attrs.image
              show()
            }
            return true
          },
        }
      }
    },
  })

function describe(info, id) {
  if (!info) return `La figura ${id} non c’è più: scegline un’altra.`
  const alt = info.decorative ? "decorativa" : info.alt || "manca il testo alternativo"
  return info.credit ? `${alt} — ${info.credit}` : alt
}

// A stored figure may have no caption; the editor always shows one to write in.
function caption(element) {
  return element.querySelector("figcaption") ?? document.createElement("figcaption")
}

export async function insertPicture(editor, config, file = null) {
  const picture = await pickPicture(config, file)
  if (picture) insertBlock(editor, { type: "picture", attrs: { image: String(picture.id) } })
}

const HOSTS = { youtube: "YouTube", vimeo: "Vimeo" }

/** Return "youtube:aqz-KE-bpKQ" or "vimeo:76979871" for an address of theirs, or null. */
export function videoName(address) {
  let url
  try {
    url = new URL(/^https?:\/\//i.test(address) ? address : `https://${address}`)
  } catch {
    return null
  }
  const host = url.hostname.replace(/^(www|m|music)\./, "")
  const parts = url.pathname.split("/").filter(Boolean)
  if (host === "youtu.be") return youtube(parts[0])
  if (["youtube.com", "youtube-nocookie.com"].includes(host)) {
    return youtube(["embed", "shorts", "live", "v"].includes(parts[0]) ? parts[1] : url.searchParams.get("v"))
  }
  if (["vimeo.com", "player.vimeo.com"].includes(host)) {
    const number = parts.find((part) => /^\d{1,12}$/.test(part))
    return number ? `vimeo:${number}` : null
  }
  return null
}

const youtube = (id) => (/^[\w-]{11}$/.test(id ?? "") ? `youtube:${id}` : null)

function videoAddress(name) {
  const [host, id] = (name ?? "").split(":")
  return host === "vimeo" ? `https://vimeo.com/${id}` : `https://www.youtube.com/watch?v=${id}`
}

async function askVideo(name) {
  const answer = await ask({
    title: "Video",
    submit: name ? "Cambia" : "Inserisci",
    fields: [
      {
        name: "address",
        label: "Indirizzo su YouTube o Vimeo",
        value: name ? videoAddress(name) : "",
        inputmode: "url",
        help: "Copialo dalla barra del browser. Chi legge lo carica solo se fa clic.",
      },
    ],
    check: ({ address }) => (videoName(address) ? {} : { address: "Non è l’indirizzo di un video di YouTube o Vimeo." }),
  })
  return answer && videoName(answer.address)
}

export async function insertVideo(editor) {
  const video = await askVideo()
  if (video) insertBlock(editor, { type: "video", attrs: { video } })
}

export const Video = Node.create({
  name: "video",
  ...figure,
  addAttributes() {
    return { video: { default: null, parseHTML: (element) => element.dataset.video, rendered: false } }
  },
  parseHTML() {
    return [{ tag: "figure.video[data-video]", priority: 100, contentElement: caption }]
  },
  renderHTML({ node }) {
    return ["figure", { class: "video", "data-video": node.attrs.video }, ["figcaption", 0]]
  },
  addKeyboardShortcuts() {
    return captionKeys(this.name)
  },
  addNodeView() {
    return ({ node, editor, getPos }) => {
      let name = node.attrs.video
      const words = el("p", { class: "block__words" })
      const show = () => {
        words.replaceChildren(el("strong", {}, `Video ${HOSTS[(name ?? "").split(":")[0]] ?? ""}`), el("br"), videoAddress(name))
      }
      const change = async () => {
        const video = await askVideo(name)
        if (video) setAttributes(editor, getPos(), { video })
      }
      const tools = el(
        "span",
        { class: "block__tools" },
        tool("Cambia video", "edit", change),
        tool("Togli il video", "delete_outline", () => remove(editor, getPos)),
      )
      const view = captioned("block--video", [el("span", { class: "block__play" }, icon("play_arrow")), words, tools])
      show()
      return {
        ...view,
        update(updated) {
          if (updated.type.name !== "video") return false
          name = updated.attrs.video
          show()
          return true
        },
      }
    }
  },
})
