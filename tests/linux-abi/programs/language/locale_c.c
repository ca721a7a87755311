// The C locale, and that the "C.UTF-8" or any other is refused or given, never half given.
#include "../report.h"

#include <ctype.h>
#include <locale.h>
#include <time.h>
#include <wchar.h>

int main(void) {
    report_text("at start", setlocale(LC_ALL, NULL));
    report_text("from the environment", setlocale(LC_ALL, ""));
    report_text("decimal point", localeconv()->decimal_point);
    report("no such locale", setlocale(LC_ALL, "xx_YY.nothing") == NULL);
    report("character classes", isalpha('a') && !isalpha('1') && toupper('q') == 'Q' && !isalpha(0xe4));
    report("collation is by byte", strcoll("Z", "a") < 0);
    struct tm calendar = {.tm_year = 100, .tm_mon = 1, .tm_mday = 29, .tm_hour = 12};
    char text[64];
    report("mktime in UTC", mktime(&calendar) == 951825600);
    strftime(text, sizeof text, "%A %d %B %Y %H:%M:%S %j %Z", &calendar);
    report_text("strftime", text);
    wchar_t wide[8];
    report("mbstowcs", mbstowcs(wide, "abc", 8) == 3 && wide[2] == L'c');
    return report_end();
}
