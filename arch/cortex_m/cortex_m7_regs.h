/*
 * The Cortex-M7's own registers, by the names that manuals print: Armv7-M Architecture Reference Manual B3, and Arm's
 * header core_cm7.h.
 */
#ifndef MPROM_CORTEX_M7_REGS_H
#define MPROM_CORTEX_M7_REGS_H

#define SCB_CCR 0xE000ED14u
#define SCB_CCR_BFHFNMIGN (1u << 8)
#define SCB_CCR_DC (1u << 16)
#define SCB_CCR_IC (1u << 17)
#define SCB_CCSIDR 0xE000ED80u
#define SCB_CSSELR 0xE000ED84u
#define SCB_ICIALLU 0xE000EF50u
#define SCB_DCISW 0xE000EF60u
#define SCB_DCCIMVAC 0xE000EF70u
#define SCB_DCCISW 0xE000EF74u
#define MPU_TYPE 0xE000ED90u
#define MPU_TYPE_DREGION_POS 8u /* and 8 bits: how many regions there are */
#define MPU_CTRL 0xE000ED94u
#define MPU_RNR 0xE000ED98u
#define MPU_RBAR 0xE000ED9Cu
#define MPU_RASR 0xE000EDA0u
#define MPU_CTRL_ENABLE (1u << 0)
#define MPU_CTRL_PRIVDEFENA (1u << 2)
#define MPU_RASR_ENABLE (1u << 0)
#define MPU_RASR_SIZE_POS 1u
#define MPU_RASR_WRITE_BACK (3u << 16) /* C and B */
#define MPU_RASR_READ_ONLY (6u << 24)
#define MPU_RASR_XN (1u << 28)

#endif
