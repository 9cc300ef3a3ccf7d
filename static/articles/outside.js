// How the story looks in a search engine's list and as a card on a social site, while it is typed.

import { pictureInfo } from "mmul/picker"

const box = document.querySelector(".outside[data-outside]")
const body = document.querySelector("textarea[data-body-editor]")
if (box && body) follow(JSON.parse(box.dataset.outside), JSON.parse(body.dataset.bodyEditor))

function follow(told, config) {
  const field = (name) => document.querySelector(`#id_${name}`)
  const value = (name) => field(name)?.value.trim() ?? ""
  const place = (name) => box.querySelector(`[data-show="${name}"]`)
  const say = (name, text) => (place(name).textContent = text)
  let asked = 0

  function words() {
    const title = value("title")
    const summary = value("standfirst") || told.opening || title
    const automatic = {
      search_title: title,
      search_description: cut(summary, told.searchText),
      social_title: title,
      social_description: cut(summary, told.socialText),
    }
    for (const [name, text] of Object.entries(automatic)) {
      field(name)?.setAttribute("placeholder", text)
    }
    const shown = (name) => value(name) || automatic[name]
    say("searchTitle", shown("search_title"))
    say("searchDescription", shown("search_description"))
    say("socialTitle", shown("social_title"))
    say("socialDescription", shown("social_description"))
    say("drawnTitle", shown("social_title"))
    const category = field("main_category")
    // The admin indents what lies below another category.
    say("category", category?.selectedOptions[0]?.value ? category.selectedOptions[0].text.trim() : "")
  }

  async function picture() {
    const mine = ++asked
    const chosen = value("social_image")
    const info = chosen || value("lead_image") ? await pictureInfo(config, chosen || value("lead_image")) : null
    if (mine !== asked) return // another one was chosen meanwhile
    const fits = Boolean(info && (chosen || info.fits))
    const image = place("picture")
    image.hidden = !fits
    place("drawn").hidden = fits
    if (fits) {
      image.src = info.card
      image.dataset.focus = info.focus
    }
    say(
      "note",
      fits
        ? "La figura viene ritagliata qualche secondo dopo il salvataggio."
        : `${info ? "La figura di apertura è troppo piccola o troppo alta" : "Nessuna figura adatta"}: disegniamo noi questa cartolina, qualche secondo dopo il salvataggio.`,
    )
  }

  for (const name of ["title", "standfirst", "search_title", "search_description", "social_title", "social_description"]) {
    field(name)?.addEventListener("input", words)
  }
  // The admin's own search boxes tell their changes through jQuery only; it hears ours as well.
  const hear = (name, act) => {
    if (field(name)) window.django.jQuery(field(name)).on("change", act)
  }
  hear("main_category", words)
  hear("lead_image", picture)
  hear("social_image", picture)
  words()
  picture()
}

/** At most `limit` characters: full sentences if they fill half of them, else full words. As outside.py. */
function cut(text, limit) {
  const line = text.split(/\s+/).join(" ").trim()
  if (line.length <= limit) return line
  const ends = [...line.slice(0, limit + 1).matchAll(/[.!?…][»”"')]*(?= |$)/g)].map((found) => found.index + found[0].length)
  const end = ends.filter((at) => at >= limit / 2 && at <= limit).pop()
  if (end) return line.slice(0, end)
  const start = line.slice(0, limit)
  const words = start.includes(" ") ? start.slice(0, start.lastIndexOf(" ")) : start.slice(0, limit - 1)
  return `${words.replace(/[ ,.;:–—]+$/, "")}…`
}
