/*
 * The start of boot2: called with LR 0 by the boot ROM, or by the flash driver, which wants to go on. Runs wherever it was
 * copied to.
 */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .section .entry, "ax"
    .global boot2_entry
    .thumb_func
boot2_entry:
    push {lr}
    bl mprom_rp2_boot2_set_up
    pop {r0}
    cmp r0, #0
    beq start_program
    bx r0

/* The vectors lie behind boot2. */
start_program:
    ldr r0, =0x10000100
    ldr r1, =0xe000ed08 /* VTOR */
    str r0, [r1]
    ldmia r0!, {r1, r2}
    msr msp, r1
    bx r2
    .ltorg
