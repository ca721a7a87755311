// Buffered files: writing, seeking, reading back by line, character and block.
#include "../report.h"

int main(int argc, char** argv) {
    const char* path = report_path(report_scratch(argc, argv), "text");
    FILE* file = fopen(path, "w+");
    report("fopen w+", file != NULL);
    if (!file) {
        return 1;
    }
    for (int i = 0; i < 1000; ++i) {
        fprintf(file, "line %d\n", i);
    }
    report_number("position", ftell(file));
    report("rewind", fseek(file, 0, SEEK_SET) == 0);
    char line[64];
    int lines = 0;
    while (fgets(line, sizeof line, file)) {
        ++lines;
    }
    report_number("lines", lines);
    report("end of file", feof(file) && !ferror(file));
    fseek(file, -9, SEEK_END);
    report_number("block", (long long)fread(line, 1, sizeof line, file));
    line[8] = 0;
    report_text("last line", line);
    fseek(file, 5, SEEK_SET);
    const int first = fgetc(file);
    ungetc('Z', file);
    report("ungetc", first == '0' && fgetc(file) == 'Z');
    fseek(file, 0, SEEK_SET);
    fputs("LINE", file);
    fflush(file);
    fclose(file);

    file = fopen(path, "a");
    report("append starts at the end after a write", file && fputs("end\n", file) >= 0 && ftell(file) == 8894);
    fclose(file);
    file = fopen(path, "r");
    static char big[16384];
    setvbuf(file, big, _IOFBF, sizeof big);
    report("first word was overwritten", fscanf(file, "%63s", line) == 1 && strcmp(line, "LINE") == 0);
    report("write to a reading stream fails", fputc('x', file) == EOF && ferror(file));
    fclose(file);
    errno = 0;
    file = fopen(report_path(argv[1], "missing"), "r");
    report("a missing file", file == NULL && errno == ENOENT);
    report("remove", remove(path) == 0);
    file = tmpfile();
    report("tmpfile", file != NULL || errno == ENOENT || errno == EROFS || errno == EACCES);
    return report_end();
}
