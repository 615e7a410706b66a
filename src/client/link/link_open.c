#include "client/link/link_open.h"

#include "client/link/failure.h"

#include <string.h>

enum {
    LINK_BAUD = 115200
};

static bool link_has_scheme(const char *name, const char *scheme)
{
    return strncmp(name, scheme, strlen(scheme)) == 0;
}

static bool link_wants(enum mprom_client_line line)
{
    return line == MPROM_CLIENT_LINE_ON || line == MPROM_CLIENT_LINE_OFF;
}

static int link_set_line(struct mprom_link *link, enum mprom_link_line which, enum mprom_client_line line)
{
    if (!link_wants(line)) {
        return 0;
    }
    return link->ops->set_line != NULL ? link->ops->set_line(link, which, line == MPROM_CLIENT_LINE_ON)
                                       : -MPROM_EOPNOTSUPP;
}

int mprom_link_set_lines(struct mprom_link *link, const struct mprom_link_settings *settings,
                         struct mprom_client_error *error)
{
    int err = link_set_line(link, MPROM_LINK_DTR, settings->dtr);
    const char *name = err ? "dtr" : "rts";
    err = err ? err : link_set_line(link, MPROM_LINK_RTS, settings->rts);
    return err ? mprom_failure_set(error, -MPROM_EOPNOTSUPP,
                                   "%s: this port has no modem lines that --%s could switch", link->name, name)
               : 0;
}

/* What a serial port has and a socket has not is refused, not passed over in silence. */
static int link_open_bare(struct mprom_link *link, const char *name, const struct mprom_link_settings *settings,
                          struct mprom_client_error *error)
{
    if (settings->baud != 0) {
        return mprom_failure_set(error, -MPROM_EINVAL,
                                 "%s: a socket has no baud rate; set %u baud at the serial server, or use rfc2217://",
                                 name, settings->baud);
    }
    if (link_wants(settings->dtr) || link_wants(settings->rts)) {
        return mprom_failure_set(error, -MPROM_EINVAL,
                                 "%s: a socket has no DTR and no RTS; use rfc2217:// if the serial server speaks it",
                                 name);
    }
    return mprom_link_open_socket(link, name, error);
}

/* The port, with its rate. */
static int link_open_any(struct mprom_link *link, const char *name, const struct mprom_link_settings *settings,
                         struct mprom_client_error *error)
{
    struct mprom_link_settings full = *settings;
    full.baud = full.baud ? full.baud : LINK_BAUD;
    if (link_has_scheme(name, "rfc2217://")) {
        return mprom_link_open_rfc2217(link, name, &full, error);
    }
    if (strstr(name, "://")) {
        return mprom_failure_set(error, -MPROM_EINVAL,
                                 "%s: no kind of port; a serial server is rfc2217://HOST:PORT or socket://HOST:PORT",
                                 name);
    }
    return mprom_link_open_tty(link, name, full.baud, error);
}

int mprom_link_open(struct mprom_link *link, const char *name, const struct mprom_link_settings *settings,
                    struct mprom_client_error *error)
{
    if (link_has_scheme(name, "socket://")) {
        return link_open_bare(link, name, settings, error);
    }
    int err = link_open_any(link, name, settings, error);
    if (err) {
        return err;
    }
    err = mprom_link_set_lines(link, settings, error);
    if (err) {
        mprom_link_close(link);
    }
    return err;
}
