// Directories: made, filled, listed completely, counted, removed when empty.
#include "../report.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { count = 300 };

static int compare(const void* a, const void* b) {
    return strcmp(*(char* const*)a, *(char* const*)b);
}

int main(int argc, char** argv) {
    char folder[600];
    snprintf(folder, sizeof folder, "%s/folder", report_scratch(argc, argv));
    report("mkdir", mkdir(folder, 0755) == 0);
    report_error("mkdir again", mkdir(folder, 0755), EEXIST);
    report_error("below nothing", mkdir(report_path(folder, "a/b"), 0755), ENOENT);
    char name[64];
    for (int i = 0; i < count; ++i) {
        snprintf(name, sizeof name, "file-with-a-rather-long-name-%03d", i);
        const int file = open(report_path(folder, name), O_WRONLY | O_CREAT | O_EXCL, 0644);
        report_failures += file < 0 || close(file) != 0;
    }
    report("mkdir inside", mkdir(report_path(folder, "inner"), 0755) == 0);
    DIR* directory = opendir(folder);
    report("opendir", directory != NULL);
    char* names[count + 10];
    int found = 0;
    int kinds = 1;
    struct dirent* entry = NULL;
    while (directory && (entry = readdir(directory)) != NULL && found < count + 10) {
        const int inner = strcmp(entry->d_name, "inner") == 0 || entry->d_name[0] == '.';
        kinds = kinds && (entry->d_type == DT_UNKNOWN || entry->d_type == (inner ? DT_DIR : DT_REG));
        names[found++] = strdup(entry->d_name);
    }
    qsort(names, (size_t)found, sizeof *names, compare);
    report_number("entries", found);
    report_text("first", names[0]);
    report_text("second", names[1]);
    report_text("third", names[2]);
    report_text("last", names[found - 1]);
    int distinct = 1;
    for (int i = 1; i < found; ++i) {
        distinct = distinct && strcmp(names[i - 1], names[i]) != 0;
    }
    report("each once, with its kind", distinct && kinds);
    rewinddir(directory);
    int again = 0;
    while (readdir(directory)) {
        ++again;
    }
    report("the same after rewinddir", again == found && closedir(directory) == 0);
    report_error("rmdir of a full one", rmdir(folder), ENOTEMPTY);
    report_error("unlink of a directory", unlink(report_path(folder, "inner")), EISDIR);
    report_error("rmdir of a file", rmdir(report_path(folder, "file-with-a-rather-long-name-000")), ENOTDIR);
    for (int i = 0; i < found; ++i) {
        if (names[i][0] == 'f') {
            report_failures += unlink(report_path(folder, names[i])) != 0;
        }
    }
    report("rmdir inside", rmdir(report_path(folder, "inner")) == 0);
    report("rmdir", rmdir(folder) == 0 && access(folder, F_OK) == -1);
    report("opendir of nothing", opendir(folder) == NULL && errno == ENOENT);
    return report_end();
}
