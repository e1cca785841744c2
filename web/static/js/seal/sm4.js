/* SM4-GCM (GB/T 32907, RFC 8998) by table look-ups, for browsers have neither; not constant time. 12-byte nonces, 16-byte
   tags, no associated data. */

import { same } from "./bytes.js";

export const TAG = 16;
const BOX =
  "d690e9fecce13db716b614c228fb2c052b679a762abe04c3aa441326498606999c4250f491ef987a33540b43edcfac62e4b31ca9c908e89580df94fa758f3fa6" +
  "4707a7fcf37317ba83593c19e6854fa8686b81b27164da8bf8eb0f4b70569d351e240e5e6358d1a225227c3b01217887d40046579fd327524c3602e7a0c4c89e" +
  "eabf8ad240c738b5a3f7f2cef96115a1e0ae5da49b341a55ad933230f58cb1e31df6e22e8266ca60c02923ab0d534e6fd5db3745defd8e2f03ff6a726d6c5b51" +
  "8d1baf92bbddbc7f11d95c411f105ad80ac13188a5cd7bbd2d74d012b8e5b4b08969974a0c96777e65b9f109c56ec68418f07dec3adc4d2079ee5f3ed7cb3948";
const S = Uint8Array.from(BOX.match(/../g), (pair) => parseInt(pair, 16));
const SYSTEM = [0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc];

const turn = (word, by) => (word << by) | (word >>> (32 - by));

/* S-box and linear step of a round together, for each of a word's four bytes, the highest first. */
const ROUND = [24, 16, 8, 0].map((shift) =>
  Int32Array.from(S, (byte) => {
    const word = byte << shift;
    return word ^ turn(word, 2) ^ turn(word, 10) ^ turn(word, 18) ^ turn(word, 24);
  }),
);
const [R0, R1, R2, R3] = ROUND;

/* SM4-GCM under one 16-byte key. */
export class Sm4Gcm {
  #keys;
  #hash;

  constructor(key) {
    this.#keys = schedule(key);
    const zero = new Int32Array(4);
    encryptBlock(this.#keys, 0, 0, 0, 0, zero);
    this.#hash = new Hash(zero);
  }

  /* The one block encrypted, for known answers. */
  block(bytes) {
    const [view, out] = [new DataView(bytes.buffer, bytes.byteOffset, 16), new Int32Array(4)];
    encryptBlock(this.#keys, view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12), out);
    return written(out);
  }

  /* Ciphertext ‖ tag. */
  seal(nonce, plain) {
    const sealed = new Uint8Array(plain.length + TAG);
    this.#stream(nonce, plain, sealed);
    sealed.set(this.#tag(nonce, sealed.subarray(0, plain.length)), plain.length);
    return sealed;
  }

  /* The plaintext, or null where it does not authenticate. */
  open(nonce, sealed) {
    if (sealed.length < TAG) return null;
    const body = sealed.subarray(0, -TAG);
    if (!same(this.#tag(nonce, body), sealed.subarray(-TAG))) return null;
    const plain = new Uint8Array(body.length);
    this.#stream(nonce, body, plain);
    return plain;
  }

  /* Whether a prefix shorter than the whole authenticates; all are tried with one pass over the bytes. */
  endsEarlier(nonce, sealed) {
    const [mask, hash] = [this.#mask(nonce), this.#hash];
    const whole = new Int32Array(4);
    for (let size = 0; size + TAG < sealed.length; size += 1) {
      if (size && size % 16 === 0) hash.take(whole, sealed.subarray(size - 16, size));
      const sum = whole.slice();
      if (size % 16) hash.take(sum, sealed.subarray(size - (size % 16), size));
      hash.end(sum, size);
      if (same(written(sum.map((word, at) => word ^ mask[at])), sealed.subarray(size, size + TAG))) return true;
    }
    return false;
  }

  #tag(nonce, body) {
    const [mask, sum] = [this.#mask(nonce), new Int32Array(4)];
    this.#hash.take(sum, body);
    this.#hash.end(sum, body.length);
    return written(sum.map((word, at) => word ^ mask[at]));
  }

  #mask(nonce) {
    const [view, mask] = [viewOf(nonce), new Int32Array(4)];
    encryptBlock(this.#keys, view.getInt32(0), view.getInt32(4), view.getInt32(8), 1, mask);
    return mask;
  }

  /* `from` XOR the key stream into `to`, which may be longer. */
  #stream(nonce, from, to) {
    const [view, source, target, block] = [viewOf(nonce), viewOf(from), viewOf(to), new Int32Array(4)];
    const [one, two, three] = [view.getInt32(0), view.getInt32(4), view.getInt32(8)];
    const whole = from.length - (from.length % 16);
    for (let at = 0, counter = 2; at < from.length; at += 16, counter += 1) {
      encryptBlock(this.#keys, one, two, three, counter, block);
      if (at === whole) {
        const rest = written(block);
        for (let place = at; place < from.length; place += 1) to[place] = from[place] ^ rest[place - at];
        return;
      }
      target.setInt32(at, source.getInt32(at) ^ block[0]);
      target.setInt32(at + 4, source.getInt32(at + 4) ^ block[1]);
      target.setInt32(at + 8, source.getInt32(at + 8) ^ block[2]);
      target.setInt32(at + 12, source.getInt32(at + 12) ^ block[3]);
    }
  }
}

/* GHASH under one key (NIST SP 800-38D): what each byte of a block contributes is looked up, 64 KiB of tables. */
class Hash {
  #tables = new Int32Array(16 * 256 * 4);

  constructor(key) {
    const tables = this.#tables;
    let [a, b, c, d] = key;
    for (let bit = 0; bit < 128; bit += 1) {
      tables.set([a, b, c, d], place(bit >> 3, 0x80 >> (bit & 7)));
      // Times x: a shift to the right, the bit that falls off coming back as the field's polynomial.
      const off = d & 1 ? 0xe1000000 : 0;
      [a, b, c, d] = [(a >>> 1) ^ off, (b >>> 1) | (a << 31), (c >>> 1) | (b << 31), (d >>> 1) | (c << 31)];
    }
    for (let byte = 0; byte < 16; byte += 1) {
      for (let value = 1; value < 256; value += 1) {
        const low = value & -value;
        for (let word = 0; word < 4 && low !== value; word += 1) {
          tables[place(byte, value) + word] = tables[place(byte, low) + word] ^ tables[place(byte, value ^ low) + word];
        }
      }
    }
  }

  /* Bytes, padded with zeros to whole blocks, into `sum`. */
  take(sum, bytes) {
    const [view, whole] = [viewOf(bytes), bytes.length - (bytes.length % 16)];
    for (let at = 0; at < whole; at += 16) {
      this.#mix(sum, view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12));
    }
    if (whole === bytes.length) return;
    const last = new Uint8Array(16);
    last.set(bytes.subarray(whole));
    this.take(sum, last);
  }

  /* The last block: no associated data, so many bytes of ciphertext. */
  end(sum, size) {
    this.#mix(sum, 0, 0, Math.floor(size / 2 ** 29), size << 3);
  }

  #mix(sum, a, b, c, d) {
    const tables = this.#tables;
    let [s, t, u, v] = [0, 0, 0, 0];
    sum[0] ^= a;
    sum[1] ^= b;
    sum[2] ^= c;
    sum[3] ^= d;
    for (let word = 0; word < 4; word += 1) {
      const value = sum[word];
      const from = word << 12;
      const one = from | ((value >>> 24) << 2);
      const two = from | 1024 | ((value >>> 14) & 1020);
      const three = from | 2048 | ((value >>> 6) & 1020);
      const four = from | 3072 | ((value << 2) & 1020);
      s ^= tables[one] ^ tables[two] ^ tables[three] ^ tables[four];
      t ^= tables[one | 1] ^ tables[two | 1] ^ tables[three | 1] ^ tables[four | 1];
      u ^= tables[one | 2] ^ tables[two | 2] ^ tables[three | 2] ^ tables[four | 2];
      v ^= tables[one | 3] ^ tables[two | 3] ^ tables[three | 3] ^ tables[four | 3];
    }
    sum[0] = s;
    sum[1] = t;
    sum[2] = u;
    sum[3] = v;
  }
}

const place = (byte, value) => (byte << 10) | (value << 2);

/* The 32 round keys (GB/T 32907 §7.3). */
function schedule(key) {
  const view = viewOf(key);
  const words = SYSTEM.map((word, at) => word ^ view.getInt32(4 * at));
  for (let round = 0; round < 32; round += 1) {
    const constant = [0, 1, 2, 3].reduce((sum, at) => (sum << 8) | (((4 * round + at) * 7) & 255), 0);
    const mixed = substituted(words[round + 1] ^ words[round + 2] ^ words[round + 3] ^ constant);
    words.push(words[round] ^ mixed ^ turn(mixed, 13) ^ turn(mixed, 23));
  }
  return Int32Array.from(words.slice(4));
}

const substituted = (word) =>
  (S[word >>> 24] << 24) | (S[(word >>> 16) & 255] << 16) | (S[(word >>> 8) & 255] << 8) | S[word & 255];

function encryptBlock(keys, a, b, c, d, out) {
  for (let round = 0; round < 32; round += 4) {
    let x = b ^ c ^ d ^ keys[round];
    a ^= R0[x >>> 24] ^ R1[(x >>> 16) & 255] ^ R2[(x >>> 8) & 255] ^ R3[x & 255];
    x = a ^ c ^ d ^ keys[round + 1];
    b ^= R0[x >>> 24] ^ R1[(x >>> 16) & 255] ^ R2[(x >>> 8) & 255] ^ R3[x & 255];
    x = a ^ b ^ d ^ keys[round + 2];
    c ^= R0[x >>> 24] ^ R1[(x >>> 16) & 255] ^ R2[(x >>> 8) & 255] ^ R3[x & 255];
    x = a ^ b ^ c ^ keys[round + 3];
    d ^= R0[x >>> 24] ^ R1[(x >>> 16) & 255] ^ R2[(x >>> 8) & 255] ^ R3[x & 255];
  }
  out[0] = d;
  out[1] = c;
  out[2] = b;
  out[3] = a;
}

function written(words) {
  const found = new DataView(new ArrayBuffer(16));
  words.forEach((word, at) => found.setInt32(4 * at, word));
  return new Uint8Array(found.buffer);
}

const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
