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
    .byte 2 /* its revision: as of B1 */
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
    entry I, F, mprom_rp2_rom_connect + 1
    entry E, X, mprom_rp2_rom_exit_xip + 1
    entry R, E, mprom_rp2_rom_erase_checked + 1
    entry R, P, mprom_rp2_rom_program_checked + 1
    entry F, C, mprom_rp2_rom_flush + 1
    entry C, X, mprom_rp2_rom_enter_xip + 1
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
    .hword 0
    .balign 4
revision:
    .word 0
copyright:
    .asciz "mprom's boot ROM for an RP2040"

    .text
    .global rom_reset
    .thumb_func
rom_reset:
    cpsid i
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
