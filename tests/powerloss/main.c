/*
 * The power-loss sweep: power is cut before, in the middle of and after every flash operation of every scenario on
 * every geometry. A case is GEOMETRY/SCENARIO/OPERATION/PHASE[/PATTERN.SEED]; one that ends in /again is cut once
 * more while the board recovers. States are harvested: a scenario runs once, and each cut costs one start, not one
 * deploy.
 *
 *     test_powerloss [--sample N] [--jobs N] [CASE]
 *
 * A case passes if the start finds a whole image or nothing (with two slots never nothing), and if a deploy after it
 * succeeds and breaks no rule of the flash. CASE may be cut short: "nor4k/first" is all of that scenario.
 *
 * --sample N runs one case in N, unless MPROM_SAMPLE is "all"; MPROM_SEED repeats an earlier choice.
 */
#include "powerloss/scenario.h"
#include "rom/require.h"
#include "support/sample.h"

#include <getopt.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    JOBS_MAX = 16,
    CASE_NAME_SIZE = 96,
    TRAILER_SEEDS =
        16, /* torn states of each pattern where an operation is on a trailer, at most those of a header */
};

/*
 * How many torn states of each pattern: more where a scenario has few operations. Geometries with blocks of 128 KiB
 * take a hundred times as long as the small ones, which have the same kinds of units; there, what is not on a header
 * or a trailer is cut before and after an operation only.
 */
static const struct seed_counts {
    const char *geometry;
    uint32_t seeds;
    uint32_t header_seeds; /* where an operation is on a header */
} seed_counts[] = {
    {"nor4k", 2, 48}, {"stm32f4", 0, 4},   {"stm32h7", 0, 2}, {"nrf", 8, 48},
    {"mram", 2, 24},  {"mram-ecc", 2, 24}, {NULL, 2, 48},
};

static const struct seed_counts *find_seed_counts(const char *geometry)
{
    const struct seed_counts *counts = seed_counts;
    while (counts->geometry != NULL && strcmp(counts->geometry, geometry) != 0) {
        counts++;
    }
    return counts;
}

/* Shared by the worker processes. */
struct totals {
    uint32_t next_task;
    uint32_t cases;
    uint32_t failed;
    uint32_t exempt;        /* as is_excepted() says */
    uint32_t exempt_failed; /* of these, those where a part passed for an image */
};

struct sweep {
    struct totals *totals;
    const char *only; /* the start of the case names that are wanted, or NULL */
    uint32_t sample;  /* one case in so many, */
    uint32_t seed;    /* which is chosen by this */
    /* The scenario at work */
    struct world world;
    const struct scenario *scenario;
    char name[CASE_NAME_SIZE / 2];
    const struct seed_counts *counts;
    uint64_t operations; /* of the deploy after a cut */
    bool is_torn;        /* the cut is in the middle of an operation */
};

static uint32_t hash_name(const char *name, uint32_t hash)
{
    for (hash ^= 2166136261u; *name != '\0'; name++) {
        hash = (hash ^ (uint8_t)*name) * 16777619u;
    }
    hash ^= hash >> 15;
    hash *= 0x2C1B3C6Du;
    return hash ^ hash >> 12;
}

/* Whether the case is wanted; and if only cases below it are, whether its name leads there. */
static bool is_wanted(const struct sweep *sweep, const char *name)
{
    if (sweep->only != NULL) {
        size_t size = strlen(sweep->only);
        return strncmp(name, sweep->only, size) == 0 &&
               (name[size] == '\0' || name[size] == '/' || name[size] == '.');
    }
    return hash_name(name, sweep->seed) % sweep->sample == 0;
}

static bool scenario_is_wanted(const struct sweep *sweep)
{
    size_t size = strlen(sweep->name);
    return sweep->only == NULL || strncmp(sweep->only, sweep->name, size) == 0 ||
           strncmp(sweep->only, sweep->name, strlen(sweep->only)) == 0;
}

/* As docs/update.md says it. */
static bool can_break_header(const struct mprom_flash_geometry *geometry)
{
    bool twice_is_enough =
        geometry->program_size == 1 || (geometry->program_size <= 4 && geometry->erased_value == 0xFF);
    return geometry->overwrites || geometry->program_count == MPROM_FLASH_PROGRAM_ANY ||
           geometry->program_count > 2 || (geometry->program_count == 2 && twice_is_enough);
}

/*
 * The exception of docs/update.md: without a trailer, on flash that cannot break a header, images without a seal; and
 * of sealed ones, those here that reach beyond the first block, which have no tag "sealed", while that block is
 * erased.
 */
static bool is_excepted(const struct sweep *sweep, bool is_first_block_erased)
{
    const struct world *world = &sweep->world;
    if (world->slots || can_break_header(world->live.cells.geometry)) {
        return false;
    }
    bool is_marked = strcmp(sweep->scenario->name, "small") == 0;
    return !world->sealed || (is_first_block_erased && !is_marked);
}

static void report(struct sweep *sweep, const char *name, const char *what, bool is_part, bool is_first_block_erased)
{
    bool exempt = is_excepted(sweep, is_first_block_erased);
    struct totals *totals = sweep->totals;
    __atomic_fetch_add(exempt ? &totals->exempt : &totals->cases, 1, __ATOMIC_RELAXED);
    if (what == NULL) {
        return;
    }
    if (exempt && is_part) {
        __atomic_fetch_add(&totals->exempt_failed, 1, __ATOMIC_RELAXED);
        return;
    }
    __atomic_fetch_add(&totals->failed, 1, __ATOMIC_RELAXED);
    fprintf(stderr, "powerloss: %s: %s\n", name, what);
}

/* Starts the board that was cut: three times, for a shaky cell shows another face each time. NULL, or what is wrong.
 */
static const char *judge_start(const struct world *world, struct board *cut, bool *is_part)
{
    const char *what = NULL;
    cells_reset_counts(&cut->cells);
    for (int starts = 0; starts < 3 && what == NULL; starts++) {
        enum outcome outcome = world_start(world, cut, &what);
        *is_part = outcome == OUTCOME_PART;
        if (outcome == OUTCOME_NOTHING && world->never_nothing) {
            what = "no image is chosen, though a slot holds a whole one";
        }
    }
    if (what == NULL && cut->cells.counts.violations != 0) {
        what = "the start breaks a rule of the flash";
    }
    return what;
}

/* The second cut: somewhere in the deploy that follows the first. */
static const char *cut_again(struct sweep *sweep, const char *name, bool *is_part)
{
    struct world *world = &sweep->world;
    struct board *cut = &world->cut;
    uint32_t hash = hash_name(name, 7);
    const struct cells_cut again = {
        .number = hash % sweep->operations,
        .phase = (enum cells_phase)(hash >> 20 & 1 ? CELLS_DURING : CELLS_AFTER),
        .pattern = (enum cells_pattern)(hash >> 21) % CELLS_TORN_COUNT,
        .seed = hash,
    };
    const struct image *retry = &world->images[IMAGE_RETRY];
    cells_power_on(&cut->cells);
    cells_set_cut(&cut->cells, &again);
    /* Fails at the cut, or succeeds if that lies behind its end. */
    (void)board_deploy(cut, world_target(cut), retry->bytes, retry->size, 4096);
    return judge_start(world, cut, is_part);
}

/* Operations on the first bytes of a segment decide what is an image: they get more torn states than the others. */
static bool touches_header(const struct sweep *sweep, const struct cells_operation *operation)
{
    const struct board *live = &sweep->world.live;
    bool touches = false;
    for (uint32_t id = 0; id < live->segment_count; id++) {
        touches = touches || live->segments[id].off - operation->off < operation->size;
    }
    return touches;
}

/* The cut board is as power left it. */
static void run_case(struct sweep *sweep, const char *name, const struct cells_operation *operation, bool again)
{
    struct board *cut = &sweep->world.cut;
    bool is_part = false;
    const char *what = judge_start(&sweep->world, cut, &is_part);
    if (what == NULL && again) {
        what = cut_again(sweep, name, &is_part);
    }
    if (what == NULL) {
        what = world_retry(&sweep->world, cut);
    }
    bool is_erase = operation->kind == CELLS_ERASE && touches_header(sweep, operation);
    report(sweep, name, what, is_part, sweep->is_torn && is_erase && !again);
    world_forget_cut(&sweep->world, operation);
}

static void cut_during(struct sweep *sweep, const struct cells_operation *operation, int pattern, uint32_t seed)
{
    char name[CASE_NAME_SIZE];
    snprintf(name, sizeof name, "%s/%llu/during/%s.%u", sweep->name, (unsigned long long)operation->number,
             cells_pattern_name((enum cells_pattern)pattern), seed);
    size_t size = strlen(name);
    sweep->is_torn = true;
    for (int again = 0; again <= (seed == 0); again++) {
        strcpy(name + size, again ? "/again" : "");
        if (is_wanted(sweep, name)) {
            cells_apply_torn(&sweep->world.cut.cells, operation, (enum cells_pattern)pattern,
                             hash_name(sweep->name, seed + 1) + (uint32_t)operation->number);
            run_case(sweep, name, operation, again);
        }
    }
    sweep->is_torn = false;
}

static bool touches_trailer(const struct sweep *sweep, const struct cells_operation *operation)
{
    const struct board *live = &sweep->world.live;
    bool touches = false;
    for (uint32_t id = 0; id < live->segment_count && live->segments[id].has_trailer; id++) {
        uint32_t off = live->segments[id].off + mprom_rom_segment_size(&live->rom, id);
        touches = touches || off - operation->off < operation->size || operation->off - off < MPROM_ROM_TRAILER_SIZE;
    }
    return touches;
}

static uint32_t count_seeds(const struct sweep *sweep, const struct cells_operation *operation)
{
    const struct seed_counts *counts = sweep->counts;
    if (touches_header(sweep, operation)) {
        return counts->header_seeds;
    }
    bool many = touches_trailer(sweep, operation) && counts->header_seeds > TRAILER_SEEDS;
    return many ? TRAILER_SEEDS : counts->seeds;
}

/* Before an operation of the living board: cuts it in every way on the other one. */
static int harvest(void *ctx, const struct cells_operation *operation)
{
    struct sweep *sweep = ctx;
    struct cells *cut = &sweep->world.cut.cells;
    char name[CASE_NAME_SIZE];
    unsigned long long number = operation->number;
    snprintf(name, sizeof name, "%s/%llu/before", sweep->name, number);
    if (is_wanted(sweep, name)) {
        run_case(sweep, name, operation, false);
    }
    uint32_t seeds = count_seeds(sweep, operation);
    for (int pattern = 0; pattern < CELLS_TORN_COUNT; pattern++) {
        for (uint32_t seed = 0; seed < seeds; seed++) {
            cut_during(sweep, operation, pattern, seed);
        }
    }
    snprintf(name, sizeof name, "%s/%llu/after", sweep->name, number);
    if (is_wanted(sweep, name)) {
        cells_apply(cut, operation);
        run_case(sweep, name, operation, false);
    }
    cells_apply(cut, operation);
    return 0;
}

/* What a scenario leaves when nothing is cut: else the cases would prove nothing. */
static void check_end(struct sweep *sweep)
{
    struct world *world = &sweep->world;
    const char *what = "";
    REQUIRE(memcmp(world->live.cells.bytes, world->cut.cells.bytes, world->live.cells.geometry->size) == 0);
    enum outcome outcome = world_start(world, &world->live, &what);
    REQUIRE(outcome == (sweep->scenario->nothing_is_left ? OUTCOME_NOTHING : OUTCOME_WHOLE));
}

static void run_scenario(struct sweep *sweep, const char *geometry, const struct scenario *scenario, bool sealed)
{
    snprintf(sweep->name, sizeof sweep->name, "%s/%s%s", geometry, scenario->name, sealed ? "" : "-unsealed");
    if (!scenario_is_wanted(sweep)) {
        return;
    }
    struct world *world = &sweep->world;
    world_open(world, geometry, scenario->layout, sealed);
    sweep->scenario = scenario;
    scenario->prepare(world);

    /* How many operations the deploy after a cut has, for the second cut. */
    cells_copy(&world->cut.cells, &world->live.cells);
    const char *what = NULL;
    world_start(world, &world->cut, &what);
    REQUIRE(world_retry(world, &world->cut) == NULL);
    REQUIRE(world->live.cells.counts.violations == 0);
    sweep->operations = world->cut.cells.counts.programs + world->cut.cells.counts.erases;

    cells_copy(&world->cut.cells, &world->live.cells);
    board_reset_log(&world->cut);
    world->live.cells.number = 0;
    world->live.cells.hooks.operation = harvest;
    world->live.cells.hooks.ctx = sweep;
    int err = scenario->run(world);
    REQUIRE(err == 0);
    world->live.cells.hooks.operation = NULL;
    check_end(sweep);
    world_close(world);
}

/* Takes tasks until there are none: a task is a scenario on a geometry, sealed or not. */
static void work(struct sweep *sweep)
{
    for (;;) {
        uint32_t task = __atomic_fetch_add(&sweep->totals->next_task, 1, __ATOMIC_RELAXED);
        if (task >= GEOMETRY_COUNT * SCENARIO_COUNT * 2) {
            return;
        }
        /* The longest first, so that the workers end together. */
        const char *geometry = geometries[(task / 2 + 2) % GEOMETRY_COUNT].name;
        const struct scenario *scenario = &scenarios[task / 2 / GEOMETRY_COUNT];
        sweep->counts = find_seed_counts(geometry);
        run_scenario(sweep, geometry, scenario, task % 2 == 0);
    }
}

/* Returns whether all workers ended well. */
static bool work_together(struct sweep *sweep, long jobs)
{
    for (long i = 1; i < jobs; i++) {
        pid_t child = fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            work(sweep);
            exit(0);
        }
    }
    work(sweep);
    bool well = true;
    int status;
    while (wait(&status) > 0) {
        well = well && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    return well;
}

static uint32_t read_number(const char *text)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*text == '\0' || *end != '\0' || n == 0) {
        fprintf(stderr, "powerloss: %s is no number above 0\n", text);
        exit(2);
    }
    return (uint32_t)n;
}

static void read_arguments(int argc, char **argv, struct sweep *sweep, long *jobs)
{
    static const struct option options[] = {
        {"sample", required_argument, NULL, 's'},
        {"jobs", required_argument, NULL, 'j'},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 's':
            sweep->sample = read_number(optarg);
            break;
        case 'j':
            *jobs = read_number(optarg) > JOBS_MAX ? JOBS_MAX : (long)read_number(optarg);
            break;
        default:
            fprintf(stderr, "usage: powerloss [--sample N] [--jobs N] [CASE]\n");
            exit(2);
        }
    }
    if (optind < argc && argv[optind][0] != '\0') {
        sweep->only = argv[optind];
    }
}

int main(int argc, char **argv)
{
    static struct sweep sweep;
    long jobs = sysconf(_SC_NPROCESSORS_ONLN);
    jobs = jobs < 1 ? 1 : jobs > JOBS_MAX ? JOBS_MAX : jobs;
    sweep.sample = 1;
    read_arguments(argc, argv, &sweep, &jobs);
    if (sweep.sample > 1 && sweep.only == NULL) {
        struct sample sample = sample_open("powerloss");
        sweep.sample = sample.all ? 1 : sweep.sample;
        sweep.seed = sample.seed;
    }
    sweep.totals = mmap(NULL, sizeof *sweep.totals, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(sweep.totals != MAP_FAILED);
    bool well = work_together(&sweep, jobs);
    const struct totals *totals = sweep.totals;
    printf("powerloss: of %u cases with an image that nothing vouches for on flash that cannot break a header, %u "
           "took a part for one\n",
           totals->exempt, totals->exempt_failed);
    printf("powerloss: %u cases, %u failed\n", totals->cases, totals->failed);
    return well && totals->failed == 0 && totals->cases + totals->exempt > 0 ? 0 : 1;
}
