"""SM4-GCM (GB/T 32907, RFC 8998) with the calls of the library's own AEADs, which has the cipher but not the class."""

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB, GCM

TAG = BLOCK = 16
_POLYNOMIAL = 0xE1 << 120


class SM4GCM:
    """SM4-GCM under one 16-byte key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = SM4(key)

    def encrypt_into(self, nonce: bytes, data: memoryview, associated_data: bytes | None, buf: memoryview) -> int:
        """Ciphertext and tag into `buf`, which is exactly 16 bytes longer than `data`."""
        work = Cipher(self._cipher, GCM(nonce)).encryptor()
        if associated_data:
            work.authenticate_additional_data(associated_data)
        buf[: len(data)] = work.update(data)
        work.finalize()
        buf[len(data) :] = work.tag
        return len(buf)

    def decrypt_into(self, nonce: bytes, data: memoryview, associated_data: bytes | None, buf: memoryview) -> int:
        """Plaintext into `buf`, which is exactly 16 bytes shorter than `data`; InvalidTag, and then `buf` is untouched."""
        work = Cipher(self._cipher, GCM(nonce, bytes(data[-TAG:]))).decryptor()
        if associated_data:
            work.authenticate_additional_data(associated_data)
        plain = work.update(data[:-TAG])
        work.finalize()
        buf[:] = plain
        return len(buf)

    def ends_earlier(self, nonce: bytes, sealed: bytes) -> bool:
        """Whether a prefix shorter than the whole authenticates; one pass, where decrypting each would take seconds."""
        tables, mask = _tables(self._block(bytes(BLOCK))), self._block(nonce + b"\0\0\0\1")
        whole = 0
        for size in range(len(sealed) - TAG):
            rest = size % BLOCK
            if size and not rest:
                whole = _times(tables, whole ^ int.from_bytes(sealed[size - BLOCK : size]))
            last = int.from_bytes(sealed[size - rest : size].ljust(BLOCK, b"\0"))
            covered = _times(tables, whole ^ last) if rest else whole
            tag = _times(tables, covered ^ 8 * size) ^ mask
            if tag.to_bytes(TAG) == sealed[size : size + TAG]:
                return True
        return False

    def _block(self, data: bytes) -> int:
        return int.from_bytes(Cipher(self._cipher, ECB()).encryptor().update(data))


def _tables(key: int) -> list[list[int]]:
    """What each value of each byte of a block contributes to its product with the hash key (NIST SP 800-38D)."""
    tables = []
    for _ in range(BLOCK):
        table = [0] * 256
        for bit in (0x80 >> place for place in range(8)):
            table[bit] = key
            # Times x: the bit that falls off comes back as the field's polynomial.
            key = key >> 1 ^ (_POLYNOMIAL if key & 1 else 0)
        for value in range(1, 256):
            low = value & -value
            table[value] = table[low] ^ table[value ^ low] if value != low else table[low]
        tables.append(table)
    return tables


def _times(tables: list[list[int]], block: int) -> int:
    product = 0
    for table, byte in zip(tables, block.to_bytes(BLOCK), strict=True):
        product ^= table[byte]
    return product
