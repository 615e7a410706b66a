/*
 * What starts a command, and which flags tell of its end, is in RM0399 24; README.md has the register trace of an
 * erase and of a program.
 */
#include "quadspi.h"

#include "chips/mmio.h"
#include "cortex_m7.h"
#include "stm32f7_regs.h"

enum {
    FIFO_WORD = 4,  /* FTF: so many bytes can be moved, or all that are left of a read */
    SELECT_GAP = 2, /* clocks between two commands; chips want 50 ns, at most 40 MHz */
    /*
     * Of a wait: a word on one lane behind a header of 142 clocks at most, each of QUADSPI_PRESCALER_MAX of the bus,
     * is below 4000 cycles, and a poll takes four at least.
     */
    POLLS_MAX = 10000,
    MPU_REGION = 7, /* the one that overrides all others */
};

/* FMODE 0 with data to come: nothing happens before a store to DR. */
static const uint32_t CCR_PARKED = 1u << QUADSPI_CCR_IMODE_POS | 1u << QUADSPI_CCR_DMODE_POS;
static const uint32_t REGION = MPU_RASR_ENABLE | (QUADSPI_WINDOW_LOG2 - 1) << MPU_RASR_SIZE_POS;

/* Waits until the flags of mask are as wanted. */
static int wait_flags(uint32_t mask, uint32_t wanted)
{
    for (uint32_t polls = 0; polls < POLLS_MAX; polls++) {
        uint32_t status = mmio_read32(QUADSPI_SR);
        if (status & QUADSPI_SR_TEF) {
            return -MPROM_EIO;
        }
        if ((status & mask) == wanted) {
            return 0;
        }
    }
    return -MPROM_ETIMEDOUT;
}

/* Ends what goes on, memory-mapped mode's reading ahead too. Only an abort ends that (RM0399 24). */
static int break_off(void)
{
    mmio_write32(QUADSPI_CR, mmio_read32(QUADSPI_CR) | QUADSPI_CR_ABORT);
    for (uint32_t polls = 0; mmio_read32(QUADSPI_CR) & QUADSPI_CR_ABORT; polls++) {
        if (polls == POLLS_MAX) {
            return -MPROM_ETIMEDOUT;
        }
    }
    mmio_write32(QUADSPI_FCR, QUADSPI_SR_TEF | QUADSPI_SR_TCF);
    return wait_flags(QUADSPI_SR_BUSY, 0);
}

/* Lets the CPU read the window, or keeps it from that: reads ahead while a command is set up change it (ES0321). */
static void window_allow(uint32_t attributes)
{
    cpu_barrier();
    mmio_write32(MPU_RNR, MPU_REGION);
    mmio_write32(MPU_RBAR, QUADSPI_WINDOW);
    mmio_write32(MPU_RASR, REGION | attributes);
    mmio_write32(MPU_CTRL, MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA);
    cpu_barrier();
}

/* 0, 1 and 4 lanes are coded as 0, 1 and 3. */
static uint32_t lanes_code(uint32_t lanes, uint32_t pos)
{
    return (lanes - lanes / 4) << pos;
}

/* CCR but for FMODE. */
static uint32_t control_of(const struct spi_nor_command *command, bool has_data)
{
    uint32_t control = command->opcode | lanes_code(command->opcode_lanes, QUADSPI_CCR_IMODE_POS) |
                       (uint32_t)command->dummy_clocks << QUADSPI_CCR_DCYC_POS;
    if (command->address_size != 0) {
        control |= lanes_code(command->address_lanes, QUADSPI_CCR_ADMODE_POS) | (command->address_size - 1u)
                                                                                    << QUADSPI_CCR_ADSIZE_POS;
    }
    if (command->mode_size != 0) {
        control |= lanes_code(command->address_lanes, QUADSPI_CCR_ABMODE_POS);
    }
    return has_data ? control | lanes_code(command->data_lanes, QUADSPI_CCR_DMODE_POS) : control;
}

static int receive(uint8_t *dst, uint32_t size)
{
    while (size > 0) {
        int err = wait_flags(QUADSPI_SR_FTF, QUADSPI_SR_FTF);
        if (err) {
            return err;
        }
        uint32_t n = size < FIFO_WORD ? size : FIFO_WORD;
        uint32_t word = 0;
        for (uint32_t i = 0; n < FIFO_WORD && i < n; i++) {
            word |= (uint32_t)mmio_read8(QUADSPI_DR) << (8 * i);
        }
        if (n == FIFO_WORD) {
            word = mmio_read32(QUADSPI_DR);
        }
        for (uint32_t i = 0; i < n; i++) {
            *dst++ = (uint8_t)(word >> (8 * i));
        }
        size -= n;
    }
    return 0;
}

/* Exactly size bytes: what is stored beyond DLR is thrown away, or reaches the chip. */
static int send(const uint8_t *src, uint32_t size)
{
    while (size > 0) {
        int err = wait_flags(QUADSPI_SR_FTF, QUADSPI_SR_FTF);
        if (err) {
            return err;
        }
        uint32_t n = size < FIFO_WORD ? size : FIFO_WORD;
        for (uint32_t i = 0; i < n; i++) {
            mmio_write8(QUADSPI_DR, *src++);
        }
        size -= n;
    }
    return 0;
}

static int command_run(const struct spi_nor_command *command)
{
    bool has_data = command->size != 0;
    bool reads = has_data && command->in != NULL;
    mmio_write32(QUADSPI_FCR, QUADSPI_SR_TEF | QUADSPI_SR_TCF);
    mmio_write32(QUADSPI_DLR, has_data ? command->size - 1 : 0);
    mmio_write32(QUADSPI_ABR, SPI_NOR_MODE_BYTE);
    mmio_write32(QUADSPI_CCR, control_of(command, has_data) | (reads ? QUADSPI_CCR_FMODE_READ : 0));
    if (command->address_size != 0) {
        mmio_write32(QUADSPI_AR, command->address);
    }
    int err = reads ? receive(command->in, command->size) : has_data ? send(command->out, command->size) : 0;
    if (err == 0) {
        err = wait_flags(QUADSPI_SR_TCF, QUADSPI_SR_TCF);
    }
    return err ? err : wait_flags(QUADSPI_SR_BUSY, 0);
}

/* How much an erase changes is not among what the bus is told. */
static int bus_transfer(void *ctx, const struct spi_nor_command *command)
{
    struct quadspi *quadspi = ctx;
    if (command->address_size != 0 && command->in == NULL) {
        quadspi->has_changed = true;
        quadspi->changed_off = command->address;
        quadspi->changed_size = command->size;
    }
    int err = command_run(command);
    if (err) {
        break_off();
    }
    return err;
}

static void bus_wait_us(void *ctx, uint32_t us)
{
    const struct quadspi *quadspi = ctx;
    quadspi->wait_us(us);
}

static int bus_begin(void *ctx)
{
    struct quadspi *quadspi = ctx;
    quadspi->has_changed = false;
    window_allow(MPU_RASR_XN);
    return mmio_read32(QUADSPI_SR) & QUADSPI_SR_BUSY ? break_off() : 0;
}

/* What a chip that could not be started holds cannot be read: the window stays closed. */
static int bus_end(void *ctx, const struct spi_nor_command *read)
{
    const struct quadspi *quadspi = ctx;
    if (read == NULL) {
        return 0;
    }
    int err = wait_flags(QUADSPI_SR_BUSY, 0);
    if (err) {
        return err;
    }
    /* With AR no multiple of 4 memory-mapped mode reads wrong data (ES0321); a store to AR starts nothing here. */
    mmio_write32(QUADSPI_CCR, CCR_PARKED);
    mmio_write32(QUADSPI_AR, 0);
    mmio_write32(QUADSPI_ABR, SPI_NOR_MODE_BYTE);
    mmio_write32(QUADSPI_CCR, control_of(read, true) | QUADSPI_CCR_FMODE_MAPPED);
    window_allow(MPU_RASR_READ_ONLY | MPU_RASR_WRITE_BACK);
    if (quadspi->has_changed && quadspi->changed_size != 0) {
        cortex_m7_cache_drop(QUADSPI_WINDOW + quadspi->changed_off, quadspi->changed_size);
    } else if (quadspi->has_changed) {
        cortex_m7_cache_drop_all();
    }
    return 0;
}

static const void *bus_map(void *ctx, uint32_t off)
{
    (void)ctx;
    return mmio_map(QUADSPI_WINDOW + off);
}

static const struct spi_nor_bus_ops bus_ops = {
    .transfer = bus_transfer, .wait_us = bus_wait_us, .begin = bus_begin, .end = bus_end, .map = bus_map};

void quadspi_open(struct quadspi *quadspi, uint32_t prescaler, void (*wait_us)(uint32_t us))
{
    *quadspi = (struct quadspi){.bus = {.ops = &bus_ops, .ctx = quadspi, .lanes = 4}, .wait_us = wait_us};
    window_allow(MPU_RASR_XN);
    mmio_write32(RCC_AHB3ENR, mmio_read32(RCC_AHB3ENR) | RCC_AHB3_QSPI);
    mmio_write32(RCC_AHB3RSTR, mmio_read32(RCC_AHB3RSTR) | RCC_AHB3_QSPI);
    mmio_write32(RCC_AHB3RSTR, mmio_read32(RCC_AHB3RSTR) & ~RCC_AHB3_QSPI);
    /* As large as the window: reading ahead at the end of any chip is no error then. It does not set what is sent. */
    mmio_write32(QUADSPI_DCR, (QUADSPI_WINDOW_LOG2 - 1) << QUADSPI_DCR_FSIZE_POS | (SELECT_GAP - 1)
                                                                                       << QUADSPI_DCR_CSHT_POS);
    mmio_write32(QUADSPI_CR, (prescaler - 1) << QUADSPI_CR_PRESCALER_POS | (FIFO_WORD - 1) << QUADSPI_CR_FTHRES_POS |
                                 QUADSPI_CR_SSHIFT | QUADSPI_CR_EN);
}
