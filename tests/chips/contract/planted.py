"""Each step of the contract fails, and says what is next, when a mistake is planted in what it is about."""

import pathlib
import subprocess
import sys
import tempfile

from libraries import library_sources
from programs import SOURCE, run
from source_lists import sources

DRIVER, MODEL = "chips/nrf/driver/nvmc.c", "chips/nrf/model/nvmc_model.c"
# (file, what stands there, what is planted, a part of what the test says is next)
FLASH = [
    (DRIVER, "if (size % part->page_size != 0) {", "if (1) {", "the driver does not open the flash"),
    (DRIVER, "    .sync = nvmc_sync,\n", "", "mprom_flash_check() refuses it"),
    (DRIVER, "size / part->page_size}", "size / part->page_size - 1}", "mprom_flash_check() refuses it"),
    (DRIVER, "size != 0 ? size : pages * part->page_size", "pages / 2 * part->page_size", "the driver says 131072 bytes"),
    (MODEL, ".erase_size = page, .count = size / page", ".erase_size = 2 * page, .count = size / 2 / page",
     "the erase block at 0x0 has 1024 bytes, the model 2048"),
    (DRIVER, ".program_count = part->program_count", ".program_count = 3", "may be programmed 3 times"),
    (DRIVER, "memcpy(dst, nvmc_map(flash, off), size);", "memset(dst, 0, size);", "a blank byte reads as 0x00"),
    (DRIVER, "nvmc_program_word(nvmc, off + done, word)", "nvmc_program_word(nvmc, off, word)", "program() of 12 bytes"),
    (DRIVER, "return mprom_mmio_map(off);", "return mprom_mmio_map(off & ~0xFFu);", "fails with -5"),
    (DRIVER, "size != nvmc->region.erase_size) {", "size != nvmc->region.erase_size || off != 0) {", "erase() of the block at"),
    (DRIVER, "done = nvmc_set_mode(nvmc, NVMC_CONFIG_WEN_REN) && done;\n", "", "a store to the flash programs it"),
    (DRIVER, "    mprom_cpu_irq_restore(primask);\n", "", "interrupts or faults stay masked"),
    (MODEL, "operation_run(nvmc, nvmc->part->erase_ns);", "", "erase() takes no time"),
    (MODEL, "else if (nvmc->config != mode)", "else if (false)", "a store to the flash programs it after program()"),
    (MODEL, "    if (nvmc->busy_ns > 0) {\n        model_violation(nvmc->bus, \"%s of flash", "    if (false) {\n        model_violation(nvmc->bus, \"%s of flash",
     "when the CPU executes from flash that is busy"),
    (DRIVER, "nvmc_program_word(nvmc, off + done, word)) {", "nvmc_program_word(nvmc, off + done, word) && done > 99) {",
     "of a flash that stays busy, not -MPROM_ETIMEDOUT"),
    (DRIVER, "nvmc_erase_page(nvmc, off) ? 0 : -MPROM_ETIMEDOUT", "nvmc_erase_page(nvmc, off) ? 0 : -MPROM_EIO",
     "erase() says -5 of a flash that stays busy"),
]

UART, COUNTER, LINE, MACHINE = (f"chips/nrf/{name}" for name in
                                ("port/uart.c", "port/counter.c", "model/uart_model.c", "model/nrf_machine.c"))
CONSOLE, CLOCK, WAIT = (f"chips/kit/kit_{name}.c" for name in ("console", "clock", "wait"))
# A UART of six bytes on a line that does not wait.
SIX_BYTES = [(MACHINE, ".console_waits = true", ".console_waits = false"), (UART, ".room = RING_SIZE - 1", ".room = 6")]
NRF_PORT = [
    (SIX_BYTES, None),
    (UART, "    .rearm = uart_rearm,\n", "", "lacks open(), rearm() or write()"),
    (UART, "    .take = uart_take,\n", "", "end() or take(), and not both"),
    (UART, ".room = RING_SIZE - 1", ".room = RING_SIZE", "room is 1024 for a ring of 1024 bytes"),
    (UART, "    mprom_nvic_enable(UART0_INTERRUPT);\n", "", "open() of the console enables no interrupt"),
    (UART, "    mprom_mmio_write32(UART0_PSELRXD, board->rx);\n", "", "UART0 receives but is not connected to its pin"),
    (UART, "    if (is_sending &&", "    return true;\n    if (is_sending &&", "of 600 bytes 0 leave the board"),
    (UART, "mprom_mmio_write32(UART0_TXD, byte);", "mprom_mmio_write32(UART0_TXD, byte ^ 1u);", "byte 0 leaves the board as 0x00, not as 0x01"),
    (UART, "    is_sending = true;\n    return true;", "    is_sending = true;\n    return false;", "the port polls for ever"),
    (UART, "uart_byte() : -1;", "uart_byte() : 0;", "reads a byte that nobody sent"),
    (UART, "return (uint8_t)mprom_mmio_read32(UART0_RXD);", "return mprom_mmio_read32(UART0_RXD) & 0x7F;", "byte 4 arrives as 0x15, not as 0x95"),
    (UART, "return mprom_mmio_read32(UART0_EVENTS_RXDRDY) ?", "return 0 ?", "of 1 bytes that were sent to the board 0 arrive"),
    (SIX_BYTES[:1], "room says 1023 bytes, and of so many 1017 are lost"),
    ([*SIX_BYTES, (CONSOLE, "            (void)ring_end(uart); /* what arrives meanwhile */\n", "")], "bytes are lost, though fewer than `room`"),
    (UART, "    mprom_mmio_write32(UART0_INTENSET, UART0_INTEN_RXDRDY);\n", "", "nothing ends the CPU's sleep"),
    (UART, "    mprom_nvic_clear(UART0_INTERRUPT);\n", "", "the interrupt still asks when all bytes were read"),
    (COUNTER, "    .is_over = counter_is_over,\n", "", "lacks open(), count(), arm() or is_over()"),
    (COUNTER, "PRESCALER = 4", "PRESCALER = 5", "count() goes on by 500 in 1000 us"),
    (COUNTER, "    mprom_mmio_write32(TIMER0_TASKS_START, 1);\n", "", "count() goes on by 0 in 1000 us"),
    (COUNTER, "TIMER0_BITMODE_32);", "0);", "when the clock opens"),
    (COUNTER, "return mprom_mmio_read32(TIMER0_CC_1);", "return mprom_mmio_read32(TIMER0_CC_1) & 0x7FFFFFFFu;",
     "us where the counter begins anew"),
    (CLOCK, "clock_wraps += now < clock_last;", "", "the clock goes back where the counter begins anew"),
    (COUNTER, "TIMER0_CC_0, at);", "TIMER0_CC_0, at + 100);", "does not ask for its interrupt when it gets to what arm() said"),
    (COUNTER, "TIMER0_CC_0, at);", "TIMER0_CC_0, at - 100);", "before it gets to what arm() said"),
    (COUNTER, "    mprom_mmio_write32(TIMER0_INTENSET, TIMER0_INTEN_COMPARE_0);\n", "", "does not ask for its interrupt"),
    (COUNTER, "return mprom_mmio_read32(TIMER0_EVENTS_COMPARE_0);", "return false;", "is_over() is false when the counter got to"),
    (COUNTER, "return mprom_mmio_read32(TIMER0_EVENTS_COMPARE_0);", "return true;", "is_over() still speaks of an earlier arm()"),
    (COUNTER, "    mprom_nvic_clear(TIMER0_INTERRUPT);\n", "", "the interrupt of an earlier arm() still asks"),
    (COUNTER, "    mprom_mmio_write32(TIMER0_EVENTS_COMPARE_0, 0);\n", "", "the interrupt of an earlier arm() still asks"),
    (CLOCK, "counter->arm(start + us + 1);", "counter->arm(start + us / 2);", "a wait of 1 us takes"),
    (WAIT, "counter->arm(start + timeout_us);", "counter->arm(start + timeout_us + 9999);", "a sleep of 50 ms takes"),
    (WAIT, "           !mprom_console_ready()) {", "           (mprom_console_ready(), true)) {", "a byte that comes after 20 ms ends a sleep after"),
]

DMA_UART, USART = "chips/stm32/port/uart.c", "chips/stm32/model/usart_model.c"
STM32_PORT = [
    (DMA_UART, "    uart_start(baud);\n    mprom_nvic_enable", "    uart_start(2 * baud);\n    mprom_nvic_enable", "the console opens at 230400 baud"),
    (DMA_UART, "    if (!uart_has(USART_SR_TXE)) {", "    if (0) {", "is given a byte before it has room"),
    (DMA_UART, "    mprom_mmio_write32(stream_base() + DMA_CR, control | DMA_CR_EN);\n", "", "of 1 bytes that were sent to the board 0 arrive: end() says"),
    (DMA_UART, "mprom_mmio_read32(stream_base() + DMA_NDTR)) % RING_SIZE", "mprom_mmio_read32(stream_base() + DMA_NDTR) + 1) % RING_SIZE",
     "reads a byte that nobody sent"),
    (USART, "if ((usart->cr1 & CR1_RXNEIE) && interrupts) {", "if (usart->cr1 & CR1_RXNEIE) {", "an interrupt asks though no byte came"),
    (USART, "    usart->interrupts = true;\n", "", "nothing ends the CPU's sleep"),
    (USART, "    usart->now_ns += ns;\n", "    usart->now_ns += ns;\n    usart->interrupts = false;\n",
     "nothing ends the CPU's sleep"),
    (DMA_UART, "    .baud_max = uart_baud_max,\n", "", "set_baud() and baud_max(), or neither"),
    (DMA_UART, "return uart_clock_hz() / CLOCKS_MIN;", "return 57600;", "baud_max() is 57600"),
    (DMA_UART, "    while (!uart_has(USART_SR_TC)) {\n    }\n", "", "is disabled while it sends"),
    (DMA_UART, "    }\n    uart_start(baud);\n}", "    }\n    uart_start(baud / 2);\n}", "after set_baud(230400) the UART runs at 115200 baud"),
]

TESTS = SOURCE / "tests/chips"
SHARED = [*library_sources("flash"), *library_sources("cells"), *library_sources("cells_store"), *library_sources("model"), TESTS / "bus.c"]
PORT = [*(TESTS / "contract" / name for name in ("port.c", "port_board.c", "console.c", "clock.c")), SOURCE / CONSOLE, SOURCE / CLOCK,
        SOURCE / WAIT, SOURCE / "emulator/machine/soc.c"]


def port_sources(family, board, *lists):
    paths = [*(path for name in ("KIT_MODEL", *(f"{family.upper()}_{part}" for part in ("DRIVER", "MODEL", "PORT")), *lists)
               for path in sources(f"MPROM_{name}_C")), f"chips/{family}/boards/{board}/board.c"]
    return [*SHARED, *PORT, *(SOURCE / path for path in paths)]


def port_flags(family, board):
    return [f'-DCONTRACT_NAME="{family} ({board})"', f"-DCONTRACT_FAMILY={family}_machine_family",
            f"-DCONTRACT_FACTS=mprom_{family}_board_facts"]


# What a program is made of, its flags, and what is planted in it.
PROGRAMS = {
    "flash": ([*SHARED, SOURCE / DRIVER, SOURCE / MODEL, TESTS / "contract/flash.c", TESTS / "nrf/contract.c", TESTS / "nrf/rig.c"],
              [], FLASH),
    "nrf": (port_sources("nrf", "MICROBIT"), port_flags("nrf", "MICROBIT"), NRF_PORT),
    "stm32": ([*port_sources("stm32", "OPENMV2", "NOR", "CORTEX_M7", "STM32_PORT_F4"), SOURCE / "chips/stm32/port/port_internal.c"],
              port_flags("stm32", "OPENMV2"), STM32_PORT),
}


class Program:
    def __init__(self, folder, paths, flags):
        self.folder = folder
        self.flags = ["-std=gnu11", "-O0", "-w", *(f"-I{SOURCE / part}" for part in ("", "include", "src", "tests", "tests/chips/nrf")), *flags]
        self.objects = {path: self.compile(path, folder / f"{number}.o") for number, path in enumerate(paths)}

    def compile(self, path, out):
        run("cc", *self.flags, "-c", path, "-o", out, timeout=300)
        return out

    def says(self, replacements):
        """Plants the mistake and runs the program. Returns whether it passes, and what it says is next."""
        objects = dict(self.objects)
        for number, (name, old, new) in enumerate(replacements):
            text = (SOURCE / name).read_text()
            if old not in text:
                raise SystemExit(f"{name} has no longer: {old}")
            source = self.folder / f"planted{number}.c"
            source.write_text(text.replace(old, new))
            objects[SOURCE / name] = self.compile(source, self.folder / f"planted{number}.o")
        run("cc", *objects.values(), "-lcmocka", "-o", self.folder / "contract", timeout=300)
        done = subprocess.run([self.folder / "contract"], capture_output=True, text=True, timeout=300, check=False)
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("next, ")]
        return done.returncode == 0, said[0] if said else None


def try_planted(name, program, planted):
    """One mistake, or several that belong together. Returns whether the contract says what is expected of it."""
    *replacements, expected = planted
    replacements = replacements[0] if isinstance(replacements[0], list) else [tuple(replacements)]
    passes, said = program.says(replacements)
    right = not passes and said is not None and expected in said if expected else passes and said is None
    print(f"{'ok' if right else 'WRONG'}: {name}: " +
          ", ".join(f"{old.strip()[:60]!r} -> {new.strip()[:60]!r}" for _, old, new in replacements) + f": {said or 'passes'}")
    return right


def main():
    failures = 0
    for name, (paths, flags, planted) in PROGRAMS.items():
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
            program = Program(pathlib.Path(folder), paths, flags)
            for what in [([], None), *planted]:
                failures += not try_planted(name, program, what)
    return 1 if failures else 0


sys.exit(main())
