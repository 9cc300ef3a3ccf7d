// Rows with an order: two buttons move a row, and the numbers follow.

{
  const rowsOf = (group) => [...group.querySelectorAll("tr.form-row:not(.empty-form)")]

  const renumber = (group) => {
    rowsOf(group).forEach((row, index) => {
      const field = row.querySelector("input[data-position]")
      if (field) field.value = index + 1
    })
  }

  const mover = (label, glyph, move) => {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "row-mover"
    button.title = label
    button.setAttribute("aria-label", label)
    button.textContent = glyph
    button.addEventListener("click", () => {
      const row = button.closest("tr.form-row")
      const group = row.closest(".inline-group")
      move(row, rowsOf(group))
      renumber(group)
      button.focus()
    })
    return button
  }

  const up = (row, rows) => rows[rows.indexOf(row) - 1]?.before(row)
  const down = (row, rows) => rows[rows.indexOf(row) + 1]?.after(row)

  const equip = (row) => {
    const field = row.querySelector("input[data-position]")
    if (!field || row.querySelector(".row-mover")) return
    field.hidden = true
    field.after(mover("Sposta su", "↑", up), mover("Sposta giù", "↓", down))
  }

  for (const group of document.querySelectorAll(".inline-group:has(input[data-position])")) {
    rowsOf(group).forEach(equip)
    renumber(group)
  }
  document.addEventListener("formset:added", ({ target }) => {
    const group = target.closest(".inline-group")
    if (!group?.querySelector("input[data-position]")) return
    equip(target)
    renumber(group)
  })
}
