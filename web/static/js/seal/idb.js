/* The engine's little database in IndexedDB: `plans` by account and section, `keys` by account. Never a content key. */

const NAME = "openhall-sealing";

/* The value of a key, or undefined. */
export const get = (store, key) => run(store, "readonly", (table) => table.get(key));

/* Returns when the value is kept. */
export const put = (store, key, value) => run(store, "readwrite", (table) => table.put(value, key));

export const remove = (store, key) => run(store, "readwrite", (table) => table.delete(key));

/* [key, value] of everything that is kept. */
export const all = (store) =>
  run(store, "readonly", (table) => {
    const [keys, values] = [table.getAllKeys(), table.getAll()];
    return { get result() { return keys.result.map((key, at) => [key, values.result[at]]); } };
  });

async function run(store, mode, ask) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode, { durability: "strict" });
      const request = ask(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => ["plans", "keys"].forEach((store) => request.result.createObjectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
