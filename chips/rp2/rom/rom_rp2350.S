/* The fixed places of the boot ROM of an RP2350: vectors, where to look things up, the table. */
    .syntax unified
    .cpu cortex-m33
    .thumb

    .section .vectors, "a"
    .word 0x20082000 /* the real one has its stack in BOOTRAM */
    .word rom_reset
    .word rom_fault
    .word rom_fault
    .ascii "Mu"
    .byte 2 /* a boot ROM of an RP2350 */
    .byte 2 /* its revision: A2 */
    .hword table
    .hword mprom_rp2350_rom_api_lookup_value + 1
    .hword mprom_rp2350_rom_api_lookup_entry + 1
    .hword 0

/* Flag 4: for Arm CPUs in Secure state. */
    .macro entry first, second, value
    .ascii "\first\second"
    .hword 4
    .hword \value
    .endm

    .section .rodata.tables, "a"
    .balign 4
table:
    entry I, F, mprom_rp2350_rom_api_connect + 1
    entry E, X, mprom_rp2350_rom_api_exit_xip + 1
    entry R, E, mprom_rp2350_rom_api_erase + 1
    entry R, P, mprom_rp2350_rom_api_program + 1
    entry F, C, mprom_rp2350_rom_api_flush + 1
    entry C, X, mprom_rp2350_rom_api_enter_xip + 1
    entry X, M, mprom_rp2350_rom_api_select_read + 1
    .hword 0
    .balign 4

/* 12 bytes of code. The arguments of XM come behind it. */
    .global mprom_rp2350_rom_set_up
mprom_rp2350_rom_set_up:
    ldr r0, [pc, #8]
    ldr r1, [pc, #12]
    movw r2, #:lower16:(mprom_rp2350_rom_api_select_read + 1)
    bx r2
    nop

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

    .global mprom_rp2_rom_jump
    .thumb_func
mprom_rp2_rom_jump:
    msr msp, r1
    movs r1, #0
    mov lr, r1
    bx r0
