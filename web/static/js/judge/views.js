/* What the bench shows: one bid whole, one item across all bids, or one item of two bids with the files of both. */

const one = (id) => document.getElementById(id);

export class Views {
  /* `heard` is called when something else is shown. */
  constructor(bench, rows, heard) {
    Object.assign(this, { bench, rows, heard, name: "bid", bid: 0, other: 1, item: rows[0]?.item });
    this.sheets = [...bench.querySelectorAll("section[data-bid]")];
    this.links = [...bench.querySelectorAll("a[data-show]")];
    this.items = [...one("the-item").options].map((option) => option.value);
    this.papers = [one("papers-one"), one("papers-two")];
    this.places = new Map(); // where each bid's files were read last
    this.buttons = [...document.querySelectorAll("button[data-view]")];
    for (const button of this.buttons) button.addEventListener("click", () => this.choose(button.dataset.view));
    one("the-item").addEventListener("change", () => this.toItem(one("the-item").value));
    one("the-other").addEventListener("change", () => this.beside(Number(one("the-other").value)));
    for (const papers of this.papers) {
      papers.addEventListener("page-shown", ({ detail }) => this.places.set(papers.dataset.bid, detail));
    }
  }

  choose(name) {
    this.name = name;
    if (this.other === this.bid) this.other = (this.bid + 1) % this.sheets.length;
    this.paint();
  }

  toBid(place, focus = false) {
    this.bid = (place + this.sheets.length) % this.sheets.length;
    if (this.name === "pair" && this.other === this.bid) this.other = (this.bid + 1) % this.sheets.length;
    this.paint();
    if (focus) this.sheets[this.bid].querySelector("h2").focus();
  }

  toItem(item) {
    this.item = item;
    this.paint();
  }

  beside(place) {
    this.other = place;
    this.paint();
  }

  /* The next bid, or in the views of one item the next item. */
  turn(by) {
    if (this.name === "bid") return this.toBid(this.bid + by, true);
    const at = this.items.indexOf(this.item) + by + this.items.length;
    this.toItem(this.items[at % this.items.length]);
    return this.rows.find((row) => row.visible)?.sheet.querySelector("h2").focus();
  }

  /* A row is worked on: its item stays the view's, and the files beside are its bid's. */
  at(row) {
    this.item = row.item;
    one("the-item").value = row.item;
    if (this.name !== "item") return;
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.read(this.papers[0], row.sheet), 300);
  }

  /* Make a row visible in the view that is open. */
  reveal(row) {
    this.item = row.item;
    if (!row.visible) this.toBid(this.sheets.indexOf(row.sheet));
    if (!row.visible) this.choose("bid");
    this.bid = this.sheets.indexOf(row.sheet);
  }

  /* The viewer whose files a row's pins are in. */
  papersOf(row) {
    const found = this.papers.find((papers) => papers.dataset.bid === row.bid && papers.offsetParent);
    return found ?? this.read(this.papers[0], row.sheet);
  }

  paint() {
    const { name, bid, other } = this;
    this.bench.dataset.view = name;
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button.dataset.view === name));
    one("by-item").hidden = name === "bid";
    one("by-pair").hidden = name !== "pair";
    one("the-item").value = this.item;
    one("the-other").value = other;
    one("papers-beside").hidden = name !== "pair";
    for (const row of this.rows) row.node.hidden = name !== "bid" && row.item !== this.item;
    this.sheets.forEach((sheet, at) => {
      const has = this.rows.some((row) => row.sheet === sheet && !row.node.hidden);
      sheet.hidden = name === "bid" ? at !== bid : !has || (name === "pair" && at !== bid && at !== other);
    });
    this.links.forEach((link, at) => {
      if (at === bid && name !== "item") link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    if (name !== "item") this.read(this.papers[0], this.sheets[bid]);
    if (name === "pair") this.read(this.papers[1], this.sheets[other]);
    this.heard();
  }

  /* Put a bid's files into a viewer, at the page where they were left. */
  read(papers, sheet) {
    const { bid, files } = sheet.dataset;
    if (papers.dataset.bid === bid) return papers;
    const place = this.places.get(bid);
    papers.dataset.bid = bid;
    papers.dataset.part = place?.part ?? "";
    papers.dataset.page = place?.page ?? 1;
    papers.dataset.parts = files;
    return papers;
  }
}
