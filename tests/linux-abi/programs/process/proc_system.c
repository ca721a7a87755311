// /proc and /sys about the machine: processors and memory, in agreement with the calls.
#include "../report.h"

#include <dirent.h>
#include <unistd.h>

// The number of processors in a list such as 0-3,8.
static int listed(const char* path) {
    FILE* file = fopen(path, "r");
    int count = 0;
    int first = 0;
    while (file && fscanf(file, "%d", &first) == 1) {
        int last = first;
        int mark = fgetc(file);
        if (mark == '-') {
            if (fscanf(file, "%d", &last) != 1) {
                return -1;
            }
            mark = fgetc(file);
        }
        count += last - first + 1;
        if (mark != ',') {
            break;
        }
    }
    if (file) {
        fclose(file);
    }
    return count;
}

int main(void) {
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    FILE* file = fopen("/proc/cpuinfo", "r");
    char line[4096];
    int processors = 0;
    int model = 0;
    int flags = 0;
    while (file && fgets(line, sizeof line, file)) {
        processors += strncmp(line, "processor", 9) == 0;
        model += strncmp(line, "model name", 10) == 0;
        flags += strncmp(line, "flags", 5) == 0 && strstr(line, " sse2") != NULL;
    }
    report("cpuinfo lists each processor", processors == online);
    report("each with its model and flags", model == processors && flags == processors);

    file = fopen("/proc/meminfo", "r");
    long total = 0;
    long available = 0;
    while (file && fgets(line, sizeof line, file)) {
        sscanf(line, "MemTotal: %ld kB", &total);
        sscanf(line, "MemAvailable: %ld kB", &available);
    }
    report("meminfo", total > 0 && available > 0 && available <= total);
    report("its total is sysconf's", total / 4 == sysconf(_SC_PHYS_PAGES));
    report("online processors", listed("/sys/devices/system/cpu/online") == online);
    report("possible processors", listed("/sys/devices/system/cpu/possible") >= online);
    DIR* folder = opendir("/sys/devices/system/cpu");
    struct dirent* entry = NULL;
    int folders = 0;
    int number = 0;
    char rest = 0;
    while (folder && (entry = readdir(folder)) != NULL) {
        folders += sscanf(entry->d_name, "cpu%d%c", &number, &rest) == 1;
    }
    report("a folder for each", folders >= online);
    file = fopen("/proc/self/status", "r");
    int threads = 0;
    while (file && fgets(line, sizeof line, file)) {
        sscanf(line, "Threads: %d", &threads);
    }
    report_number("threads in status", threads);
    return report_end();
}
