// Titles under the search box while one types. Without this file the form works as it is.

const WAIT = 250; // ms without a key before we ask
const SHORTEST = 2;

for (const box of document.querySelectorAll("[data-suggest]")) {
  const list = document.createElement("ul");
  list.className = "search__titles";
  list.hidden = true;
  list.setAttribute("aria-label", "Titoli che cominciano così");
  box.parentElement.append(list);
  let timer = 0;
  let asked = null;

  const close = () => {
    list.hidden = true;
  };

  async function ask() {
    const words = box.value.trim();
    asked?.abort();
    if (words.length < SHORTEST || words.length > 50) return close();
    asked = new AbortController();
    try {
      const address = `${box.dataset.suggest}?q=${encodeURIComponent(words)}`;
      const answer = await fetch(address, { signal: asked.signal });
      if (answer.ok) show((await answer.json()).titles);
    } catch {
      close(); // no network, or a newer question
    }
  }

  function show(titles) {
    list.replaceChildren(
      ...titles.map(({ title, url }) => {
        const line = document.createElement("li");
        const link = document.createElement("a");
        link.href = url;
        link.textContent = title;
        line.append(link);
        return line;
      }),
    );
    list.hidden = titles.length === 0;
  }

  // The arrows walk through box and titles; everything else is a plain list of links.
  function walk(event) {
    const stops = [box, ...list.querySelectorAll("a")];
    const here = stops.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
      box.focus();
    } else if (step && !list.hidden && stops[here + step]) {
      event.preventDefault();
      stops[here + step].focus();
    }
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  box.parentElement.addEventListener("keydown", walk);
  box.parentElement.addEventListener("focusout", (event) => {
    if (!box.parentElement.contains(event.relatedTarget)) close();
  });
}
