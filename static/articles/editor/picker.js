// Choose a picture of ours, or upload a new one, without leaving the page.

import { el, icon, labelled, open } from "mmul/ask"

const known = new Map()

/** What is known of one picture: { id, title, alt, thumb, … }, or null if it is gone. */
export async function pictureInfo(config, id) {
  if (!known.has(id)) {
    const answer = await fetch(config.picture.replace(/0(?=\/?$)/, id), { credentials: "same-origin" })
    if (!answer.ok) return null
    known.set(id, await answer.json())
  }
  return known.get(id)
}

/** Let the editor choose. Resolves to a picture or null. `file` opens the upload, already filled. */
export function pickPicture(config, file = null) {
  return new Promise((resolve) => {
    let chosen = null
    const choose = (picture) => {
      known.set(picture.id, picture)
      chosen = picture
      dialog.close()
    }
    const shelf = makeShelf(config, choose)
    const upload = makeUpload(config, choose, file)
    const tabs = makeTabs([
      ["Scegli fra le figure", shelf],
      ["Carica una figura", upload],
    ])
    const dialog = open("Figura", "picker", tabs.bar, shelf, upload)
    dialog.addEventListener("close", () => resolve(chosen))
    tabs.show(file ? 1 : 0)
  })
}

function makeTabs(pairs) {
  const buttons = pairs.map(([label], index) =>
    el(
      "button",
      { type: "button", role: "tab", id: `picker-tab-${index}`, "aria-controls": `picker-panel-${index}`, onclick: () => show(index) },
      label,
    ),
  )
  pairs.forEach(([, panel], index) => {
    panel.id = `picker-panel-${index}`
    panel.setAttribute("role", "tabpanel")
    panel.setAttribute("aria-labelledby", `picker-tab-${index}`)
  })
  const show = (wanted) => {
    pairs.forEach(([, panel], index) => {
      panel.hidden = index !== wanted
      buttons[index].setAttribute("aria-selected", String(index === wanted))
      buttons[index].tabIndex = index === wanted ? 0 : -1
    })
    pairs[wanted][1].querySelector("input")?.focus()
  }
  const bar = el("div", { role: "tablist", class: "picker__tabs" }, ...buttons)
  bar.addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return
    const next = buttons.findIndex((button) => button.tabIndex === -1)
    show(next)
    buttons[next].focus()
  })
  return { bar, show }
}

function makeShelf(config, choose) {
  let page = 1
  let asked = 0
  const words = labelled({ name: "q", label: "Cerca", type: "search", help: "Nel nome e nel testo alternativo." })
  const grid = el("ul", { class: "picker__grid" })
  const note = el("p", { class: "picker__note", role: "status" })
  const more = el("button", { type: "button", class: "picker__more", hidden: true, onclick: () => load(page + 1) }, "Altre figure")

  async function load(wanted) {
    const mine = ++asked
    note.textContent = "Un momento…"
    const query = new URLSearchParams({ q: words.control.value.trim(), page: wanted })
    try {
      const answer = await fetch(`${config.picker}?${query}`, { credentials: "same-origin" })
      if (!answer.ok) throw new Error(answer.status)
      const found = await answer.json()
      if (mine !== asked) return
      page = wanted
      if (page === 1) grid.replaceChildren()
      grid.append(...found.results.map((picture) => card(picture, choose)))
      more.hidden = !found.more
      note.textContent = grid.children.length ? "" : "Nessuna figura. Puoi caricarne una."
    } catch {
      if (mine === asked) note.textContent = "Non riesco a leggere le figure. Riprova fra poco."
    }
  }

  let later
  words.control.addEventListener("input", () => {
    clearTimeout(later)
    later = setTimeout(() => load(1), 250)
  })
  load(1)
  return el("section", { class: "picker__panel" }, words.row, note, grid, more)
}

function card(picture, choose) {
  const words = picture.decorative ? "decorativa" : picture.alt || "senza testo alternativo"
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "picker__card", onclick: () => choose(picture) },
      el("img", { src: picture.thumb, alt: "", loading: "lazy" }),
      el("strong", {}, picture.title),
      el("span", {}, words),
    ),
  )
}

function makeUpload(config, choose, file) {
  const fields = {
    file: labelled({ name: "file", label: "File", type: "file", accept: "image/jpeg,image/png,image/webp,image/avif,image/gif", help: "JPEG, PNG, WebP, AVIF o GIF. Al massimo 20 MB e 50 megapixel." }),
    alt: labelled({ name: "alt", label: "Testo alternativo", "data-limit": 300, help: "Che cosa si vede, in una frase. Lo legge chi non vede la figura." }),
    decorative: labelled({ name: "decorative", label: "Solo decorativa", type: "checkbox", help: "Spunta se la figura non dice nulla di suo." }),
    title: labelled({ name: "title", label: "Nome", "data-limit": 200, help: "Serve a te per ritrovarla. Se lo lasci vuoto usiamo il nome del file." }),
    credit: labelled({ name: "credit", label: "Credito", "data-limit": 200, help: "Chi l’ha fatta: esce sotto la figura." }),
    licence: labelled({ name: "licence", label: "Licenza", choices: config.licences, value: "ours" }),
    focus: labelled({ name: "focus", label: "Punto da non tagliare", choices: config.focus, value: "center" }),
  }
  const note = el("p", { class: "picker__note", role: "status" })
  const look = el("img", { class: "picker__look", alt: "", hidden: true })
  const button = el("button", { type: "submit", class: "ask__yes" }, "Carica e inserisci")
  const form = el(
    "form",
    { class: "picker__panel picker__upload", novalidate: true },
    look,
    ...Object.values(fields).map(({ row }) => row),
    note,
    el("div", { class: "ask__buttons" }, button),
  )

  const showFile = () => {
    const [picture] = fields.file.control.files
    look.hidden = !picture
    if (!picture) return
    const reader = new FileReader()
    reader.addEventListener("load", () => look.setAttribute("src", reader.result))
    reader.readAsDataURL(picture)
    if (!fields.title.control.value) fields.title.control.value = picture.name.replace(/\.\w+$/, "").slice(0, 200)
  }
  fields.file.control.addEventListener("change", showFile)
  if (file) {
    const bag = new DataTransfer()
    bag.items.add(file)
    fields.file.control.files = bag.files
    showFile()
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const wrong = {}
    if (!fields.file.control.files.length) wrong.file = ["Scegli un file."]
    if (!fields.alt.control.value.trim() && !fields.decorative.control.checked) {
      wrong.alt = ["Scrivi che cosa si vede, oppure spunta «Solo decorativa»."]
    }
    if (tell(fields, wrong, note)) return
    button.disabled = true
    note.textContent = "Carico la figura…"
    try {
      const answer = await fetch(config.picker, { method: "POST", body: new FormData(form), headers: { "X-CSRFToken": csrfToken() }, credentials: "same-origin" })
      if (answer.status === 201) return choose(await answer.json())
      if (answer.status === 422) tell(fields, (await answer.json()).errors, note)
      else note.textContent = "La figura non è arrivata. I dati sono ancora qui: riprova."
    } catch {
      note.textContent = "La rete non risponde. I dati sono ancora qui: riprova."
    } finally {
      button.disabled = false
    }
  })
  return form
}

// Put each sentence under its field, the rest under the form; true if there was any.
function tell(fields, wrong, note) {
  note.replaceChildren()
  for (const [name, { fail }] of Object.entries(fields)) fail((wrong[name] ?? []).join(" "))
  const others = Object.keys(wrong).filter((name) => !fields[name])
  if (others.length) note.append(icon("error_outline"), ` ${others.map((name) => wrong[name].join(" ")).join(" ")}`)
  const first = Object.keys(fields).find((name) => wrong[name])
  fields[first]?.control.focus()
  return Object.keys(wrong).length > 0
}

function csrfToken() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? ""
}
