// "123 di 250" under every field with a limit. The limit is told, never enforced by cutting.

{
  const length = (text) => [...text.normalize("NFC").replace(/\r\n?/g, "\n")].length

  const count = (field) => {
    const limit = Number(field.dataset.limit)
    const note = document.createElement("p")
    note.className = "counter"
    note.id = `${field.id}-counter`
    field.after(note)
    const described = field.getAttribute("aria-describedby")
    field.setAttribute("aria-describedby", described ? `${described} ${note.id}` : note.id)
    const show = () => {
      const used = length(field.value)
      const over = used - limit
      const one = over === 1
      note.classList.toggle("counter--over", over > 0)
      note.textContent =
        over > 0
          ? `${used} di ${limit}: ${over} ${one ? "carattere" : "caratteri"} di troppo`
          : `${used} di ${limit}`
    }
    field.addEventListener("input", show)
    show()
  }

  // Rows of a table have no room for a counter; their limit is told when it is passed.
  for (const field of document.querySelectorAll("input[data-limit], textarea[data-limit]")) {
    if (field.id && !field.closest(".tabular, .body-editor")) count(field)
  }
}
