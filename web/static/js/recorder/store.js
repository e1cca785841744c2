/* What this browser still owes the platform: runs with their keys (which cannot be taken out) and, in order, what to send. */

const NAME = "openhall-recorder";
const STORES = ["runs", "items"];

/* Keeps a run or an item; its number. */
export const add = (store, value) => ask(store, "readwrite", (table) => table.add(value));

export const put = (store, value) => ask(store, "readwrite", (table) => table.put(value));

export const get = (store, id) => ask(store, "readonly", (table) => table.get(id));

export const remove = (store, id) => ask(store, "readwrite", (table) => table.delete(id));

export const count = (store) => ask(store, "readonly", (table) => table.count());

export const runs = () => ask("runs", "readonly", (table) => table.getAll());

/* The next thing to send, or undefined. */
export const first = () => ask("items", "readonly", (table) => table.getAll(null, 1)).then(([item]) => item);

/* Everything that waits, without its bytes. */
export async function waiting() {
  const items = await ask("items", "readonly", (table) => table.getAll());
  return items.map(({ bytes, ...item }) => ({ ...item, size: bytes?.byteLength ?? 0 }));
}

let opening = null;

async function ask(store, mode, does) {
  const database = await (opening ??= opened());
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const request = does(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const store of STORES) request.result.createObjectStore(store, { keyPath: "id", autoIncrement: true });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
