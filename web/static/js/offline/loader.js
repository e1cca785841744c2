/* Starts the page from the modules that stand in it, the imported ones first: each gets an address of this document alone. */
const { order, code } = JSON.parse(document.getElementById("modules").textContent);
const addresses = {};
for (const name of order) {
  const text = code[name].replace(/"module:([^"]+)"/g, (_, wanted) => JSON.stringify(addresses[wanted]));
  addresses[name] = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
}
import(addresses[order.at(-1)]);
