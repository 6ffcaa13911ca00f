// Filters the names of all pages while one types; Enter goes to the first, Escape clears.
const field = document.getElementById("search");
const found = document.getElementById("found");

function show() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ([name]) => words.every((word) => name.toLowerCase().includes(word));
  const rows = words.length ? window.names.filter(fits).slice(0, 30) : [];
  found.replaceChildren(...rows.map(([name, place]) => {
    const link = Object.assign(document.createElement("a"), { href: place, textContent: name });
    const item = document.createElement("li");
    item.append(link);
    return item;
  }));
  found.hidden = rows.length === 0;
}

field.addEventListener("input", show);
field.addEventListener("keydown", (event) => {
  const first = found.querySelector("a");
  if (event.key === "Enter" && first) first.click();
  if (event.key === "Escape") { field.value = ""; show(); }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== field) { event.preventDefault(); field.focus(); }
});
