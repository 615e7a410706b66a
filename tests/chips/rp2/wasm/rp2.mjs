// Erases and programs the flash of an RP2040 by its registers, as its boot ROM does: node rp2.mjs rp2.wasm
import { readFileSync } from "node:fs";

const module = await WebAssembly.instantiate(readFileSync(process.argv[2]));
const wasm = module.instance.exports;
console.log("imports:", WebAssembly.Module.imports(module.module).length);

const text = (at) => {
  const bytes = new Uint8Array(wasm.memory.buffer, at);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
};
const write = (address, value) => wasm.flash_write(address, 4, value);
const read = (address) => wasm.flash_read(address, 4) >>> 0;
const hex = (bytes) => bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");

const RESETS = 0x4000c000, SS = 0x4001800c, SSI = 0x18000000, XIP_CTRL = 0x14000000;
const [CTRLR0, CTRLR1, SSIENR, SER, BAUDR, SR, DR0, SPI_CTRLR0] = [0, 4, 8, 0x10, 0x14, 0x28, 0x60, 0xf4].map((off) => SSI + off);

const send = (...bytes) => {
  write(SS, 0x200);
  const answer = bytes.map((byte) => {
    write(DR0, byte);
    return read(DR0);
  });
  write(SS, 0x300);
  return answer;
};
const connect = () => {
  write(RESETS + 0x2000, 0x240);
  write(RESETS + 0x3000, 0x240);
  for (let pin = 0; pin < 6; pin++) write(0x40018004 + 8 * pin, 0);
};
const serial = () => {
  write(SSIENR, 0);
  write(BAUDR, 6);
  write(CTRLR0, 0x70000);
  write(SER, 1);
  write(SSIENR, 1);
};
const plain = () => {
  write(XIP_CTRL + 4, 1);
  write(SS, 0);
  write(SSIENR, 0);
  write(CTRLR0, 0x1f0300);
  write(SPI_CTRLR0, 0x03000218);
  write(SSIENR, 1);
};
const bytesAt = (off, size) => hex([...new Uint8Array(wasm.memory.buffer, wasm.flash_bytes() + off, size)]);

console.log("open:", wasm.flash_open());
connect();
serial();
console.log("id:", hex(send(0x9f, 0, 0, 0).slice(1)));
send(0x06);
send(0x02, 0x06, 0, 0, 0x4d, 0x50);
console.log("busy:", hex(send(0x05, 0).slice(1)));
wasm.flash_pass_us(1000);
console.log("programmed:", bytesAt(0x60000, 3), "status:", hex(send(0x05, 0).slice(1)));
plain();
wasm.flash_access(0x60000, 1);
console.log("violation:", text(wasm.violation()));
connect();
wasm.flash_access(0x60000, 1);
console.log("violation:", text(wasm.violation()));
