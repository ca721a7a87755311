// Environment variables: the ones given, changing them, the whole list.
#include "../report.h"

extern char** environ;

int main(void) {
    const char* given = getenv("ABI_TEST");
    report_text("given", given ? given : "(none)");
    const char* with_equals = getenv("ABI_EQUALS");
    report_text("with an equals sign", with_equals ? with_equals : "(none)");
    report("not given", getenv("ABI_NOTHING") == NULL);
    int seen = 0;
    for (char** entry = environ; *entry; ++entry) {
        seen += strncmp(*entry, "ABI_", 4) == 0;
    }
    report_number("in environ", seen);
    report("setenv", setenv("ABI_NEW", "1", 0) == 0 && strcmp(getenv("ABI_NEW"), "1") == 0);
    report("setenv keeps", setenv("ABI_NEW", "2", 0) == 0 && strcmp(getenv("ABI_NEW"), "1") == 0);
    report("setenv replaces", setenv("ABI_NEW", "3", 1) == 0 && strcmp(getenv("ABI_NEW"), "3") == 0);
    report("unsetenv", unsetenv("ABI_NEW") == 0 && getenv("ABI_NEW") == NULL);
    report("clearenv", clearenv() == 0 && getenv("ABI_TEST") == NULL);
    return report_end();
}
