// Who we are: user, group, process and parent numbers as they relate to each other.
#include "../report.h"

#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

int main(void) {
    report("real and effective user", getuid() == geteuid());
    report("real and effective group", getgid() == getegid());
    uid_t real = 1;
    uid_t effective = 2;
    uid_t saved = 3;
    report("getresuid",
           getresuid(&real, &effective, &saved) == 0 && real == effective && effective == saved && real == getuid());
    report("getpid stays", getpid() > 0 && getpid() == getpid());
    report("getppid", getppid() >= 0 && getppid() != getpid());
    report("getpgrp, getsid", getpgrp() >= 0 && getsid(0) >= 0);
    report("getgroups", getgroups(0, NULL) >= 0);
    report("umask gives the old one", (umask(027), umask(022)) == 027);
    char name[256];
    report("gethostname", gethostname(name, sizeof name) == 0 && strlen(name) > 0);
    return report_end();
}
