// A Raspberry Pi Pico on rp2040js, an RP2040 by others, whose flash is ours: SSI, pins, window and chip are the models of
// chips/rp2, compiled to WebAssembly, and the boot ROM is the one of chips/rp2. Its USB console is a TCP port on loopback.
//
//   node board.mjs RP2040JS ROM WASM FLASH [CUT PATTERN]
//
// RP2040JS is the folder of the npm package, FLASH a file with the flash's bytes: the firmware at first, and what the board
// has made of it later. CUT cuts power in that operation of the flash, the next one being 0, with the pattern of that number
// (emulator/array/cells.h), and ends the program with status 3. A violation of the flash's rules ends it with status 4 and one sentence.
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { pathToFileURL } from "node:url";

const [folder, romPath, wasmPath, flashPath, cut, pattern] = process.argv.slice(2);
const { RP2040, USBCDC, LogLevel, ConsoleLogger } = await import(
  pathToFileURL(`${folder}/dist/esm/index.js`)
);
const { instance } = await WebAssembly.instantiate(readFileSync(wasmPath));
const flash = instance.exports;

console.warn = () => {}; // registers that rp2040js leaves out

const FLASH_SIZE = 2 << 20;
const WINDOW = 0x10000000;
const EXIT_CUT = 3;
const EXIT_VIOLATION = 4;
const CYCLE_NS = 8; // at 125 MHz
const BATCH = 200000; // instructions between two looks at the network
const RX_ROOM = 256; // bytes for the board's USB at once

const bytes = () => new Uint8Array(flash.memory.buffer, flash.flash_bytes(), FLASH_SIZE);
const text = (at) => {
  const all = new Uint8Array(flash.memory.buffer, at);
  return new TextDecoder().decode(all.subarray(0, all.indexOf(0)));
};

const end = (status) => {
  writeFileSync(flashPath, bytes());
  process.exit(status);
};

const look = () => {
  if (flash.flash_is_off()) end(EXIT_CUT);
  const said = text(flash.violation());
  if (said !== "") {
    process.stderr.write(`violation: ${said}\n`);
    end(EXIT_VIOLATION);
  }
};

// A block of registers that our models have. Time passes for the flash before each access.
class Wired {
  constructor(board, base, beside) {
    Object.assign(this, { board, base, beside });
  }

  readUint32(off) {
    this.board.passTime();
    const value = flash.flash_read(this.base + off, 4) >>> 0;
    look();
    return this.beside ? this.beside.readUint32(off) : value;
  }

  writeUint32Atomic(off, value, kind) {
    this.board.passTime();
    flash.flash_write(this.base + kind * 0x1000 + off, 4, value >>> 0);
    this.beside?.writeUint32Atomic(off, value, kind);
    this.board.isGuarded = flash.flash_is_guarded() !== 0;
    look();
  }
}

class Board {
  constructor(socketOf) {
    this.socketOf = socketOf;
    this.waiting = [];
    this.powerUp();
  }

  // Also after a reset: RAM is lost, the flash is kept.
  powerUp() {
    const chip = new RP2040();
    this.clock = chip.clock;
    chip.logger = new ConsoleLogger(LogLevel.Error, false);
    flash.flash_reset();
    this.passedNs = 0;
    this.isGuarded = flash.flash_is_guarded() !== 0;
    for (const base of [0x18000000, 0x14000000, 0x40018000, 0x40020000]) {
      chip.peripherals[(base >>> 14) << 2] = new Wired(this, base);
    }
    chip.peripherals[0x4000c] = new Wired(this, 0x4000c000, chip.peripherals[0x4000c]);
    // The chip's voltage regulator, which rp2040js leaves out, says that nobody asks for a rescue; BOOTSEL is not held.
    chip.peripherals[0x40064] = { readUint32: () => 0, writeUint32Atomic: () => {} };
    chip.qspi[1].padValue = 0x5a;
    chip.qspi[1].setInputValue(true);
    // Where our boot ROM says what a real one would do without a word: chips/rp2/rom/rom_check.h has the numbers.
    chip.peripherals[0x5f000] = {
      readUint32: () => 0,
      writeUint32Atomic: (off, number) => {
        console.error(`violation: report ${number} of the boot ROM`);
        end(EXIT_VIOLATION);
      },
    };
    chip.peripherals[0x40058].onWatchdogTrigger = () => (this.isReset = true);
    this.chip = chip;
    this.wireWindow();
    chip.bootrom.set(new Uint32Array(readFileSync(romPath).buffer.slice(0, 0x4000)));
    chip.core.reset();
    this.openUsb();
  }

  // The window shows the cells themselves. While it cannot be read, whoever reads it hears why.
  wireWindow() {
    const chip = this.chip;
    const cells = bytes();
    const view = new DataView(cells.buffer, cells.byteOffset, FLASH_SIZE);
    const guard = (address) => {
      if (this.isGuarded) {
        flash.flash_access(address & 0xffffff, address === chip.core.PC ? 1 : 0);
        look();
      }
    };
    const readers = { readUint32: [4, "getUint32"], readUint16: [2, "getUint16"], readUint8: [1, "getUint8"] };
    for (const [name, [size, get]] of Object.entries(readers)) {
      const elsewhere = chip[name].bind(chip);
      chip[name] = (address) => {
        address >>>= 0;
        if (address < WINDOW || address >= WINDOW + 0x4000000) return elsewhere(address);
        guard(address);
        return view[get]((address & (FLASH_SIZE - 1)) & ~(size - 1), true);
      };
    }
    for (const name of ["writeUint32", "writeUint16", "writeUint8"]) {
      const elsewhere = chip[name].bind(chip);
      chip[name] = (address, value) => {
        address >>>= 0;
        if (address >= WINDOW && address < WINDOW + 0x4000000) {
          console.error(`violation: a store to the flash's window at 0x${address.toString(16)}`);
          end(EXIT_VIOLATION);
        }
        elsewhere(address, value);
      };
    }
  }

  openUsb() {
    this.usb = new USBCDC(this.chip.usbCtrl);
    this.isConnected = false;
    this.usb.onDeviceConnected = () => (this.isConnected = true);
    this.usb.onSerialData = (data) => this.socketOf()?.write(data);
  }

  passTime() {
    const us = Math.floor((this.clock.nanos - this.passedNs) / 1000);
    if (us > 0) {
      flash.flash_pass_us(us);
      this.passedNs += us * 1000;
    }
  }

  receive(data) {
    this.waiting.push(...data);
  }

  feed() {
    while (this.isConnected && this.waiting.length > 0 && this.usb.txFIFO.itemCount < RX_ROOM) {
      this.usb.sendSerialByte(this.waiting.shift());
    }
  }

  run() {
    for (let i = 0; i < BATCH && !this.isReset; i++) {
      const { core } = this.chip;
      if (core.waiting) {
        const ns = Math.min(this.clock.nanosToNextAlarm || 1000000, 1000000);
        this.clock.tick(ns);
        i += ns / CYCLE_NS / 4;
      } else {
        this.clock.tick(core.executeInstruction() * CYCLE_NS);
      }
    }
    if (this.isReset) {
      this.isReset = false;
      this.powerUp();
    }
    this.feed();
    setImmediate(() => this.run());
  }
}

if (flash.flash_open() !== 0) throw new Error("the flash cannot be opened");
bytes().set(readFileSync(flashPath).subarray(0, FLASH_SIZE));
if (cut !== undefined) flash.flash_cut(Number(cut), Number(pattern), Number(cut) + 1);

let socket = null;
const board = new Board(() => socket);
const server = createServer((connection) => {
  socket?.destroy();
  socket = connection;
  connection.setNoDelay(true);
  connection.on("data", (data) => board.receive(data));
  connection.on("error", () => {});
  connection.on("close", () => (socket = socket === connection ? null : socket));
});
server.listen(0, "127.0.0.1", () => console.log(`socket://127.0.0.1:${server.address().port}`));
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => end(0));
board.run();
