/*
 * The flash controller of the STM32H743, H747 and H723, and what tells about it, by the names that manuals print.
 *
 * Sources: RM0399 4.9 (H745/H747; the H743 has the same block), ST's headers stm32h743xx.h and stm32h723xx.h.
 */
#ifndef MPROM_STM32H7_FLASH_REGS_H
#define MPROM_STM32H7_FLASH_REGS_H

/* The registers of bank 1; those of bank 2 lie FLASH_BANK_DISTANCE further. */
#define FLASH_BASE_H7 0x52002000u
#define FLASH_BANK_DISTANCE 0x100u
#define FLASH_KEYR 0x04u
#define FLASH_CR 0x0Cu
#define FLASH_SR 0x10u
#define FLASH_CCR 0x14u /* clears flags of SR that are written as 1 */
#define FLASH_OPTCR 0x18u
#define FLASH_ECC_FA 0x60u

#define FLASH_KEY1 0x45670123u
#define FLASH_KEY2 0xCDEF89ABu

#define FLASH_CR_LOCK (1u << 0)
#define FLASH_CR_PG (1u << 1)
#define FLASH_CR_SER (1u << 2)
#define FLASH_CR_PSIZE_X64 (3u << 4)
#define FLASH_CR_START (1u << 7)
#define FLASH_CR_SNB_POS 8u

#define FLASH_SR_BSY (1u << 0)
#define FLASH_SR_WBNE (1u << 1)
#define FLASH_SR_QW (1u << 2)
#define FLASH_SR_ACTIVE (FLASH_SR_BSY | FLASH_SR_WBNE | FLASH_SR_QW)
#define FLASH_SR_WRPERR (1u << 17)
#define FLASH_SR_PGSERR (1u << 18)
#define FLASH_SR_STRBERR (1u << 19)
#define FLASH_SR_INCERR (1u << 21)
#define FLASH_SR_OPERR (1u << 22)
#define FLASH_SR_SNECCERR (1u << 25)
#define FLASH_SR_DBECCERR (1u << 26)
#define FLASH_SR_ECC (FLASH_SR_SNECCERR | FLASH_SR_DBECCERR)
#define FLASH_SR_FLAGS 0x1FEF0000u
/* Of a program or an erase. RDPERR and RDSERR tell of reads, also of those that the CPU makes on its own account. */
#define FLASH_SR_ERRORS (FLASH_SR_WRPERR | FLASH_SR_PGSERR | FLASH_SR_STRBERR | FLASH_SR_INCERR | FLASH_SR_OPERR)
#define FLASH_OPTCR_SWAP_BANK (1u << 31)

#define FLASH_MEMORY 0x08000000u
#define FLASH_SIZE_KB_H7 0x1FF1E880u
#define DBGMCU_IDCODE_H7 0x5C001000u
#define DBGMCU_IDCODE_DEV_MASK 0xFFFu

#endif
