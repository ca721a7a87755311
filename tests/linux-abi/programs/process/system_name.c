// uname: the fields programs decide by.
#include "../report.h"

#include <sys/utsname.h>

int main(void) {
    struct utsname name;
    report("uname", uname(&name) == 0);
    report_text("sysname", name.sysname);
    report_text("machine", name.machine);
    int major = 0;
    int minor = 0;
    report("the release is a version, 3.2 or later",
           sscanf(name.release, "%d.%d", &major, &minor) == 2 && (major > 3 || (major == 3 && minor >= 2)));
    report("a node name and a version", name.nodename[0] != 0 && name.version[0] != 0);
    return report_end();
}
