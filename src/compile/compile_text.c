#include "compile/compile_text.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "compile/compile_backend.h"

static const char march_missing[] = "SyntaxError: native code needs to know the architecture: pass --march";

bool mprom_compile_wants_march(const struct mprom_compile_job *job)
{
    size_t size = job->error ? strlen(job->error) : 0;
    size_t end = sizeof(march_missing) - 1;
    return size >= end && strcmp(job->error + size - end, march_missing) == 0;
}

const char *mprom_compile_text_explain(const char *march, const char *text)
{
    static const char memory[] = "MemoryError:";
    if (strncmp(text, memory, sizeof(memory) - 1) == 0) {
        return "MemoryError: the compiler ran out of memory";
    }
    if (strcmp(text, "SyntaxError: invalid arch") != 0) {
        return text;
    }
    return march ? "SyntaxError: there is no inline assembler for this architecture (--march)" : march_missing;
}

size_t mprom_compile_text_format(char *out, size_t out_size, const char *name, size_t line, const char *text)
{
    int size = line ? snprintf(out, out_size, "%s:%zu: %s", name, line, text)
                    : snprintf(out, out_size, "%s: %s", name, text);
    if (size < 0) {
        return 0;
    }
    for (size_t i = 0; i + 1 < out_size && out[i]; i++) {
        if (iscntrl((unsigned char)out[i])) {
            out[i] = '?';
        }
    }
    return (size_t)size;
}

void mprom_compile_text_end(char *out, size_t out_size, int status, unsigned job_seconds)
{
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (number == SIGPROF || number == SIGXCPU) {
        snprintf(out, out_size, "the compiler was stopped after %u seconds", job_seconds);
    } else if (number == SIGKILL) {
        snprintf(out, out_size, "the compiler was killed; it may have run out of memory");
    } else if (number) {
        snprintf(out, out_size, "the compiler crashed (%s)", strsignal(number));
    } else if (WIFEXITED(status) && WEXITSTATUS(status) == MPROM_COMPILE_EXIT_DEPTH) {
        snprintf(out, out_size, "the source is nested too deeply for the compiler");
    } else {
        snprintf(out, out_size, "the compiler ended with status %d", WEXITSTATUS(status));
    }
}
