"""The first uniform and normal numbers of a random stream, written apart from the library (plain Python, no NumPy).

Run: python random_stream.py   prints the vectors that RandomTests.swift holds.
"""
import math


def philox(counter, seed):
    key = [seed & 0xFFFFFFFF, seed >> 32]
    c = list(counter)
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [b >> 32 ^ c[1] ^ key[0], b & 0xFFFFFFFF, a >> 32 ^ c[3] ^ key[1], a & 0xFFFFFFFF]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def pair(seed, stream, index, row, block):
    w = philox((block, row, index, stream), seed)
    words = w[1] << 32 | w[0], w[3] << 32 | w[2]
    return words, [(2 * (word >> 12) + 1) * 2.0**-53 for word in words]


if __name__ == "__main__":
    place = dict(seed=0x0123456789ABCDEF, stream=7, index=3)
    for row in (0, 17):
        numbers = [u for block in (0, 1) for u in pair(row=row, block=block, **place)[1]]
        print("uniform, row", row, numbers)
        normals = []
        for u, v in zip(numbers[::2], numbers[1::2]):
            radius = math.sqrt(-2 * math.log(u))
            normals += [radius * math.cos(2 * math.pi * v), radius * math.sin(2 * math.pi * v)]
        print("normal, row", row, normals)
    print("bits", [hex(pair(row=0, block=0, **place)[0][0])])
