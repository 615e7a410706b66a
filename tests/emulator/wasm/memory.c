/* Compiled with -fno-builtin: a compiler makes calls of these very functions out of such loops. */
#include <stdint.h>
#include <string.h>

void *memcpy(void *dst, const void *src, size_t size)
{
    return memmove(dst, src, size);
}

void *memmove(void *dst, const void *src, size_t size)
{
    uint8_t *to = dst;
    const uint8_t *from = src;
    if ((uintptr_t)to <= (uintptr_t)from) {
        for (size_t i = 0; i < size; i++) {
            to[i] = from[i];
        }
    } else {
        for (size_t i = size; i-- > 0;) {
            to[i] = from[i];
        }
    }
    return dst;
}

void *memset(void *dst, int value, size_t size)
{
    uint8_t *to = dst;
    for (size_t i = 0; i < size; i++) {
        to[i] = (uint8_t)value;
    }
    return dst;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const uint8_t *left = a;
    const uint8_t *right = b;
    for (size_t i = 0; i < size; i++) {
        if (left[i] != right[i]) {
            return left[i] < right[i] ? -1 : 1;
        }
    }
    return 0;
}

size_t strlen(const char *text)
{
    size_t size = 0;
    while (text[size] != '\0') {
        size++;
    }
    return size;
}

int strcmp(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return (uint8_t)*a - (uint8_t)*b;
}
