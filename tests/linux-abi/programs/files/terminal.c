// Standard input, output and error when they are no terminal: empty, open, not a tty.
#include "../report.h"

#include <termios.h>
#include <unistd.h>

int main(void) {
    report_error("input", isatty(0) - 1, ENOTTY);
    errno = 0;
    report("output is no terminal", isatty(1) == 0 && errno == ENOTTY);
    char byte = 0;
    report("input is at its end", read(0, &byte, 1) == 0);
    struct termios settings;
    report_error("no settings", tcgetattr(1, &settings), ENOTTY);
    report("ttyname", ttyname(1) == NULL);
    report("written by number", write(1, "", 0) == 0);
    fflush(stdout);
    report("and by stdio in order", write(1, "raw\n", 4) == 4);
    return report_end();
}
