/*
 * Runs what MicroPython's stm32 port does after a reset in the mode that argv[1] numbers, up to its REPL: boardctrl.c of
 * the source tree, with stand-ins for what it calls. Prints the files that would be run.
 */
#include <stdio.h>
#include <stdlib.h>

#include "py/runtime.h"
#include "shared/runtime/pyexec.h"

#include "boardctrl.h"
#include "led.h"

mp_state_ctx_t mp_state_ctx;
pyexec_mode_kind_t pyexec_mode_kind = PYEXEC_MODE_FRIENDLY_REPL;

int pyexec_file_if_exists(const char *name)
{
    printf("%s\n", name);
    return 1;
}

void led_state(pyb_led_t led, int state)
{
    (void)led;
    (void)state;
}

void led_toggle(pyb_led_t led)
{
    (void)led;
}

void mp_hal_delay_ms(mp_uint_t ms)
{
    (void)ms;
}

mp_uint_t mp_hal_stdout_tx_strn(const char *text, size_t size)
{
    (void)text;
    return size;
}

const char *mp_obj_str_get_str(mp_obj_t text)
{
    (void)text;
    abort();
}

int main(int argc, char **argv)
{
    boardctrl_state_t state = {.reset_mode = (uint8_t)(argc > 1 ? atoi(argv[1]) : 0)};
    boardctrl_run_boot_py(&state);
    boardctrl_run_main_py(&state);
    return 0;
}
