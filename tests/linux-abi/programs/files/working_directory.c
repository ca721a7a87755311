// chdir, fchdir, getcwd, and the *at calls relative to a directory.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char** argv) {
    const char* scratch = report_scratch(argc, argv);
    char start[4096];
    char now[4096];
    report("starts in its scratch folder", getcwd(start, sizeof start) == start && strcmp(start, scratch) == 0);
    const int folder = open(scratch, O_RDONLY | O_DIRECTORY);
    report("mkdirat", mkdirat(folder, "a", 0755) == 0 && mkdirat(folder, "a/b", 0755) == 0);
    report("chdir", chdir("a") == 0 && getcwd(now, sizeof now) && strcmp(now + strlen(start), "/a") == 0);
    report("relative", chdir("b") == 0 && getcwd(now, sizeof now) && strcmp(now + strlen(start), "/a/b") == 0);
    report("up", chdir("..") == 0 && getcwd(now, sizeof now) && strcmp(now + strlen(start), "/a") == 0);
    report("dots and slashes",
           chdir("./b/.././/b") == 0 && getcwd(now, sizeof now) && strcmp(now + strlen(start), "/a/b") == 0);
    report("fchdir", fchdir(folder) == 0 && getcwd(now, sizeof now) && strcmp(now, start) == 0);
    report("openat", openat(folder, "a/file", O_WRONLY | O_CREAT, 0644) >= 0 && access("a/file", F_OK) == 0);
    report("renameat", renameat(folder, "a/file", folder, "a/b/file") == 0 && access("a/b/file", F_OK) == 0);
    report("unlinkat", unlinkat(folder, "a/b/file", 0) == 0 && unlinkat(folder, "a/b", AT_REMOVEDIR) == 0);
    report("the parent of the root is the root",
           chdir("/") == 0 && chdir("..") == 0 && getcwd(now, sizeof now) && strcmp(now, "/") == 0);
    report_error("nowhere", chdir("/no/such/place"), ENOENT);
    report("no room for the name", fchdir(folder) == 0 && getcwd(now, 2) == NULL && errno == ERANGE);
    return report_end();
}
