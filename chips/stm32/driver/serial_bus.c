/*
 * What starts a command, and which flags tell of its end, is in RM0399 24 for QUADSPI and in RM0456 28 for OCTOSPI;
 * README.md and octospi.md have the register trace of an erase and of a program.
 */
#include "chips/stm32/driver/serial_bus.h"

#include "arch/cortex_m/cortex_m7.h"
#include "arch/cortex_m/cortex_m7_regs.h"
#include "arch/mmio.h"

enum {
    /*
     * Of a wait: a word on one lane behind a header of 142 clocks at most, each of MPROM_SERIAL_PRESCALER_MAX of the
     * bus, is below 4000 cycles, and a poll takes four at least.
     */
    POLLS_MAX = 10000,
    MPU_REGION = 7, /* overrides all others of an F7; an H7 has eight more, off as after a reset */
    ADSIZE_POS = 12,
    DMODE_POS = 24,
};

static const uint32_t CR_ABORT = 1u << 1;
static const uint32_t SR_TEF = 1u << 0;
static const uint32_t SR_TCF = 1u << 1;
static const uint32_t SR_FTF = 1u << 2;
static const uint32_t SR_BUSY = 1u << 5;
static const uint32_t REGION = MPU_RASR_ENABLE | (MPROM_SERIAL_WINDOW_LOG2 - 1) << MPU_RASR_SIZE_POS;

static uint32_t status_read(const struct mprom_serial_controller *controller)
{
    return mprom_mmio_read32(controller->base + controller->sr);
}

static void flags_clear(const struct mprom_serial_controller *controller)
{
    mprom_mmio_write32(controller->base + controller->fcr, SR_TEF | SR_TCF);
}

/* Waits until the flags of mask are as wanted. */
static int wait_flags(const struct mprom_serial_controller *controller, uint32_t mask, uint32_t wanted)
{
    for (uint32_t polls = 0; polls < POLLS_MAX; polls++) {
        uint32_t status = status_read(controller);
        if (status & SR_TEF) {
            return -MPROM_EIO;
        }
        if ((status & mask) == wanted) {
            return 0;
        }
    }
    return -MPROM_ETIMEDOUT;
}

/* Ends what goes on, memory-mapped mode's reading ahead too. Only an abort ends that. */
static int break_off(const struct mprom_serial_controller *controller)
{
    mprom_mmio_write32(controller->base, mprom_mmio_read32(controller->base) | CR_ABORT);
    for (uint32_t polls = 0; mprom_mmio_read32(controller->base) & CR_ABORT; polls++) {
        if (polls == POLLS_MAX) {
            return -MPROM_ETIMEDOUT;
        }
    }
    flags_clear(controller);
    return wait_flags(controller, SR_BUSY, 0);
}

/* Lets the CPU read the window, or keeps it from that: reads ahead while a command is set up change it (ES0321). */
static void window_allow(uint32_t attributes)
{
    mprom_cpu_barrier();
    mprom_mmio_write32(MPU_RNR, MPU_REGION);
    mprom_mmio_write32(MPU_RBAR, MPROM_SERIAL_WINDOW);
    mprom_mmio_write32(MPU_RASR, REGION | attributes);
    mprom_mmio_write32(MPU_CTRL, MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA);
    mprom_cpu_barrier();
}

/* 0, 1 and 4 lanes are coded as 0, 1 and 3. */
static uint32_t lanes_code(uint32_t lanes, uint32_t pos)
{
    return (lanes - lanes / 4) << pos;
}

static void set_up(const struct mprom_serial_controller *controller, const struct mprom_spi_nor_command *command,
                   enum mprom_serial_mode mode)
{
    bool has_data = mode == MPROM_SERIAL_MAPPED || command->size != 0;
    uint32_t format = lanes_code(command->opcode_lanes, controller->imode_pos);
    if (command->address_size != 0) {
        format |= lanes_code(command->address_lanes, controller->admode_pos) | (command->address_size - 1u)
                                                                                   << ADSIZE_POS;
    }
    if (command->mode_size != 0) {
        format |= lanes_code(command->address_lanes, controller->abmode_pos);
    }
    if (has_data) {
        format |= lanes_code(command->data_lanes, DMODE_POS);
    }
    mprom_mmio_write32(controller->base + controller->abr, MPROM_SPI_NOR_MODE_BYTE);
    controller->set_up(controller, command, format, mode);
}

static int receive(const struct mprom_serial_controller *controller, uint8_t *dst, uint32_t size)
{
    uint32_t data = controller->base + controller->dr;
    while (size > 0) {
        int err = wait_flags(controller, SR_FTF, SR_FTF);
        if (err) {
            return err;
        }
        uint32_t n = size < MPROM_SERIAL_FIFO_WORD ? size : MPROM_SERIAL_FIFO_WORD;
        uint32_t word = 0;
        for (uint32_t i = 0; n < MPROM_SERIAL_FIFO_WORD && i < n; i++) {
            word |= (uint32_t)mprom_mmio_read8(data) << (8 * i);
        }
        if (n == MPROM_SERIAL_FIFO_WORD) {
            word = mprom_mmio_read32(data);
        }
        for (uint32_t i = 0; i < n; i++) {
            *dst++ = (uint8_t)(word >> (8 * i));
        }
        size -= n;
    }
    return 0;
}

/* Exactly size bytes: what is stored beyond DLR is thrown away, or reaches the chip. */
static int send(const struct mprom_serial_controller *controller, const uint8_t *src, uint32_t size)
{
    while (size > 0) {
        int err = wait_flags(controller, SR_FTF, SR_FTF);
        if (err) {
            return err;
        }
        uint32_t n = size < MPROM_SERIAL_FIFO_WORD ? size : MPROM_SERIAL_FIFO_WORD;
        for (uint32_t i = 0; i < n; i++) {
            mprom_mmio_write8(controller->base + controller->dr, *src++);
        }
        size -= n;
    }
    return 0;
}

static int command_run(const struct mprom_serial_controller *controller, const struct mprom_spi_nor_command *command)
{
    bool has_data = command->size != 0;
    bool reads = has_data && command->in != NULL;
    flags_clear(controller);
    mprom_mmio_write32(controller->base + controller->dlr, has_data ? command->size - 1 : 0);
    set_up(controller, command, reads ? MPROM_SERIAL_RECEIVES : MPROM_SERIAL_SENDS);
    if (command->address_size != 0) {
        mprom_mmio_write32(controller->base + controller->ar, command->address);
    }
    int err = reads      ? receive(controller, command->in, command->size)
              : has_data ? send(controller, command->out, command->size)
                         : 0;
    if (err == 0) {
        err = wait_flags(controller, SR_TCF, SR_TCF);
    }
    return err ? err : wait_flags(controller, SR_BUSY, 0);
}

static int command_try(const struct mprom_serial_controller *controller, const struct mprom_spi_nor_command *command)
{
    int err = command_run(controller, command);
    if (err) {
        break_off(controller);
    }
    return err;
}

/* How much an erase changes is not among what the bus is told. */
static int bus_transfer(void *ctx, const struct mprom_spi_nor_command *command)
{
    struct mprom_serial_bus *serial = ctx;
    if (command->address_size != 0 && command->in == NULL) {
        serial->has_changed = true;
        serial->changed_off = command->address;
        serial->changed_size = command->size;
    }
    int err = command_try(serial->controller, command);
    /* An H7 may set TEF for nothing when AR is written (micropython issue 5441). Reads can be done again. */
    if (err == -MPROM_EIO && command->in != NULL) {
        err = command_try(serial->controller, command);
    }
    return err;
}

static void bus_wait_us(void *ctx, uint32_t us)
{
    const struct mprom_serial_bus *serial = ctx;
    serial->wait_us(us);
}

static int bus_begin(void *ctx)
{
    struct mprom_serial_bus *serial = ctx;
    serial->has_changed = false;
    serial->is_mapped = false;
    window_allow(MPU_RASR_XN);
    return status_read(serial->controller) & SR_BUSY ? break_off(serial->controller) : 0;
}

/* What a chip that could not be started holds cannot be read: the window stays closed. */
static int bus_end(void *ctx, const struct mprom_spi_nor_command *read)
{
    struct mprom_serial_bus *serial = ctx;
    if (read == NULL) {
        return 0;
    }
    int err = wait_flags(serial->controller, SR_BUSY, 0);
    if (err) {
        return err;
    }
    set_up(serial->controller, read, MPROM_SERIAL_MAPPED);
    window_allow(MPU_RASR_READ_ONLY | MPU_RASR_WRITE_BACK);
    if (serial->has_changed && serial->changed_size != 0) {
        mprom_cortex_m7_cache_drop(MPROM_SERIAL_WINDOW + serial->changed_off, serial->changed_size);
    } else if (serial->has_changed) {
        mprom_cortex_m7_cache_drop_all();
    }
    serial->is_mapped = true;
    return 0;
}

static const void *bus_map(void *ctx, uint32_t off)
{
    const struct mprom_serial_bus *serial = ctx;
    return serial->is_mapped ? mprom_mmio_map(MPROM_SERIAL_WINDOW + off) : NULL;
}

static const struct mprom_spi_nor_bus_ops bus_ops = {
    .transfer = bus_transfer, .wait_us = bus_wait_us, .begin = bus_begin, .end = bus_end, .map = bus_map};

void mprom_serial_bus_open(struct mprom_serial_bus *serial, const struct mprom_serial_controller *controller,
                           void (*wait_us)(uint32_t us))
{
    *serial = (struct mprom_serial_bus){
        .bus = {.ops = &bus_ops, .ctx = serial, .lanes = 4}, .controller = controller, .wait_us = wait_us};
    window_allow(MPU_RASR_XN);
    mprom_mmio_write32(controller->rcc_enable, mprom_mmio_read32(controller->rcc_enable) | controller->rcc_bits);
    mprom_mmio_write32(controller->rcc_reset, mprom_mmio_read32(controller->rcc_reset) | controller->rcc_bits);
    mprom_mmio_write32(controller->rcc_reset, mprom_mmio_read32(controller->rcc_reset) & ~controller->rcc_bits);
}

int mprom_serial_bus_set_prescaler(struct mprom_serial_bus *serial, uint32_t prescaler,
                                   const struct mprom_spi_nor_command *read)
{
    int err = bus_begin(serial);
    if (err) {
        return err;
    }
    serial->controller->set_prescaler(serial->controller, prescaler);
    return bus_end(serial, read);
}
