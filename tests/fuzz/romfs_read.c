/* libFuzzer target: an image of any bytes through the reader and the check (tests/romfs/exercise.h). */
#include <stddef.h>
#include <stdint.h>

#include "romfs/exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    exercise_image(data, size);
    return 0;
}
