// The stand-alone bench tool. Everything is in bench.hpp.
#include "bench/harness/bench.hpp"

#include <vector>

int main(int count, char** arguments) {
    return bench::bench_main(std::vector<std::string>(arguments + 1, arguments + count));
}
