/* SM3 (GB/T 32905) and HMAC over it, for the short inputs of keys; bytes in, 32 bytes out. */

import { concat } from "./bytes.js";

const START = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
const BLOCK = 64;

/* The digest of all the parts, each bytes or text, one after the other. */
export function sm3(...parts) {
  const data = concat(...parts);
  const padded = new Uint8Array(Math.ceil((data.length + 9) / BLOCK) * BLOCK);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(data.length) * 8n);
  const state = Int32Array.from(START);
  for (let at = 0; at < padded.length; at += BLOCK) compress(state, view, at);
  const found = new DataView(new ArrayBuffer(32));
  state.forEach((word, at) => found.setInt32(4 * at, word));
  return new Uint8Array(found.buffer);
}

/* HMAC (RFC 2104) with SM3. */
export function hmacSm3(key, message) {
  const block = new Uint8Array(BLOCK);
  block.set(key.length > BLOCK ? sm3(key) : key);
  const [inner, outer] = [0x36, 0x5c].map((mask) => block.map((byte) => byte ^ mask));
  return sm3(outer, sm3(inner, message));
}

function compress(state, view, from) {
  const w = expanded(view, from);
  let [a, b, c, d, e, f, g, h] = state;
  for (let j = 0; j < 64; j += 1) {
    const constant = turn(j < 16 ? 0x79cc4519 : 0x7a879d8a, j % 32);
    const one = turn((turn(a, 12) + e + constant) | 0, 7);
    const two = one ^ turn(a, 12);
    const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
    const up = (ff + d + two + (w[j] ^ w[j + 4])) | 0;
    const mixed = (gg + h + one + w[j]) | 0;
    [a, b, c, d, e, f, g, h] = [up, a, turn(b, 9), c, mixed ^ turn(mixed, 9) ^ turn(mixed, 17), e, turn(f, 19), g];
  }
  [a, b, c, d, e, f, g, h].forEach((word, at) => {
    state[at] ^= word;
  });
}

function expanded(view, from) {
  const w = new Int32Array(68);
  for (let j = 0; j < 16; j += 1) w[j] = view.getInt32(from + 4 * j);
  for (let j = 16; j < 68; j += 1) {
    const mixed = w[j - 16] ^ w[j - 9] ^ turn(w[j - 3], 15);
    w[j] = mixed ^ turn(mixed, 15) ^ turn(mixed, 23) ^ turn(w[j - 13], 7) ^ w[j - 6];
  }
  return w;
}

/* Turned left; a shift counts modulo 32, so turning by 0 is right as well. */
const turn = (word, by) => (word << by) | (word >>> (32 - by));
