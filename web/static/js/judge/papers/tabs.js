/* The parts of a bid as tabs: one is chosen, arrow keys go to its neighbours. */

export class Tabs {
  /* `model` is the tab all others are made from; `panel` is what they choose for. */
  constructor(list, model, panel, chosen) {
    Object.assign(this, { list, model, panel, chosen });
    list.addEventListener("click", (event) => this.#press(event.target.closest("[data-part]")));
    list.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const tabs = [...list.children];
      const next = by && tabs[(tabs.indexOf(document.activeElement) + by + tabs.length) % tabs.length];
      if (!next) return;
      event.preventDefault();
      next.focus();
      this.#press(next);
    });
  }

  fill(parts) {
    this.list.replaceChildren(
      ...parts.map(({ part, name }) => {
        const tab = this.model.content.firstElementChild.cloneNode(true);
        tab.dataset.part = part;
        tab.id = `${this.list.id}-${part}`;
        tab.textContent = name;
        tab.setAttribute("aria-controls", this.panel.id);
        return tab;
      }),
    );
  }

  choose(part) {
    for (const tab of this.list.children) {
      const chosen = tab.dataset.part === part;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen) this.panel.setAttribute("aria-labelledby", tab.id);
    }
  }

  #press(tab) {
    if (tab && tab.getAttribute("aria-selected") !== "true") this.chosen(tab.dataset.part);
  }
}
