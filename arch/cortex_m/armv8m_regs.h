/*
 * MPU, fault status and cache maintenance of an Armv8-M with the main extension: Armv8-M Architecture Reference Manual,
 * D1.2, and Arm's header core_cm55.h.
 */
#ifndef MPROM_ARMV8M_REGS_H
#define MPROM_ARMV8M_REGS_H

#define SCB_CCR 0xE000ED14u
#define SCB_CCR_BFHFNMIGN (1u << 8)
#define SCB_CFSR 0xE000ED28u          /* a bit that is written clears itself */
#define SCB_CFSR_BUS_DATA 0x00008600u /* BFARVALID, IMPRECISERR, PRECISERR */
#define MPU_TYPE 0xE000ED90u
#define MPU_TYPE_DREGION_POS 8 /* how many regions there are, in 8 bits */
#define MPU_CTRL 0xE000ED94u
#define MPU_CTRL_ENABLE (1u << 0)
#define MPU_CTRL_HFNMIENA (1u << 1)   /* on too while faults are masked */
#define MPU_CTRL_PRIVDEFENA (1u << 2) /* where no region is, the default map counts */
#define MPU_RNR 0xE000ED98u
#define MPU_RBAR 0xE000ED9Cu /* of the region that RNR names */
#define MPU_RBAR_READ_ONLY (1u << 2)
#define MPU_RBAR_ANYONE (1u << 1) /* not only privileged code */
#define MPU_RLAR 0xE000EDA0u
#define MPU_RLAR_LIMIT 0xFFFFFFE0u
#define MPU_RLAR_ATTRIBUTE_POS 1
#define MPU_RLAR_ENABLE (1u << 0)
#define MPU_MAIR1 0xE000EDC4u        /* attributes 4 to 7, of eight bits */
#define MPU_MAIR_WRITE_THROUGH 0xAAu /* normal memory, read allocate */
#define MPU_MAIR_NOT_CACHED 0x44u    /* normal memory */
#define CACHE_DCCMVAC 0xE000EF68u    /* cleans the line of the data cache that holds an address */

#endif
