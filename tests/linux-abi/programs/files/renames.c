// rename: to a new name, over an old one, between directories, and what is refused.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void make(const char* name, const char* contents) {
    const int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    report_failures += write(file, contents, strlen(contents)) < 0;
    close(file);
}

static void show(const char* name) {
    char contents[32] = "";
    const int file = open(name, O_RDONLY);
    if (file >= 0) {
        report_failures += read(file, contents, sizeof contents - 1) < 0;
        close(file);
    }
    report_text(name, file < 0 ? "(not there)" : contents);
}

int main(int argc, char** argv) {
    report("chdir", chdir(report_scratch(argc, argv)) == 0);
    make("one", "first");
    make("two", "second");
    report("to a new name", rename("one", "three") == 0);
    show("one");
    show("three");
    report("over an old one", rename("three", "two") == 0);
    show("two");
    show("three");
    report("into a directory", mkdir("folder", 0755) == 0 && rename("two", "folder/two") == 0);
    show("folder/two");
    report("a directory with contents", rename("folder", "moved") == 0);
    show("moved/two");
    report("to itself", rename("moved/two", "moved/two") == 0);
    const int file = open("moved/two", O_RDONLY);
    char byte = 0;
    report("while open", rename("moved/two", "open") == 0 && read(file, &byte, 1) == 1 && byte == 'f');
    report_error("nothing there", rename("nothing", "else"), ENOENT);
    report_error("a file over a directory", rename("open", "moved"), EISDIR);
    report_error("a directory over a file", rename("moved", "open"), ENOTDIR);
    report_error("into itself", rename("moved", "moved/inside"), EINVAL);
    make("moved/full", "x");
    report("another directory", mkdir("other", 0755) == 0);
    report("over an empty directory", rename("moved", "other") == 0);
    show("other/full");
    report("still empty names", mkdir("third", 0755) == 0);
    const int result = rename("third", "other");
    report("not over a full one", result == -1 && (errno == ENOTEMPTY || errno == EEXIST));
    return report_end();
}
