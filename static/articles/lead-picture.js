// The pictures of a story beside its text: the same dialog as in the text, over the admin's own
// search box.

import { el } from "mmul/ask"
import { pickPicture, pictureInfo } from "mmul/picker"

const NONE = {
  id_lead_image: "Nessuna figura: nella prima pagina l’articolo esce senza.",
  id_social_image: "Nessuna: fuori dal sito si vede la figura di apertura, o una cartolina disegnata da noi.",
}
const body = document.querySelector("textarea[data-body-editor]")
for (const id of body ? Object.keys(NONE) : []) {
  const select = document.getElementById(id)
  if (select) enhance(select, JSON.parse(body.dataset.bodyEditor))
}

function enhance(select, config) {
  const look = el("img", { class: "lead__look", alt: "" })
  const words = el("p", { class: "lead__words" })
  const choose = el("button", { type: "button", class: "button lead__choose", onclick: pick }, "Scegli o carica")
  const away = el("button", { type: "button", class: "button lead__away", onclick: () => set(null) }, "Togli")
  const box = el("div", { class: "lead" }, look, el("div", { class: "lead__side" }, words, el("p", { class: "lead__buttons" }, choose, away)))
  // The admin's box and its small icons stay in the form, out of sight.
  const related = select.closest(".related-widget-wrapper") ?? select
  related.before(box)
  related.classList.add("lead__hidden")

  async function show() {
    const info = select.value ? await pictureInfo(config, select.value) : null
    look.hidden = !info
    away.hidden = !select.value
    if (info) look.setAttribute("src", info.thumb)
    words.textContent = !select.value
      ? NONE[select.id]
      : info
        ? `${info.title} — ${info.decorative ? "decorativa" : info.alt || "manca il testo alternativo"}${info.credit ? ` — ${info.credit}` : ""}`
        : "Questa figura non c’è più: scegline un’altra."
  }

  function set(picture) {
    if (picture && !select.querySelector(`option[value="${picture.id}"]`)) {
      select.append(new Option(picture.title, picture.id))
    }
    select.value = picture ? String(picture.id) : ""
    select.dispatchEvent(new Event("change", { bubbles: true }))
    show()
  }

  async function pick() {
    const picture = await pickPicture(config)
    if (picture) set(picture)
    choose.focus()
  }

  show()
}
