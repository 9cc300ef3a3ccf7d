// Small dialogs that ask for a few values. They live at the end of the page, outside the admin's form.

let count = 0

/** Make an element; `on…` keys are listeners, the rest attributes (null and false are left out). */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value)
    else if (value === true) node.setAttribute(name, "")
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value)
  }
  node.append(...children.filter((child) => child !== null && child !== undefined))
  return node
}

export function icon(name) {
  return el("span", { class: "material-icons", "aria-hidden": "true" }, name)
}

export function options(choices, chosen) {
  return Object.entries(choices).map(([value, label]) =>
    el("option", { value, selected: value === (chosen ?? "") }, label),
  )
}

/**
 * Make one labelled control: { name, label, help, type, value, choices, required, … }.
 * Returns { row, control, fail }: `fail(text)` shows a sentence under it, `fail("")` takes it away.
 */
export function labelled({ name, label, help, type = "text", value = "", choices, ...more }) {
  const id = `ask-${++count}`
  const described = [help && `${id}-help`, `${id}-error`].filter(Boolean).join(" ")
  const common = { id, name, "aria-describedby": described, ...more }
  let control
  if (choices) control = el("select", common, ...options(choices, value))
  else if (type === "textarea") control = el("textarea", { rows: 10, ...common }, value)
  else if (type === "checkbox") control = el("input", { type, checked: Boolean(value), ...common })
  else control = el("input", { type, value: type === "file" ? null : value, ...common })
  const error = el("p", { id: `${id}-error`, class: "ask__error", role: "alert" })
  const row = el(
    "div",
    { class: `ask__row ask__row--${type}` },
    el("label", { for: id }, label),
    control,
    help ? el("p", { id: `${id}-help`, class: "ask__help" }, help) : null,
    error,
  )
  const fail = (text) => {
    error.textContent = text
    control.setAttribute("aria-invalid", text ? "true" : "false")
  }
  return { row, control, fail }
}

/** Open a dialog; it leaves the page when it closes. Returns { dialog, close }. */
export function open(title, className, ...children) {
  const heading = el("h2", { id: `ask-${++count}` }, title)
  const dismiss = el(
    "button",
    { type: "button", class: "ask__dismiss", "aria-label": "Chiudi", onclick: () => dialog.close() },
    icon("close"),
  )
  const dialog = el(
    "dialog",
    { class: `ask ${className}`, "aria-labelledby": heading.id },
    el("header", { class: "ask__head" }, heading, dismiss),
    ...children,
  )
  dialog.addEventListener("close", () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
  return dialog
}

/**
 * Ask for a few values. Resolves to { name: value } or null if the editor changed their mind.
 * `check(values)` may return { name: "sentence" }: the dialog then stays open.
 */
export function ask({ title, fields, submit = "Inserisci", check = () => ({}) }) {
  return new Promise((resolve) => {
    let answer = null
    const rows = fields.map((field) => [field, labelled(field)])
    const form = el(
      "form",
      { method: "dialog", class: "ask__form", novalidate: true },
      ...rows.map(([, { row }]) => row),
      el(
        "div",
        { class: "ask__buttons" },
        el("button", { type: "submit", class: "ask__yes" }, submit),
        el("button", { type: "button", onclick: () => dialog.close() }, "Annulla"),
      ),
    )
    form.addEventListener("submit", (event) => {
      event.preventDefault()
      const values = Object.fromEntries(
        rows.map(([{ name, type }, { control }]) => [
          name,
          type === "checkbox" ? control.checked : control.value.trim(),
        ]),
      )
      const wrong = check(values)
      for (const [{ name }, { fail }] of rows) fail(wrong[name] ?? "")
      if (Object.keys(wrong).length) {
        form.querySelector('[aria-invalid="true"]').focus()
        return
      }
      answer = values
      dialog.close()
    })
    const dialog = open(title, "", form)
    dialog.addEventListener("close", () => resolve(answer))
    rows[0][1].control.focus()
  })
}
