// Loads the module that nor.c becomes: nor.mjs FILE. Prints one line a step, which wasm.py compares.
import { readFileSync } from "node:fs";

const module = new WebAssembly.Module(readFileSync(process.argv[2]));
console.log("imports:", WebAssembly.Module.imports(module).length);
const wasm = new WebAssembly.Instance(module).exports;

function text(pointer) {
  const bytes = new Uint8Array(wasm.memory.buffer, pointer);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}

function command(opcode, ...bytes) {
  wasm.chip_select();
  wasm.chip_exchange(opcode);
  const answer = bytes.map((byte) => wasm.chip_exchange(byte));
  wasm.chip_deselect();
  return answer.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

console.log("open:", wasm.chip_open());
console.log("id:", command(0x9f, 0, 0, 0));
command(0x06);
command(0x02, 0x00, 0x10, 0x00, 0x4d, 0x50);
console.log("status:", command(0x05, 0));
wasm.chip_pass_us(400);
console.log("programmed:", command(0x03, 0x00, 0x10, 0x00, 0, 0, 0), "status:", command(0x05, 0));
command(0x06);
command(0x20, 0x00, 0x10, 0x00);
wasm.chip_pass_us(45000);
console.log("erased:", wasm.chip_byte(0x1000).toString(16));
console.log("violation:", text(wasm.violation()));
command(0x20, 0x00, 0x10, 0x00);
console.log("violation:", text(wasm.violation()));

// The same chip at a controller, by its registers: RM0385 14.5, and RCC and GPIO as after a reset.
const RCC = 0x40023800, GPIO = 0x40020000, QUADSPI = 0xa0001000;
const [CR, DCR, SR, FCR, DLR, CCR, AR, DR] = [0x00, 0x04, 0x08, 0x0c, 0x10, 0x14, 0x18, 0x20].map((off) => QUADSPI + off);
const read = (address) => wasm.board_read(address, 4) >>> 0;
const write = (address, value) => wasm.board_write(address, 4, value);

function connect(port, pin, alternate) {
  const base = GPIO + 0x400 * port, high = base + 0x20 + 4 * (pin >> 3);
  write(RCC + 0x30, read(RCC + 0x30) | (1 << port));
  write(base, (read(base) & ~(3 << (2 * pin))) | (2 << (2 * pin)));
  write(high, read(high) | (alternate << (4 * (pin & 7))));
}

console.log("board:", wasm.board_open());
for (const [port, pin, alternate] of [[1, 6, 10], [1, 2, 9], [3, 11, 9], [3, 12, 9], [4, 2, 9], [3, 13, 9]]) {
  connect(port, pin, alternate);
}
// The CPU may not read ahead in the window while there are commands: a region of the MPU forbids that.
for (const [off, value] of [[0xd98, 7], [0xd9c, 0x90000000], [0xda0, 0x10000037], [0xd94, 5]]) {
  write(0xe000e000 + off, value);
}
write(RCC + 0x38, 2);
write(DCR, (22 << 16) | (7 << 8));
write(CR, 1);
write(DLR, 2);
write(CCR, (1 << 26) | (1 << 24) | (1 << 8) | 0x9f);
wasm.board_pass_us(10);
console.log("id:", [0, 1, 2].map(() => wasm.board_read(DR, 1).toString(16)).join(" "), "status:", read(SR).toString(16));
write(FCR, 2);
console.log("violation:", text(wasm.violation()));
write(CCR, (2 << 10) | (1 << 8) | 0x20 | (2 << 12));
write(AR, 0x1000);
wasm.board_pass_us(10);
console.log("violation:", text(wasm.violation()));
