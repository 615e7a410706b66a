/* The fixed places of the boot ROM: vectors, where to look things up, the tables. */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .section .vectors, "a"
    .word 0x20041f00
    .word rom_reset
    .word rom_fault
    .word rom_fault
    .ascii "Mu"
    .byte 1 /* a boot ROM of an RP2040 */
    .byte 3 /* its revision: as of B2, whose tables of floating point programs take as they are */
    .hword functions
    .hword data
    .hword mprom_rp2_rom_lookup + 1
    .hword 0

    .macro entry first, second, value
    .ascii "\first\second"
    .hword \value
    .endm

    .section .rodata.tables, "a"
    .balign 4
functions:
    entry I, F, mprom_rp2040_rom_connect + 1
    entry E, X, mprom_rp2040_rom_exit_xip + 1
    entry R, E, mprom_rp2040_rom_erase_checked + 1
    entry R, P, mprom_rp2040_rom_program_checked + 1
    entry F, C, mprom_rp2040_rom_flush + 1
    entry C, X, mprom_rp2040_rom_enter_xip + 1
    entry U, B, mprom_rp2_rom_usb_boot + 1
    entry W, V, rom_wait + 1
    entry M, S, mprom_rp2_rom_set + 1
    entry S, 4, mprom_rp2_rom_set_words + 1
    entry M, C, mprom_rp2_rom_copy + 1
    entry C, 4, mprom_rp2_rom_copy_words + 1
    entry P, 3, mprom_rp2_rom_popcount + 1
    entry R, 3, mprom_rp2_rom_reverse + 1
    entry L, 3, mprom_rp2_rom_leading + 1
    entry T, 3, mprom_rp2_rom_trailing + 1
    .hword 0
data:
    entry C, R, copyright
    entry G, R, revision
    entry S, F, soft_float
    entry S, D, soft_double
    .hword 0
    .balign 4
revision:
    .word 0
copyright:
    .asciz "mprom's boot ROM for an RP2040"

/*
 * Functions of floating point, 32 words; the 16 bits before them say how many. What is not there is reported: flags of
 * comparisons, which programs make themselves, and what needs more than arithmetic.
 */
    .macro floats name, p
    .balign 4
    .hword 0
    .hword 32
\name:
    .word mprom_rp2_rom_\p\()add, mprom_rp2_rom_\p\()sub, mprom_rp2_rom_\p\()mul, mprom_rp2_rom_\p\()div
    .word mprom_rp2_rom_no_float, mprom_rp2_rom_no_float, mprom_rp2_rom_\p\()sqrt
    .word mprom_rp2_rom_\p\()_to_int, mprom_rp2_rom_\p\()_to_fix
    .word mprom_rp2_rom_\p\()_to_uint, mprom_rp2_rom_\p\()_to_ufix
    .word mprom_rp2_rom_int_to_\p, mprom_rp2_rom_fix_to_\p, mprom_rp2_rom_uint_to_\p, mprom_rp2_rom_ufix_to_\p
    /* cosine, sine, tangent, sine and cosine, exponential, logarithm; a comparison; arc tangent */
    .word mprom_rp2_rom_no_float, mprom_rp2_rom_no_float, mprom_rp2_rom_no_float, mprom_rp2_rom_no_float
    .word mprom_rp2_rom_no_float, mprom_rp2_rom_no_float, mprom_rp2_rom_no_float, mprom_rp2_rom_no_float
    .word mprom_rp2_rom_int64_to_\p, mprom_rp2_rom_fix64_to_\p
    .word mprom_rp2_rom_uint64_to_\p, mprom_rp2_rom_ufix64_to_\p
    .word mprom_rp2_rom_\p\()_to_int64, mprom_rp2_rom_\p\()_to_fix64
    .word mprom_rp2_rom_\p\()_to_uint64, mprom_rp2_rom_\p\()_to_ufix64
    .word mprom_rp2_rom_\p\()_to_other
    .endm

    .section .rodata.floats, "a"
    floats soft_float, f
    floats soft_double, d

    .text
    .global rom_reset
    .thumb_func
rom_reset:
    bl mprom_rp2_rom_start

/* A fault in the ROM, or before a program has vectors of its own. */
    .thumb_func
rom_fault:
    movs r0, #8
    bl mprom_rp2_rom_report
    b rom_fault

/* WV: sleeps for ever. */
    .thumb_func
rom_wait:
    wfi
    b rom_wait

    .global mprom_rp2_rom_jump
    .thumb_func
mprom_rp2_rom_jump:
    cmp r1, #0
    beq keep_stack
    msr msp, r1
keep_stack:
    movs r1, #0
    mov lr, r1
    bx r0
