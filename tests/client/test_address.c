/* Names of sockets, and where their hosts are. */
#include "client/link/address.h"
#include "client/link/clock.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

static void host_and_port_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host;
        uint16_t port;
    } good[] = {
        {"localhost:1", "localhost", 1},
        {"127.0.0.1:65535", "127.0.0.1", 65535},
        {"[::1]:4000", "::1", 4000},
        {"[fe80::1%eth0]:4000", "fe80::1%eth0", 4000},
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        char host[MPROM_ADDRESS_HOST_SIZE];
        uint16_t port;
        assert_true(mprom_address_parse(good[i].text, host, &port));
        assert_string_equal(host, good[i].host);
        assert_int_equal(port, good[i].port);
    }
}

static void what_is_no_host_and_port_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",         ":",         ":1",      "[",     "]:1",     "[]:1",
        "[:1",      "a:",        "a:x",     "a:0",   "a:65536", "a:99999999999999999999",
        "a:b:1",    "::1:4000",  "-a:1",    "a/b:1", "a:1/",    "[::1]4000",
        "[::1]x:1", "[[::1]]:1", "user@a:1"};
    char host[MPROM_ADDRESS_HOST_SIZE];
    uint16_t port;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (mprom_address_parse(bad[i], host, &port)) {
            fail_msg("%s was taken for a host and a port", bad[i]);
        }
    }
    char much[MPROM_ADDRESS_HOST_SIZE + 3];
    memset(much, 'a', sizeof(much));
    memcpy(much + MPROM_ADDRESS_HOST_SIZE, ":1", 3);
    assert_false(mprom_address_parse(much, host, &port));
    memcpy(much + MPROM_ADDRESS_HOST_SIZE - 1, ":1", 3);
    assert_true(mprom_address_parse(much, host, &port));
}

static void addresses_need_nobody(void **state)
{
    (void)state;
    struct mprom_address found[MPROM_ADDRESS_COUNT_MAX];
    /* Nothing can be started here and no time is left: an address is known without both. */
    char *path = strdup(getenv("PATH"));
    setenv("PATH", "/nonexistent", 1);
    assert_int_equal(mprom_address_find("192.0.2.7", 4000, found, 0), 1);
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&found[0].socket;
    assert_int_equal(v4->sin_family, AF_INET);
    assert_int_equal(ntohs(v4->sin_port), 4000);
    assert_int_equal(ntohl(v4->sin_addr.s_addr), 0xC0000207);
    assert_int_equal(mprom_address_find("2001:db8::9", 4000, found, 0), 1);
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&found[0].socket;
    assert_int_equal(v6->sin6_family, AF_INET6);
    assert_int_equal(v6->sin6_addr.s6_addr[0], 0x20);
    assert_int_equal(v6->sin6_addr.s6_addr[15], 9);
    assert_int_equal(mprom_address_find("fe80::1%lo", 4000, found, 0), 1);
    assert_int_equal(v6->sin6_scope_id, 1);
    assert_int_equal(mprom_address_find("somewhere", 4000, found, mprom_clock_in_ms(5000)), -MPROM_EOPNOTSUPP);
    setenv("PATH", path, 1);
    free(path);
}

static void names_are_looked_up(void **state)
{
    (void)state;
    struct mprom_address found[MPROM_ADDRESS_COUNT_MAX];
    assert_true(mprom_address_find("localhost", 4000, found, mprom_clock_in_ms(5000)) >= 1);
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&found[0].socket;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&found[0].socket;
    assert_true((v4->sin_family == AF_INET && ntohl(v4->sin_addr.s_addr) >> 24 == 127) ||
                (v6->sin6_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr)));
    assert_int_equal(ntohs(v4->sin_port), 4000);
}

static void a_look_up_ends_at_the_deadline(void **state)
{
    (void)state;
    struct mprom_address found[MPROM_ADDRESS_COUNT_MAX];
    assert_int_equal(mprom_address_find("localhost", 4000, found, 0), -MPROM_ETIMEDOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_and_port_are_told_apart),   cmocka_unit_test(what_is_no_host_and_port_is_refused),
        cmocka_unit_test(addresses_need_nobody),          cmocka_unit_test(names_are_looked_up),
        cmocka_unit_test(a_look_up_ends_at_the_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
