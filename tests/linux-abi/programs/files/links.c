// Hard and symbolic links: made, read, followed, broken, circular.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char** argv) {
    report("chdir", chdir(report_scratch(argc, argv)) == 0);
    int file = open("file", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    report("written", write(file, "contents", 8) == 8 && close(file) == 0);
    struct stat one;
    struct stat two;
    report("link", link("file", "hard") == 0 && stat("file", &one) == 0 && stat("hard", &two) == 0);
    report("the same file, two names", one.st_ino == two.st_ino && one.st_nlink == 2);
    report_error("link over a name", link("file", "hard"), EEXIST);
    report("symlink", symlink("file", "soft") == 0);
    char target[64] = "";
    report_number("readlink", readlink("soft", target, sizeof target));
    report_text("target", target);
    report_number("readlink cut short", readlink("soft", target, 2));
    report_error("readlink of a file", readlink("file", target, sizeof target), EINVAL);
    report("lstat sees the link", lstat("soft", &one) == 0 && S_ISLNK(one.st_mode) && one.st_size == 4);
    report("stat sees the file", stat("soft", &one) == 0 && S_ISREG(one.st_mode) && one.st_size == 8);
    char buffer[16] = "";
    file = open("soft", O_RDONLY);
    report("read through the link", read(file, buffer, 16) == 8);
    close(file);
    report_error("O_NOFOLLOW", open("soft", O_RDONLY | O_NOFOLLOW), ELOOP);
    report("unlink takes the link", unlink("soft") == 0 && stat("file", &one) == 0);
    report("a dangling one", symlink("nowhere", "soft") == 0 && lstat("soft", &one) == 0);
    report_error("leads nowhere", open("soft", O_RDONLY), ENOENT);
    report("a circle", symlink("b", "a") == 0 && symlink("a", "b") == 0);
    report_error("is never followed to its end", open("a", O_RDONLY), ELOOP);
    report("through a directory", mkdir("folder", 0755) == 0 && symlink("folder", "way") == 0 &&
                                      (file = open("way/inside", O_WRONLY | O_CREAT, 0644)) >= 0 &&
                                      access("folder/inside", F_OK) == 0);
    report("upwards", symlink("../file", "folder/up") == 0 && stat("folder/up", &one) == 0 && one.st_size == 8);
    return report_end();
}
