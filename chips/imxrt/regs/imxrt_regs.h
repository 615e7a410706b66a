/* What the port uses besides FlexSPI: facts.md. Offsets (_OFF) count from a block whose place the series says. */
#ifndef MPROM_IMXRT_REGS_H
#define MPROM_IMXRT_REGS_H

/* Clocks of RT10xx */
#define CCM_CSCMR1 0x400FC01Cu
#define CCM_CSCMR1_PERCLK_PODF 0x3Fu
#define CCM_CSCMR1_PERCLK_CLK_SEL (1u << 6) /* the crystal's 24 MHz */
#define CCM_CSCDR1 0x400FC024u
#define CCM_CSCDR1_UART_CLK_PODF 0x3Fu
#define CCM_CSCDR1_UART_CLK_SEL (1u << 6) /* the crystal's 24 MHz */
#define CCM_CCGR1 0x400FC06Cu
#define CCM_CCGR3 0x400FC074u
#define CCM_CCGR5 0x400FC07Cu
#define CCM_CCGR(gate) (3u << (gate)*2u)

/* and of RT1176: a root's source and divider, a gate */
#define CCM_ROOT_CONTROL(root) (0x40CC0000u + (root)*0x80u)
#define CCM_ROOT_MUX_24M (1u << 8) /* and a divider of 1 */
#define CCM_ROOT_BITS 0x010007FFu
#define CCM_LPCG_DIRECT(gate) (0x40CC6000u + (gate)*0x20u)
#define CCM_LPCG_ON 1u

#define IOMUXC_GPR16 0x400AC040u
#define IOMUXC_GPR16_FLEXRAM_BANK_CFG_SEL (1u << 2)
#define IOMUXC_GPR17 0x400AC044u

#define RTWDOG_CS_OFF 0x0u
#define RTWDOG_CS_UPDATE (1u << 5)
#define RTWDOG_CS_EN (1u << 7)
#define RTWDOG_CNT_OFF 0x4u
#define RTWDOG_CNT_KEY 0xD928C520u
#define RTWDOG_TOVAL_OFF 0x8u
#define RTWDOG_TOVAL_MAX 0xFFFFu

#define GPT_CR_OFF 0x00u
#define GPT_CR_EN (1u << 0)
#define GPT_CR_CLKSRC_ROOT (1u << 6)
#define GPT_CR_FRR (1u << 9)
#define GPT_PR_OFF 0x04u
#define GPT_SR_OFF 0x08u
#define GPT_SR_OF1 (1u << 0)
#define GPT_IR_OFF 0x0Cu
#define GPT_OCR1_OFF 0x10u
#define GPT_CNT_OFF 0x24u

#define LPUART_BAUD_OFF 0x10u
#define LPUART_BAUD_RDMAE (1u << 21)
#define LPUART_BAUD_OSR_POS 24u
#define LPUART_STAT_OFF 0x14u
#define LPUART_STAT_SETTINGS 0x3E000000u /* what is not a flag */
#define LPUART_STAT_OR (1u << 19)
#define LPUART_STAT_TC (1u << 22)
#define LPUART_STAT_TDRE (1u << 23)
#define LPUART_CTRL_OFF 0x18u
#define LPUART_CTRL_RE (1u << 18)
#define LPUART_CTRL_TE (1u << 19)
#define LPUART_DATA_OFF 0x1Cu
#define LPUART_FIFO_OFF 0x28u
#define LPUART_FIFO_RXFE (1u << 3)
#define LPUART_FIFO_TXFE (1u << 7)
#define LPUART_FIFO_RXFLUSH (1u << 14)
#define LPUART_FIFO_TXFLUSH (1u << 15)
#define LPUART_WATER_OFF 0x2Cu
#define LPUART_WATER_TX 3u /* TDRE while one of the four places is free */

#define DMA_SERQ_OFF 0x1Bu
#define DMA_CINT_OFF 0x1Fu
#define DMA_TCD0_SADDR_OFF 0x1000u
#define DMA_TCD0_ATTR_SOFF_OFF 0x1004u
#define DMA_TCD_ATTR_DMOD_POS 19u
#define DMA_TCD0_NBYTES_OFF 0x1008u
#define DMA_TCD0_SLAST_OFF 0x100Cu
#define DMA_TCD0_DADDR_OFF 0x1010u
#define DMA_TCD0_CITER_DOFF_OFF 0x1014u
#define DMA_TCD0_DLAST_OFF 0x1018u
#define DMA_TCD0_BITER_CSR_OFF 0x101Cu
#define DMA_TCD_CSR_INTMAJOR (1u << 1)
#define DMA_TCD_ITER_POS 16u
#define DMAMUX_CHCFG_ENBL (1u << 31)

#endif
