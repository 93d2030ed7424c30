// Blowfish with the key schedule of bcrypt. Its boxes begin as the digits of pi, which are worked out when they
// are first needed rather than written down: four thousand bytes that nobody would proofread.

/** The cipher, its boxes as they stand. */
export class Blowfish {
  private readonly subkeys = begin().slice(0, SUBKEYS);
  private readonly boxes = begin().slice(SUBKEYS);

  /** Mixes a key into the boxes; with a salt, each pair of words is salted before it is enciphered. */
  expand(key: Uint8Array, salt?: Uint8Array): void {
    const keyWords = wordsOf(key);
    const saltWords = salt === undefined ? ZERO : wordsOf(salt);
    for (let at = 0; at < SUBKEYS; at += 1) {
      this.subkeys[at] = this.subkeys[at]! ^ keyWords[at % keyWords.length]!;
    }
    const pair = new Uint32Array(2);
    let from = 0;
    for (const words of [this.subkeys, this.boxes]) {
      for (let at = 0; at < words.length; at += 2) {
        pair[0] = pair[0]! ^ saltWords[from % saltWords.length]!;
        pair[1] = pair[1]! ^ saltWords[(from + 1) % saltWords.length]!;
        from += 2;
        this.encipher(pair);
        words[at] = pair[0]!;
        words[at + 1] = pair[1]!;
      }
    }
  }

  /** Enciphers the words in place, two at a time. */
  encrypt(words: number[]): void {
    const pair = new Uint32Array(2);
    for (let at = 0; at < words.length; at += 2) {
      pair[0] = words[at]!;
      pair[1] = words[at + 1]!;
      this.encipher(pair);
      words[at] = pair[0]!;
      words[at + 1] = pair[1]!;
    }
  }

  private encipher(pair: Uint32Array): void {
    const { subkeys, boxes } = this;
    let left = pair[0]! ^ subkeys[0]!;
    let right = pair[1]!;
    for (let round = 1; round <= 16; round += 2) {
      right ^= mixed(boxes, left) ^ subkeys[round]!;
      left ^= mixed(boxes, right) ^ subkeys[round + 1]!;
    }
    pair[0] = right ^ subkeys[17]!;
    pair[1] = left;
  }
}

function mixed(boxes: Uint32Array, word: number): number {
  const sum = boxes[word >>> 24]! + boxes[256 + ((word >>> 16) & 255)]!;
  return (sum ^ boxes[512 + ((word >>> 8) & 255)]!) + boxes[768 + (word & 255)]!;
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, at) => view.getUint32(at * 4));
}

/** The first words of the fraction of pi. */
function begin(): Uint32Array {
  if (digits === undefined) {
    const bits = BigInt(WORDS * 32);
    const one = 1n << (bits + GUARD);
    // Machin's formula.
    const pi = (4n * (4n * arctan(5n, one) - arctan(239n, one))) >> GUARD;
    const fraction = (pi & ((1n << bits) - 1n)).toString(16).padStart(WORDS * 8, "0");
    digits = Uint32Array.from(fraction.match(/.{8}/g) ?? [], (word) => parseInt(word, 16));
  }
  return digits;
}

/** The arc tangent of one over a number, in units of one over `one`. */
function arctan(inverse: bigint, one: bigint): bigint {
  let power = one / inverse;
  let sum = 0n;
  for (let odd = 1n; power !== 0n; odd += 2n) {
    sum += odd % 4n === 1n ? power / odd : -(power / odd);
    power /= inverse * inverse;
  }
  return sum;
}

let digits: Uint32Array | undefined;
const SUBKEYS = 18;
const WORDS = SUBKEYS + 4 * 256;
const GUARD = 64n;
const ZERO = new Uint32Array(2);
