/*
 * Registers of the nRF51 and nRF52, by the names that Nordic's headers print. Where nothing else is said, both
 * families have them. Sources: chips/nrf/facts.md.
 */
#ifndef MPROM_NRF_REGS_H
#define MPROM_NRF_REGS_H

/* Non-volatile memory controller. */
#define NVMC_READY 0x4001E400u
#define NVMC_READY_READY 1u
#define NVMC_CONFIG 0x4001E504u
#define NVMC_CONFIG_WEN_REN 0u /* read only */
#define NVMC_CONFIG_WEN_WEN 1u /* write */
#define NVMC_CONFIG_WEN_EEN 2u /* erase */
#define NVMC_ERASEPAGE 0x4001E508u

/* Factory information. */
#define FICR_CODEPAGESIZE 0x10000010u
#define FICR_CODESIZE 0x10000014u /* in pages */
#define FICR_CLENR0 0x10000028u   /* nRF51 */

/* What the user of the chip has set up. */
#define UICR_CLENR0 0x10001000u /* nRF51 */
#define CLENR0_NONE 0xFFFFFFFFu

#endif
