/* facts.md has the registers and their sources, README.md the trace of an erase and of a program. */
#include "chips/imxrt/driver/flexspi.h"

#include "arch/cortex_m/cortex_m7.h"
#include "arch/cortex_m/cortex_m7_regs.h"
#include "arch/mmio.h"
#include "chips/imxrt/regs/flexspi_regs.h"

enum {
    /* Of a wait, each of four cycles at least: 4 ms at 1 GHz. The longest command here takes 0.4 ms. */
    POLLS_MAX = 1000000,
    SEQUENCE = 15,       /* boot headers and loaders use the first ones */
    PIECE = 8,           /* bytes of a watermark, and of a unit of the FIFOs */
    READ_SIZE_MAX = 128, /* what the RX FIFO holds by every source */
    WINDOW_LOG2 = 28,
    INSTRUCTIONS = 8,
    REACH_3BYTE = 1 << 24,
    READ_STATUS = 0x05,
    RESET_ENABLE = 0x66,
    RESET = 0x99,
    RESET_US = 100,
    ENTER_4BYTE = 0xB7,
    BUSY = 1,
};

static const uint32_t ERRORS = FLEXSPI_INTR_IPCMDGE | FLEXSPI_INTR_IPCMDERR | FLEXSPI_INTR_SEQTIMEOUT;
static const uint32_t REGION = MPU_RASR_ENABLE | (WINDOW_LOG2 - 1) << MPU_RASR_SIZE_POS;

static uint32_t register_read(const struct mprom_flexspi *flexspi, uint32_t off)
{
    return mprom_mmio_read32(flexspi->registers + off);
}

static void register_write(const struct mprom_flexspi *flexspi, uint32_t off, uint32_t value)
{
    mprom_mmio_write32(flexspi->registers + off, value);
}

static int wait_bits(const struct mprom_flexspi *flexspi, uint32_t off, uint32_t mask, uint32_t wanted)
{
    for (uint32_t polls = 0; polls < POLLS_MAX; polls++) {
        if ((register_read(flexspi, off) & mask) == wanted) {
            return 0;
        }
    }
    return -MPROM_ETIMEDOUT;
}

static int wait_idle(const struct mprom_flexspi *flexspi)
{
    return wait_bits(flexspi, FLEXSPI_STS0, FLEXSPI_STS0_IDLE, FLEXSPI_STS0_IDLE);
}

/* Waits for a flag of INTR, or for an error. */
static int wait_flag(const struct mprom_flexspi *flexspi, uint32_t flag)
{
    for (uint32_t polls = 0; polls < POLLS_MAX; polls++) {
        uint32_t flags = register_read(flexspi, FLEXSPI_INTR);
        if (flags & ERRORS) {
            return -MPROM_EIO;
        }
        if (flags & flag) {
            return 0;
        }
    }
    return -MPROM_ETIMEDOUT;
}

/* Empties the FIFOs and the buffers of the window, which may hold what was read before a change. Settings stay. */
static int reset(const struct mprom_flexspi *flexspi)
{
    register_write(flexspi, FLEXSPI_MCR0, register_read(flexspi, FLEXSPI_MCR0) | FLEXSPI_MCR0_SWRESET);
    return wait_bits(flexspi, FLEXSPI_MCR0, FLEXSPI_MCR0_SWRESET, 0);
}

/* Between commands. Until a chip is found this sets the clock too, which only changes while FlexSPI is off. */
static int settle(const struct mprom_flexspi *flexspi, uint32_t mcr0)
{
    int err = wait_idle(flexspi);
    if (err == 0 && !flexspi->is_started) {
        register_write(flexspi, FLEXSPI_MCR0, register_read(flexspi, FLEXSPI_MCR0) | FLEXSPI_MCR0_MDIS);
        register_write(flexspi, FLEXSPI_MCR0, mcr0 | FLEXSPI_MCR0_MDIS);
        register_write(flexspi, FLEXSPI_MCR0, mcr0);
    }
    return err ? err : reset(flexspi);
}

/* The last region overrides all others. What the CPU reads ahead of a chip at work is garbage that a cache would keep. */
static void window_allow(const struct mprom_flexspi *flexspi, uint32_t attributes)
{
    mprom_cpu_barrier();
    mprom_mmio_write32(MPU_RNR, (mprom_mmio_read32(MPU_TYPE) >> MPU_TYPE_DREGION_POS & 0xFF) - 1);
    mprom_mmio_write32(MPU_RBAR, flexspi->window);
    mprom_mmio_write32(MPU_RASR, REGION | attributes);
    mprom_mmio_write32(MPU_CTRL, MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA);
    mprom_cpu_barrier();
}

/* 1, 2 and 4 lines are coded as 0, 1 and 2. */
static uint32_t instruction(uint32_t opcode, uint32_t lanes, uint32_t operand)
{
    return opcode << FLEXSPI_OPCODE_POS | lanes / 2 << FLEXSPI_PADS_POS | operand;
}

/* What a sequence has so far. */
struct sequence {
    uint32_t words[INSTRUCTIONS / 2];
    uint32_t count;
};

static void add(struct sequence *sequence, uint32_t opcode, uint32_t lanes, uint32_t operand)
{
    sequence->words[sequence->count / 2] |= instruction(opcode, lanes, operand) << 16 * (sequence->count % 2);
    sequence->count++;
}

static void lock_set(const struct mprom_flexspi *flexspi, uint32_t lock)
{
    register_write(flexspi, FLEXSPI_LUTKEY, FLEXSPI_LUTKEY_KEY);
    register_write(flexspi, FLEXSPI_LUTCR, lock);
}

static void set_up(const struct mprom_flexspi *flexspi, const struct mprom_spi_nor_command *command)
{
    struct sequence sequence = {.count = 0}; /* and STOP */
    add(&sequence, FLEXSPI_CMD, command->opcode_lanes, command->opcode);
    if (command->address_size != 0) {
        add(&sequence, FLEXSPI_RADDR, command->address_lanes, command->address_size * 8u);
    }
    if (command->mode_size != 0) {
        add(&sequence, FLEXSPI_MODE8, command->address_lanes, MPROM_SPI_NOR_MODE_BYTE);
    }
    if (command->dummy_clocks != 0) {
        add(&sequence, FLEXSPI_DUMMY, command->data_lanes, command->dummy_clocks);
    }
    if (command->size != 0) {
        add(&sequence, command->in != NULL ? FLEXSPI_READ : FLEXSPI_WRITE, command->data_lanes, 0);
    }
    lock_set(flexspi, FLEXSPI_LUTCR_UNLOCK);
    for (uint32_t i = 0; i < INSTRUCTIONS / 2; i++) {
        register_write(flexspi, FLEXSPI_LUT + SEQUENCE * FLEXSPI_SEQUENCE_SIZE + 4 * i, sequence.words[i]);
    }
    lock_set(flexspi, FLEXSPI_LUTCR_LOCK);
}

/* Before each command: a byte that was left would be read again, and a flag that was left would end the next wait. */
static void leftovers_clear(const struct mprom_flexspi *flexspi)
{
    register_write(flexspi, FLEXSPI_IPTXFCR, FLEXSPI_IPFCR_CLR);
    register_write(flexspi, FLEXSPI_IPRXFCR, FLEXSPI_IPFCR_CLR);
    register_write(flexspi, FLEXSPI_INTR, FLEXSPI_INTR_IPCMDDONE | ERRORS);
}

/* The flag says that the FIFO has room for a piece, and writing it puts the piece in. What is too much in the last is not sent. */
static int send(const struct mprom_flexspi *flexspi, const uint8_t *src, uint32_t size)
{
    uint32_t word = 0;
    for (uint32_t i = 0; i < (size + PIECE - 1) / PIECE * PIECE; i++) {
        int err = i % PIECE == 0 ? wait_flag(flexspi, FLEXSPI_INTR_IPTXWE) : 0;
        if (err) {
            return err;
        }
        word = word >> 8 | (i < size ? (uint32_t)src[i] << 24 : 0);
        if (i % 4 == 3) {
            register_write(flexspi, FLEXSPI_TFDR + i % PIECE - 3, word);
        }
        if (i % PIECE == PIECE - 1) {
            register_write(flexspi, FLEXSPI_INTR, FLEXSPI_INTR_IPTXWE);
        }
    }
    return 0;
}

/* All has come, and the FIFO held it: loads take nothing out. */
static int receive(const struct mprom_flexspi *flexspi, uint8_t *dst, uint32_t size)
{
    if ((register_read(flexspi, FLEXSPI_IPRXFSTS) & FLEXSPI_IPRXFSTS_FILL) < (size + PIECE - 1) / PIECE) {
        return -MPROM_EIO;
    }
    uint32_t word = 0;
    for (uint32_t i = 0; i < size; i++) {
        if (i % sizeof word == 0) {
            word = register_read(flexspi, FLEXSPI_RFDR + i);
        }
        dst[i] = (uint8_t)(word >> 8 * (i % sizeof word));
    }
    return 0;
}

/* Addresses count from the start of the chip; that of a command without one is 0. */
static int command_run(const struct mprom_flexspi *flexspi, const struct mprom_spi_nor_command *command)
{
    set_up(flexspi, command);
    leftovers_clear(flexspi);
    register_write(flexspi, FLEXSPI_IPCR0, command->address);
    register_write(flexspi, FLEXSPI_IPCR1, (uint32_t)SEQUENCE << FLEXSPI_IPCR1_ISEQID_POS | command->size);
    register_write(flexspi, FLEXSPI_IPCMD, FLEXSPI_IPCMD_TRG);
    int err = command->in == NULL ? send(flexspi, command->out, command->size) : 0;
    if (err == 0) {
        err = wait_flag(flexspi, FLEXSPI_INTR_IPCMDDONE);
    }
    if (err == 0) {
        err = wait_idle(flexspi);
    }
    if (err == 0 && command->in != NULL) {
        err = receive(flexspi, command->in, command->size);
    }
    return err;
}

/* How much an erase changes is not among what the bus is told. */
static void change_note(struct mprom_flexspi *flexspi, const struct mprom_spi_nor_command *command)
{
    if (command->address_size != 0 && command->in == NULL) {
        flexspi->has_changed = true;
        flexspi->changed_off = command->address;
        flexspi->changed_size = command->size;
    }
}

static int bus_transfer(void *ctx, const struct mprom_spi_nor_command *command)
{
    struct mprom_flexspi *flexspi = ctx;
    struct mprom_spi_nor_command part = *command;
    if (command->opcode == ENTER_4BYTE && flexspi->reach == REACH_3BYTE) {
        return -MPROM_EOPNOTSUPP; /* the window could not be read any more */
    }
    change_note(flexspi, command);
    int err = 0;
    uint32_t done = 0;
    do {
        uint32_t left = command->size - done;
        part.size = command->in != NULL && left > READ_SIZE_MAX ? READ_SIZE_MAX : left;
        part.address = command->address + done;
        part.in = command->in != NULL ? command->in + done : NULL;
        err = command_run(flexspi, &part);
        done += part.size;
    } while (err == 0 && done < command->size);
    if (command->opcode == READ_STATUS && command->in != NULL) {
        flexspi->is_busy = err != 0 || (command->in[0] & BUSY) != 0;
    }
    return err;
}

static void bus_wait_us(void *ctx, uint32_t us)
{
    const struct mprom_flexspi *flexspi = ctx;
    flexspi->wait_us(us);
}

/* A chip that is still at work cannot be read, and the program lies there: breaks its operation off, as a power cut would. */
static void break_off(struct mprom_flexspi *flexspi)
{
    struct mprom_spi_nor_command command = {.opcode = RESET_ENABLE, .opcode_lanes = 1};
    (void)command_run(flexspi, &command);
    command.opcode = RESET;
    (void)command_run(flexspi, &command);
    flexspi->wait_us(RESET_US);
    flexspi->is_busy = false;
    flexspi->has_changed = true;
    flexspi->changed_size = 0;
}

/* The CPU goes on in the window. */
static void window_open(struct mprom_flexspi *flexspi)
{
    window_allow(flexspi, MPU_RASR_READ_ONLY | MPU_RASR_WRITE_BACK);
    if (flexspi->has_changed && flexspi->changed_size != 0) {
        mprom_cortex_m7_cache_drop(flexspi->window + flexspi->changed_off, flexspi->changed_size);
    } else if (flexspi->has_changed) {
        mprom_cortex_m7_cache_drop_all();
    }
    mprom_cpu_irq_restore(flexspi->irq);
}

static int bus_begin(void *ctx)
{
    struct mprom_flexspi *flexspi = ctx;
    flexspi->irq = mprom_cpu_irq_mask();
    flexspi->is_mapped = false;
    flexspi->is_busy = false;
    flexspi->has_changed = false;
    window_allow(flexspi, MPU_RASR_XN);
    int err = flexspi->is_started ? wait_idle(flexspi) : settle(flexspi, flexspi->mcr0 | FLEXSPI_MCR0_SERCLKDIV);
    if (err) {
        window_open(flexspi);
    }
    return err;
}

/* The window reads as before, not as `read` says: that way is known to work. */
static int bus_end(void *ctx, const struct mprom_spi_nor_command *read)
{
    struct mprom_flexspi *flexspi = ctx;
    if (flexspi->is_busy) {
        break_off(flexspi);
    }
    int err = settle(flexspi, flexspi->mcr0);
    flexspi->is_started = flexspi->is_started || read != NULL;
    flexspi->is_mapped = err == 0;
    window_open(flexspi);
    return err;
}

static const void *bus_map(void *ctx, uint32_t off)
{
    const struct mprom_flexspi *flexspi = ctx;
    return flexspi->is_mapped && off < flexspi->reach ? mprom_mmio_map(flexspi->window + off) : NULL;
}

static const struct mprom_spi_nor_bus_ops bus_ops = {
    .transfer = bus_transfer, .wait_us = bus_wait_us, .begin = bus_begin, .end = bus_end, .map = bus_map};

/*
 * How many bits of address the window is read with, if it is with an opcode on one line and then an address: of a chip that takes
 * commands so. Else 0; and if it is with the sequence that commands are to have.
 */
static uint32_t window_address_bits(const struct mprom_flexspi *flexspi)
{
    const uint32_t mask = 0x3Fu << (16 + FLEXSPI_OPCODE_POS) | 0xFFu << FLEXSPI_PADS_POS;
    const uint32_t wanted = FLEXSPI_RADDR << (16 + FLEXSPI_OPCODE_POS) | FLEXSPI_CMD << FLEXSPI_OPCODE_POS;
    uint32_t sequence = register_read(flexspi, FLEXSPI_FLSHA1CR2) & FLEXSPI_FLSHCR2_ARDSEQID;
    uint32_t word = register_read(flexspi, FLEXSPI_LUT + sequence * FLEXSPI_SEQUENCE_SIZE);
    return (word & mask) == wanted && sequence != SEQUENCE ? word >> 16 & FLEXSPI_OPERAND : 0;
}

/* What another program has left in the MPU would count from the moment on in which it is enabled. */
static void regions_clear(void)
{
    mprom_cpu_barrier();
    mprom_mmio_write32(MPU_CTRL, 0);
    for (uint32_t i = mprom_mmio_read32(MPU_TYPE) >> MPU_TYPE_DREGION_POS & 0xFF; i-- > 0;) {
        mprom_mmio_write32(MPU_RNR, i);
        mprom_mmio_write32(MPU_RASR, 0);
    }
    mprom_cpu_barrier();
}

int mprom_flexspi_open(struct mprom_flexspi *flexspi, uint32_t registers, uint32_t window,
                       void (*wait_us)(uint32_t us))
{
    *flexspi = (struct mprom_flexspi){.bus = {.ops = &bus_ops, .ctx = flexspi, .lanes = 1},
                                      .registers = registers,
                                      .window = window,
                                      .wait_us = wait_us};
    uint32_t bits = window_address_bits(flexspi), mcr0 = register_read(flexspi, FLEXSPI_MCR0);
    if ((bits != 24 && bits != 32) || (mcr0 & FLEXSPI_MCR0_RXCLKSRC) == FLEXSPI_MCR0_RXCLKSRC_DQS) {
        return -MPROM_EOPNOTSUPP;
    }
    flexspi->mcr0 = mcr0 & ~(FLEXSPI_MCR0_ARDFEN | FLEXSPI_MCR0_ATDFEN);
    flexspi->reach = bits == 24 ? REACH_3BYTE : UINT32_MAX;
    regions_clear();
    return 0;
}
