// iostreams: formatting, manipulators, string and file streams, getline, states.
#include "../report.h"

#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>

int main(int argc, char** argv) {
    std::cout << "integers " << 42 << ' ' << std::hex << std::showbase << 255 << ' ' << std::oct << 8 << std::dec
              << '\n';
    std::cout << std::setw(8) << std::setfill('*') << 7 << ' ' << std::left << std::setw(4) << 1 << '\n';
    std::cout << std::fixed << std::setprecision(3) << 3.14159 << ' ' << std::scientific << 12345.678 << ' '
              << std::defaultfloat << 0.1 << ' ' << std::boolalpha << true << std::endl;

    std::istringstream input("10 20 thirty 40");
    int sum = 0;
    int value = 0;
    while (input >> value) {
        sum += value;
    }
    std::cout << "sum " << sum << " fail " << input.fail() << " eof " << input.eof() << '\n';
    input.clear();
    std::string word;
    input >> word >> value;
    std::cout << word << ' ' << value << '\n';

    const std::string path = std::string(report_scratch(argc, argv)) + "/stream";
    {
        std::ofstream out(path, std::ios::binary);
        for (int i = 0; i < 100; ++i) {
            out << i << ' ' << i * i << '\n';
        }
        report("written", static_cast<bool>(out));
    }
    std::ifstream in(path);
    std::string line;
    int lines = 0;
    long total = 0;
    while (std::getline(in, line)) {
        std::istringstream fields(line);
        long a = 0;
        long b = 0;
        fields >> a >> b;
        total += a + b;
        ++lines;
    }
    std::cout << lines << " lines, total " << total << '\n';
    in.clear();
    in.seekg(-5, std::ios::end);
    std::getline(in, line);
    std::cout << "tail " << line << '\n';

    std::fstream both(path, std::ios::in | std::ios::out);
    both.seekp(0);
    both << "X";
    both.seekg(0);
    std::getline(both, line);
    std::cout << "head " << line << '\n';
    std::ifstream missing(path + ".missing");
    report("a missing file fails", !missing.is_open());
    try {
        missing.exceptions(std::ios::failbit);
    } catch (const std::ios_base::failure&) {
        report("failure is thrown", 1);
    }
    std::cin >> word;
    report("standard input is at its end", std::cin.eof());
    return report_end();
}
