"""Each contract test fails, and says what is next, when a mistake is planted in the driver or the model of the nRF."""

import pathlib
import subprocess
import sys
import tempfile

from libraries import library_sources
from programs import SOURCE, run

DRIVER, MODEL = "chips/nrf/driver/nvmc.c", "chips/nrf/model/nvmc_model.c"
# (file, what stands there, what is planted, a part of what the test says is next)
PLANTED = [
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
OURS = [*library_sources("flash"), *library_sources("cells"), *library_sources("cells_store"), *library_sources("model"),
        *(SOURCE / "tests/chips" / name for name in ("bus.c", "contract/flash.c", "nrf/contract.c", "nrf/rig.c"))]


def compile_sources(folder, sources, name):
    flags = ["-std=gnu11", "-O1", "-w", *(f"-I{SOURCE / part}" for part in ("", "include", "src", "tests", "tests/chips/nrf"))]
    run("cc", *flags, *sources, "-lcmocka", "-o", folder / name, timeout=300)
    return folder / name


def planted(folder, number, path, old, new):
    text = (SOURCE / path).read_text()
    if old not in text:
        raise SystemExit(f"{path} has no longer: {old}")
    source = folder / f"{number}.c"
    source.write_text(text.replace(old, new))
    return source


def main():
    failures = 0
    with tempfile.TemporaryDirectory(prefix="mprom-test-") as name:
        folder = pathlib.Path(name)
        objects = []
        for source in OURS:
            run("cc", "-std=gnu11", "-O1", "-w", *(f"-I{SOURCE / part}" for part in ("", "include", "src", "tests")),
                "-c", source, "-o", folder / f"{len(objects)}.o", timeout=300)
            objects.append(folder / f"{len(objects)}.o")
        for number, (path, old, new, expected) in enumerate([(DRIVER, "", "", None), *PLANTED]):
            other = SOURCE / (MODEL if path == DRIVER else DRIVER)
            program = compile_sources(folder, [planted(folder, number, path, old, new), other, *objects], "contract")
            done = subprocess.run([program], capture_output=True, text=True, timeout=300, check=False)
            said = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("next, ")]
            right = expected in said[0] if expected and said else not expected and done.returncode == 0
            failures += not right
            print(f"{'ok' if right else 'WRONG'}: {old.strip()[:60]!r} -> {new.strip()[:60]!r}: {said[0] if said else 'passes'}")
    return 1 if failures else 0


sys.exit(main())
