// An amount in Chinese words beside the field while it is typed; digits and units come with the page.
const full = (text) => text.normalize("NFKC").replace(/[\s,]/gu, "").replace(/^¥/u, "");

export function inWords(text, { digits, units, sizes, marks }) {
  const [yuan, jiao, cent, whole] = marks;
  const found = /^(\d{1,16})(?:\.(\d{1,2}))?$/u.exec(full(text).replace(new RegExp(`${yuan}$`, "u"), ""));
  if (!found) return "";
  const amount = BigInt(found[1]);
  const cents = Number((found[2] ?? "").padEnd(2, "0"));
  const thousands = (number) => {
    let told = "";
    let gap = false;
    for (let place = 3; place >= 0; place -= 1) {
      const digit = Math.floor(number / 10 ** place) % 10;
      if (digit) {
        told += (gap && told ? digits[0] : "") + digits[digit] + units[place];
        gap = false;
      } else gap = true;
    }
    return told || digits[0];
  };
  const spoken = (number) => {
    for (const [size, unit] of [[10n ** 8n, sizes[1]], [10n ** 4n, sizes[0]]]) {
      if (number >= size) {
        const low = number % size;
        return spoken(number / size) + unit + (low ? (low < size / 10n ? digits[0] : "") + spoken(low) : "");
      }
    }
    return thousands(Number(number));
  };
  const [tenths, hundredths] = [Math.floor(cents / 10), cents % 10];
  let told = amount || !cents ? spoken(amount) + yuan : "";
  if (!cents) return told + whole;
  if (tenths) told += digits[tenths] + jiao;
  else if (told) told += digits[0];
  return told + (hundredths ? digits[hundredths] + cent : whole);
}

for (const output of document.querySelectorAll("output[data-amount]")) {
  const field = document.getElementById(output.dataset.amount);
  const signs = {
    digits: [...output.dataset.digits],
    units: output.dataset.units.split(","),
    sizes: output.dataset.sizes.split(","),
    marks: output.dataset.marks.split(","),
  };
  const tell = () => { output.value = inWords(field.value, signs); };
  field.addEventListener("input", tell);
  tell();
}
