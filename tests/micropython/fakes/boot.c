/*
 * Asks for files as a port does at its start, and prints who got each question: mprom, by the script's name, or the port, by
 * the file's. In place of both stand these two functions.
 */
#include <stdio.h>

#include "micropython/rom_scripts.h"

int __wrap_pyexec_file_if_exists(const char *filename);
int __real_pyexec_file_if_exists(const char *filename);

int mprom_rom_scripts_run(const char *name)
{
    printf("mprom:%s\n", name);
    return 1;
}

int __real_pyexec_file_if_exists(const char *filename)
{
    printf("port:%s\n", filename);
    return 1;
}

int main(void)
{
    __wrap_pyexec_file_if_exists("boot.py");
    __wrap_pyexec_file_if_exists("main.py");
    __wrap_pyexec_file_if_exists("factory.py");
    return 0;
}
