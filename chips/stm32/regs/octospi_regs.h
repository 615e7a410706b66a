/*
 * OCTOSPI1 of the STM32H723 and its I/O manager, by the names that manuals print.
 *
 * Sources: ST's header stm32h723xx.h; for what they do also RM0456 section 28 (the same block in the U5).
 */
#ifndef MPROM_OCTOSPI_REGS_H
#define MPROM_OCTOSPI_REGS_H

#define RCC_AHB3_OSPI1 (1u << 14) /* in RCC_AHB3ENR and RCC_AHB3RSTR */
#define RCC_AHB3_IOMNGR (1u << 21)

#define OCTOSPI1_BASE 0x52005000u
#define OCTOSPI_CR 0x000u
#define OCTOSPI_DCR1 0x008u
#define OCTOSPI_DCR2 0x00Cu
#define OCTOSPI_SR 0x020u
#define OCTOSPI_FCR 0x024u
#define OCTOSPI_DLR 0x040u
#define OCTOSPI_AR 0x048u
#define OCTOSPI_DR 0x050u
#define OCTOSPI_CCR 0x100u
#define OCTOSPI_TCR 0x108u
#define OCTOSPI_IR 0x110u
#define OCTOSPI_ABR 0x120u

#define OCTOSPI_CR_EN (1u << 0)
#define OCTOSPI_CR_FTHRES_POS 8u
#define OCTOSPI_CR_FMODE_POS 28u
#define OCTOSPI_CR_FMODE (3u << OCTOSPI_CR_FMODE_POS)
#define OCTOSPI_DCR1_CSHT_POS 8u
#define OCTOSPI_DCR1_DEVSIZE_POS 16u
#define OCTOSPI_TCR_SSHIFT (1u << 30)
#define OCTOSPI_CCR_IMODE_POS 0u
#define OCTOSPI_CCR_ADMODE_POS 8u
#define OCTOSPI_CCR_ABMODE_POS 16u

#define OCTOSPIM_BASE 0x5200B400u
#define OCTOSPIM_CR (OCTOSPIM_BASE + 0x00u)
#define OCTOSPIM_P1CR (OCTOSPIM_BASE + 0x04u)
#define OCTOSPIM_PCR_CLKEN (1u << 0)
#define OCTOSPIM_PCR_NCSEN (1u << 8)
#define OCTOSPIM_PCR_IOLEN (1u << 16)

#endif
