/** Searching the reasons of a published matrix: rows that say it stay and open, the others are put away. */

for (const form of document.querySelectorAll("form[data-seek]")) {
  const table = document.querySelector(form.dataset.seek);
  const [field, told] = [form.querySelector("input"), form.querySelector("output")];
  const pairs = [...table.querySelectorAll("tbody tr:not(.who):not(.why)")].map((row) => {
    const why = row.nextElementSibling?.classList.contains("why") ? row.nextElementSibling : null;
    const words = `${row.querySelector(".it").textContent} ${why?.textContent ?? ""}`.toLowerCase();
    return { row, why, words };
  });

  const open = (wanted) => pairs.forEach(({ why }) => {
    if (why) why.querySelector("details").open = wanted;
  });

  const seek = () => {
    const asked = field.value.trim().toLowerCase();
    let found = 0;
    for (const { row, why, words } of pairs) {
      const fits = words.includes(asked);
      found += fits ? 1 : 0;
      row.hidden = !fits;
      if (why) {
        why.hidden = !fits;
        why.querySelector("details").open = fits && asked !== "";
      }
    }
    if (!asked) told.textContent = "";
    else told.textContent = found ? `${form.dataset.found} ${found}` : form.dataset.none;
  };

  field.addEventListener("input", seek);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("[data-open]").addEventListener("click", () => open(true));
  form.hidden = false;
}
