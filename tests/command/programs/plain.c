// For the host only: built once with a dynamic linker in it and once for 32 bits. Neither can run in the machine.
void _start(void) {
    for (;;)
        ;
}
