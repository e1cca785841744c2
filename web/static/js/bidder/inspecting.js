/* A look at a file that is to be read blind 暗标: what of its name and its properties would tell judges whose it is. It is read
   here and nowhere else; compressed pages are not looked into. */

const LOOKED = 32 << 20;
const LONGEST = 80;
const KEYS = "Author|Company|Title|Subject|Keywords|Creator|Producer";
const PROPERTY = new RegExp(`/(${KEYS})\\s*(\\((?:\\\\[\\s\\S]|[^\\\\()])*\\)|<(?:[0-9A-Fa-f\\s]*)>)`, "g");
const PACKET = /<\?xpacket begin[\s\S]*?<\?xpacket end/g;
const AUTHOR = /<(?:dc:creator|pdf:Author|xmp:Author)[^>]*>([\s\S]*?)<\/(?:dc:creator|pdf:Author|xmp:Author)>/;
const OF_A_PERSON = ["Author", "Company"];

/* What is found, as [{ code, facts }]: "name", "author" { text }, "property" { key, text }, "bidder" { text }. `told` are the words that
   name the bidder: registered name, credit code. */
export async function inspect(file, told) {
  const words = told.filter(Boolean);
  const found = words.filter((word) => has(file.name, word)).map((text) => ({ code: "name", facts: { text } }));
  const bytes = new Uint8Array(await file.slice(0, LOOKED).arrayBuffer());
  const tail = file.size > LOOKED ? new Uint8Array(await file.slice(Math.max(LOOKED, file.size - LOOKED)).arrayBuffer()) : null;
  for (const part of tail ? [bytes, tail] : [bytes]) found.push(...looked(latin(part), words));
  return once(found);
}

function looked(text, words) {
  const found = [];
  for (const [, key, value] of text.matchAll(PROPERTY)) {
    const said = decoded(value).trim();
    if (!said) continue;
    if (OF_A_PERSON.includes(key)) found.push({ code: "author", facts: { text: cut(said) } });
    else if (words.some((word) => has(said, word))) found.push({ code: "property", facts: { key, text: cut(said) } });
  }
  for (const [packet] of text.matchAll(PACKET)) {
    const said = AUTHOR.exec(utf8(packet))?.[1].replace(/<[^>]*>/g, " ").trim();
    if (said) found.push({ code: "author", facts: { text: cut(said) } });
  }
  for (const word of words) {
    if ([narrow(word), wide(word)].some((bytes) => text.includes(bytes))) found.push({ code: "bidder", facts: { text: word } });
  }
  return found;
}

const has = (text, word) => text.normalize("NFKC").toUpperCase().includes(word.normalize("NFKC").toUpperCase());
const cut = (text) => ([...text].length > LONGEST ? `${[...text].slice(0, LONGEST).join("")}…` : text);
const latin = (bytes) => new TextDecoder("latin1").decode(bytes);
const bytesOf = (text) => Uint8Array.from(text, (sign) => WINDOWS.get(sign) ?? sign.charCodeAt(0));
const utf8 = (text) => new TextDecoder().decode(bytesOf(text));
const narrow = (word) => latin(new TextEncoder().encode(word));
const wide = (word) => latin(Uint8Array.from([...word].flatMap((sign) => [sign.charCodeAt(0) >> 8, sign.charCodeAt(0) & 255])));

/* "latin1" of the browsers is windows-1252: the signs it puts for 128 … 159, back to their bytes. */
const WINDOWS = new Map(Array.from({ length: 32 }, (_, at) => [new TextDecoder("latin1").decode(Uint8Array.of(128 + at)), 128 + at]));

/* A string of a PDF: in brackets with escapes, or hexadecimal; UTF-16 where it begins so, else as it stands. */
function decoded(value) {
  const bytes = value.startsWith("<") ? hexadecimal(value) : bytesOf(unescaped(value.slice(1, -1)));
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return latin(bytes);
  }
}

const hexadecimal = (value) => Uint8Array.from(value.replace(/[^0-9A-Fa-f]/g, "").match(/../g) ?? [], (pair) => parseInt(pair, 16));
const ESCAPES = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
const unescaped = (text) => text.replace(/\\([0-7]{1,3}|[\s\S])/g, (_, sign) =>
  /^[0-7]/.test(sign) ? String.fromCharCode(parseInt(sign, 8) & 255) : ESCAPES[sign] ?? sign);

function once(found) {
  const seen = new Set();
  return found.filter((one) => {
    const name = JSON.stringify(one);
    return !seen.has(name) && seen.add(name);
  });
}
