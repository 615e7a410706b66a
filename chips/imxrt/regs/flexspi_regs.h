/* FlexSPI, as far as the driver uses it: chips/imxrt/facts.md. Offsets count from the block of registers. */
#ifndef MPROM_FLEXSPI_REGS_H
#define MPROM_FLEXSPI_REGS_H

#define FLEXSPI_MCR0 0x00u
#define FLEXSPI_MCR0_SWRESET (1u << 0)
#define FLEXSPI_MCR0_MDIS (1u << 1)
#define FLEXSPI_MCR0_RXCLKSRC (3u << 4)
#define FLEXSPI_MCR0_RXCLKSRC_DQS (3u << 4)
#define FLEXSPI_MCR0_ARDFEN (1u << 6)
#define FLEXSPI_MCR0_ATDFEN (1u << 7)
#define FLEXSPI_MCR0_SERCLKDIV (7u << 8) /* all ones: divides by 8 */
#define FLEXSPI_INTR 0x14u
#define FLEXSPI_INTR_IPCMDDONE (1u << 0)
#define FLEXSPI_INTR_IPCMDGE (1u << 1)
#define FLEXSPI_INTR_IPCMDERR (1u << 3)
#define FLEXSPI_INTR_IPTXWE (1u << 6)
#define FLEXSPI_INTR_SEQTIMEOUT (1u << 11)
#define FLEXSPI_LUTKEY 0x18u
#define FLEXSPI_LUTKEY_KEY 0x5AF05AF0u
#define FLEXSPI_LUTCR 0x1Cu
#define FLEXSPI_LUTCR_LOCK 1u
#define FLEXSPI_LUTCR_UNLOCK 2u
#define FLEXSPI_FLSHA1CR2 0x80u
#define FLEXSPI_FLSHCR2_ARDSEQID 0xFu
#define FLEXSPI_IPCR0 0xA0u
#define FLEXSPI_IPCR1 0xA4u
#define FLEXSPI_IPCR1_ISEQID_POS 16u
#define FLEXSPI_IPCMD 0xB0u
#define FLEXSPI_IPCMD_TRG 1u
#define FLEXSPI_IPRXFCR 0xB8u
#define FLEXSPI_IPTXFCR 0xBCu
#define FLEXSPI_IPFCR_CLR 1u /* and a watermark of 8 bytes, no DMA; of both */
#define FLEXSPI_STS0 0xE0u
#define FLEXSPI_STS0_IDLE 3u /* SEQIDLE and ARBIDLE */
#define FLEXSPI_IPRXFSTS 0xF0u
#define FLEXSPI_IPRXFSTS_FILL 0xFFu /* in units of 8 bytes, rounded up */
#define FLEXSPI_RFDR 0x100u
#define FLEXSPI_TFDR 0x180u
#define FLEXSPI_LUT 0x200u
#define FLEXSPI_SEQUENCE_SIZE 16u /* bytes: 8 instructions */

/* An instruction: what, on how many lines (0, 1, 2, 3 for 1, 2, 4, 8), an operand. The codes of single data rate are below 20h. */
#define FLEXSPI_OPCODE_POS 10u
#define FLEXSPI_PADS_POS 8u
#define FLEXSPI_OPERAND 0xFFu
#define FLEXSPI_STOP 0x00u
#define FLEXSPI_CMD 0x01u
#define FLEXSPI_RADDR 0x02u
#define FLEXSPI_MODE8 0x07u
#define FLEXSPI_WRITE 0x08u
#define FLEXSPI_READ 0x09u
#define FLEXSPI_DUMMY 0x0Cu

#endif
