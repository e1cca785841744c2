/* Sealed copies in the browser's private file system (OPFS): ciphertext only, one folder for each plan. */

const FOLDER = "openhall-sealed";
const SPARE = 64 << 20;

/* Whether this browser keeps so many more bytes, as far as it tells. */
export async function hasRoom(size) {
  if (!navigator.storage?.getDirectory) return false;
  return (await room()) >= size + SPARE;
}

/* Bytes this browser says it may still keep. */
export async function room() {
  const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return quota - usage;
}

/* In a Worker: where a sealed copy is written, { write, finish, drop }, in any order; null where this browser cannot. */
export async function writer(plan, part) {
  let handle;
  try {
    const file = await (await folder(plan, true)).getFileHandle(name(part), { create: true });
    handle = await file.createSyncAccessHandle();
    handle.truncate(0);
  } catch {
    return null;
  }
  return {
    write(bytes, at) {
      if (handle.write(bytes, { at }) !== bytes.length) throw new DOMException("", "QuotaExceededError");
    },
    finish() {
      handle.flush();
      handle.close();
    },
    async drop() {
      handle.close();
      // Where the whole plan was removed meanwhile, there is nothing left to remove.
      await folder(plan, false).then((place) => place.removeEntry(name(part))).catch(() => {});
    },
  };
}

/* The sealed copy as a File, or null where there is none of this size. */
export async function copy(plan, part, size) {
  try {
    const file = await (await (await folder(plan, false)).getFileHandle(name(part))).getFile();
    return file.size === size ? file : null;
  } catch {
    return null;
  }
}

/* Remove all copies of a plan. */
export async function clear(plan) {
  try {
    await (await root(false)).removeEntry(plan, { recursive: true });
  } catch {
    // There is none.
  }
}

const name = (part) => `${part}.sealed`;
const root = async (create) => (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create });
const folder = async (plan, create) => (await root(create)).getDirectoryHandle(plan, { create });
