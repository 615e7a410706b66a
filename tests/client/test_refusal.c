/* What mprom's firmware says when it refuses: where in the segment, and what to do. */
#include "client/board/refusal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

#define WORN "; deploy it again, and if it fails at the same offset the flash is worn"

static void assert_explained(int code, const char *text, const char *explained)
{
    struct mprom_client_error error = {.code = code, .detail = "Traceback"};
    strcpy(error.text, text);
    assert_int_equal(mprom_refusal_explain(&error, "/dev/x", "deploy"), code);
    assert_string_equal(error.text, explained);
    assert_string_equal(error.detail, "Traceback");
    assert_int_equal(error.code, code);
}

static void what_failed_and_what_to_do(void **state)
{
    (void)state;
    assert_explained(
        -MPROM_EPERM,
        "/dev/x: writing segment 7 (1 of 9 bytes sent) failed on the board: OSError: [Errno 5] EIO: segment "
        "2, offset 4294967295: why",
        "/dev/x: segment 2, offset 4294967295: why" WORN);
    assert_explained(-MPROM_EPERM, "OSError: (74, 'segment 0, offset 0: it's why')",
                     "/dev/x: segment 0, offset 0: it's why" WORN);
    assert_explained(-MPROM_EPERM, "OSError: [Errno 110] ETIMEDOUT: segment 1, offset 8: slow",
                     "/dev/x: segment 1, offset 8: slow" WORN);
    assert_explained(-MPROM_EPERM, "OSError: (30, 'segment 1, offset 8: locked')",
                     "/dev/x: segment 1, offset 8: locked; deploy it again when nothing protects the flash any more");
}

/* Reasons that no repetition changes, other text, and text that only begins like a refusal. */
static void all_else_stays(void **state)
{
    static const char *const texts[] = {
        "",
        "OSError: ",
        "OSError: 5",
        "OSError: [Errno 5] EIO",
        "OSError: [Errno 5] EIO: ",
        "OSError: [Errno 5] EIO: segment 1",
        "OSError: [Errno 5] EIO: segment 1, offset : why",
        "OSError: [Errno 5] EIO: segment 4294967296, offset 1: why",
        "OSError: [Errno 99999999999999999999] EIO: segment 1, offset 1: why",
        "OSError: [Errno 5 EIO: segment 1, offset 1: why",
        "OSError: (5, segment 1, offset 1: why)",
        "OSError: [Errno 16] EBUSY: segment 1, offset 0: this slot runs",
        "ValueError: [Errno 5] EIO: segment 1, offset 1: why",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_explained(-MPROM_EPERM, texts[i], texts[i]);
    }
    assert_explained(-MPROM_EIO, "OSError: [Errno 5] EIO: segment 1, offset 1: why",
                     "OSError: [Errno 5] EIO: segment 1, offset 1: why");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_failed_and_what_to_do),
        cmocka_unit_test(all_else_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
