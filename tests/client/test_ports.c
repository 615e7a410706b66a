/*
 * R5: which port is chosen if nobody names one. The ports of this system are those that the test says: it stands in
 * for libserialport. No such port can be opened, so the sentence of the failure tells which one was chosen.
 */
#include "mprom/client.h"

#include <libserialport.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

struct sp_port {
    char *path;
    char *serial; /* NULL: not on USB */
    int vid;
    int pid;
    int bus;
    int address; /* 0: the system does not say */
};

static struct sp_port *ports;
static size_t port_count;

enum sp_return sp_list_ports(struct sp_port ***list)
{
    *list = calloc(port_count + 1, sizeof **list);
    assert_non_null(*list);
    for (size_t i = 0; i < port_count; i++) {
        (*list)[i] = &ports[i];
    }
    return SP_OK;
}

void sp_free_port_list(struct sp_port **list)
{
    free(list);
}

char *sp_get_port_name(const struct sp_port *port)
{
    return port->path;
}

char *sp_get_port_description(const struct sp_port *port)
{
    (void)port;
    return "Board";
}

enum sp_transport sp_get_port_transport(const struct sp_port *port)
{
    return port->serial ? SP_TRANSPORT_USB : SP_TRANSPORT_NATIVE;
}

char *sp_get_port_usb_serial(const struct sp_port *port)
{
    return port->serial;
}

enum sp_return sp_get_port_usb_vid_pid(const struct sp_port *port, int *vid, int *pid)
{
    *vid = port->vid;
    *pid = port->pid;
    return SP_OK;
}

enum sp_return sp_get_port_usb_bus_address(const struct sp_port *port, int *bus, int *address)
{
    *bus = port->bus;
    *address = port->address;
    return port->address > 0 ? SP_OK : SP_ERR_FAIL;
}

/* What is said of the port that was chosen, or why none was. */
static const char *say(struct sp_port *there, size_t count)
{
    static struct mprom_client_error error;
    struct mprom_client *client;
    ports = there;
    port_count = count;
    assert_int_equal(setenv("MPROM_RUN_DIR", "/nonexistent", 1), 0);
    assert_int_equal(unsetenv("MPROM_PORTS"), 0);
    assert_int_equal(mprom_client_open(&client, &(struct mprom_client_options){.port = "auto"}, &error),
                     -MPROM_ENOENT);
    return error.text;
}

#define SAY(there) say(there, sizeof(there) / sizeof((there)[0]))
#define CHOSEN(path) path ": no such port; is the board connected?"

static void two_ports_of_one_device_are_one_board(void **state)
{
    (void)state;
    static struct sp_port there[] = {
        {"/nonexistent/ttyS0", NULL, 0, 0, 0, 0},
        {"/nonexistent/ttyACM10", "0001", 0x303a, 0x4001, 1, 4},
        {"/nonexistent/ttyACM9", "0001", 0x303a, 0x4001, 1, 4},
    };
    assert_string_equal(SAY(there), CHOSEN("/nonexistent/ttyACM9"));
}

static void devices_with_the_same_serial_number_are_several(void **state)
{
    (void)state;
    static struct sp_port there[] = {
        {"/nonexistent/ttyUSB0", "0001", 0x10c4, 0xea60, 1, 4},
        {"/nonexistent/ttyUSB1", "0001", 0x10c4, 0xea60, 1, 5},
        {"/nonexistent/ttyUSB2", "0001", 0x10c4, 0xea60, 2, 4},
        {"/nonexistent/ttyUSB3", "0001", 0x10c4, 0xea60, 2, 4},
    };
    assert_string_equal(SAY(there), "there are 3 boards, choose one with -p: /nonexistent/ttyUSB0 (Board), "
                                    "/nonexistent/ttyUSB1 (Board), /nonexistent/ttyUSB2 (Board)");
}

static void devices_that_are_not_known_are_several(void **state)
{
    (void)state;
    static struct sp_port there[] = {
        {"/nonexistent/ttyACM0", "0001", 0x303a, 0x4001, 0, 0},
        {"/nonexistent/ttyACM1", "0001", 0x303a, 0x4001, 0, 0},
    };
    assert_non_null(strstr(SAY(there), "there are 2 boards"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_ports_of_one_device_are_one_board),
        cmocka_unit_test(devices_with_the_same_serial_number_are_several),
        cmocka_unit_test(devices_that_are_not_known_are_several),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
