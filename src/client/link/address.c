/*
 * Names are looked up by getent(1), the system's own program for that, and not by getaddrinfo(): the command is
 * linked statically, where the system's name services cannot be loaded, and getaddrinfo() may wait for longer than
 * any deadline (docs/decisions/links.md).
 */
#include "client/link/address.h"

#include "client/link/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    GETENT_OUTPUT_SIZE = 8192,
    GETENT_UNKNOWN = 2, /* its exit status for a name that nobody knows */
    GETENT_MISSING = 127,
};

static bool address_parse_port(const char *text, uint16_t *port)
{
    uint32_t value = 0;
    size_t size = strspn(text, "0123456789");
    if (size == 0 || size > 5 || text[size] != '\0') {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        value = value * 10 + (uint32_t)(text[i] - '0');
    }
    *port = (uint16_t)value;
    return value > 0 && value <= UINT16_MAX;
}

bool mprom_address_parse(const char *text, char host[MPROM_ADDRESS_HOST_SIZE], uint16_t *port)
{
    const char *end = strrchr(text, ':');
    bool bracketed = text[0] == '[';
    if (!end || !address_parse_port(end + 1, port)) {
        return false;
    }
    if (bracketed) {
        text++;
        end--;
    }
    size_t size = end > text ? (size_t)(end - text) : 0;
    /* A host that starts with '-' is none, and getent would take it for an option. */
    if (size == 0 || size >= MPROM_ADDRESS_HOST_SIZE || text[0] == '-' || (bracketed && *end != ']') ||
        strcspn(text, bracketed ? "]/@" : ":[]/@") < size) {
        return false;
    }
    memcpy(host, text, size);
    host[size] = '\0';
    return true;
}

/* An IPv6 address may name the network interface behind a '%'. */
static bool address_from_v6(const char *text, uint16_t port, struct mprom_address *address)
{
    char plain[INET6_ADDRSTRLEN];
    struct sockaddr_in6 *to = (struct sockaddr_in6 *)&address->socket;
    size_t size = strcspn(text, "%");
    if (size >= sizeof(plain)) {
        return false;
    }
    memcpy(plain, text, size);
    plain[size] = '\0';
    *to = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (text[size] == '%') {
        to->sin6_scope_id = if_nametoindex(text + size + 1);
        if (to->sin6_scope_id == 0) {
            return false;
        }
    }
    address->size = sizeof(*to);
    return inet_pton(AF_INET6, plain, &to->sin6_addr) == 1;
}

static bool address_from_text(const char *text, uint16_t port, struct mprom_address *address)
{
    struct sockaddr_in *to = (struct sockaddr_in *)&address->socket;
    *address = (struct mprom_address){.size = sizeof(*to)};
    *to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
    return inet_pton(AF_INET, text, &to->sin_addr) == 1 || address_from_v6(text, port, address);
}

/* Starts `getent ahosts HOST`; *output becomes the end of its standard output to read from. 0 or a negative error. */
static int getent_start(const char *host, pid_t *pid, int *output)
{
    char *argv[] = {(char[]){"getent"}, (char[]){"ahosts"}, (char *)(uintptr_t)host, NULL};
    posix_spawn_file_actions_t actions;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return -MPROM_EIO;
    }
    int err = fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0 ? errno : posix_spawn_file_actions_init(&actions);
    if (!err) {
        err = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        err = err ? err : posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        err = err ? err : posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    close(ends[1]);
    *output = ends[0];
    if (err) {
        close(ends[0]);
        return err == ENOENT ? -MPROM_EOPNOTSUPP : -MPROM_EIO;
    }
    return 0;
}

/* Reads until the other end is closed. Returns the size, what does not fit left out, or -MPROM_ETIMEDOUT. */
static ptrdiff_t getent_read(int output, char *text, size_t room, uint64_t deadline_us)
{
    size_t used = 0;
    for (;;) {
        struct pollfd one = {.fd = output, .events = POLLIN};
        int left_ms = mprom_clock_left_ms(deadline_us);
        if (left_ms == 0) {
            return -MPROM_ETIMEDOUT;
        }
        poll(&one, 1, left_ms);
        char spare[256];
        bool full = used == room;
        ssize_t n = read(output, full ? spare : text + used, full ? sizeof(spare) : room - used);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
            return (ptrdiff_t)used;
        }
        used += n > 0 && !full ? (size_t)n : 0;
    }
}

/* The lines are "ADDRESS TYPE [NAME]", an address once for each type of socket. */
static int getent_parse(char *text, uint16_t port, struct mprom_address *addresses)
{
    int count = 0;
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line && count < MPROM_ADDRESS_COUNT_MAX;
         line = strtok_r(NULL, "\n", &rest)) {
        char *words = NULL;
        const char *address = strtok_r(line, " \t", &words);
        const char *type = strtok_r(NULL, " \t", &words);
        if (address && type && strcmp(type, "STREAM") == 0) {
            count += address_from_text(address, port, &addresses[count]);
        }
    }
    return count;
}

static int getent_end(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return -1;
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int mprom_address_find(const char *host, uint16_t port, struct mprom_address addresses[MPROM_ADDRESS_COUNT_MAX],
                       uint64_t deadline_us)
{
    char text[GETENT_OUTPUT_SIZE + 1];
    pid_t pid;
    int output;
    if (address_from_text(host, port, &addresses[0])) {
        return 1;
    }
    int err = getent_start(host, &pid, &output);
    if (err) {
        return err;
    }
    ptrdiff_t size = getent_read(output, text, GETENT_OUTPUT_SIZE, deadline_us);
    close(output);
    if (size < 0) {
        kill(pid, SIGKILL);
    }
    int status = getent_end(pid);
    if (size < 0) {
        return (int)size;
    }
    text[size] = '\0';
    int count = status == 0 ? getent_parse(text, port, addresses) : 0;
    if (count > 0) {
        return count;
    }
    if (status == GETENT_MISSING) {
        return -MPROM_EOPNOTSUPP;
    }
    return status == 0 || status == GETENT_UNKNOWN ? -MPROM_ENOENT : -MPROM_EIO;
}
