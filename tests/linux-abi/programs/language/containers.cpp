// The standard library at work: maps, sorts, strings, regular expressions, random
// numbers with a fixed seed. Printed checksums must not depend on the system.
#include "../report.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <regex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

int main() {
    std::mt19937_64 random(12345);
    std::vector<std::uint64_t> numbers(100000);
    std::generate(numbers.begin(), numbers.end(), random);
    printf("checksum %016lx\n", std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0}));
    std::sort(numbers.begin(), numbers.end());
    report("sorted", std::is_sorted(numbers.begin(), numbers.end()));
    std::shuffle(numbers.begin(), numbers.end(), random);
    std::stable_sort(numbers.begin(), numbers.end(), [](auto a, auto b) { return a % 1000 < b % 1000; });
    printf("first %016lx\n", numbers.front());

    std::map<std::string, int> counts;
    std::unordered_map<std::uint64_t, std::size_t> places;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        ++counts[std::to_string(numbers[i] % 50)];
        places[numbers[i]] = i;
    }
    report_number("distinct", static_cast<long long>(counts.size()));
    report_number("most frequent", std::max_element(counts.begin(), counts.end(), [](auto& a, auto& b) {
                                       return a.second < b.second;
                                   })->second);
    report("found", places.size() == 100000 && places.at(numbers[777]) == 777);

    std::deque<int> queue;
    std::multiset<int> ordered;
    for (int i = 0; i < 5000; ++i) {
        queue.push_back(i);
        queue.push_front(-i);
        ordered.insert(i % 7);
    }
    report_number("queue", queue.front() + static_cast<long long>(queue.size()));
    report_number("equal", static_cast<long long>(ordered.count(3)));

    const std::regex pattern(R"((\w+)@(\w+)\.org)");
    std::smatch match;
    const std::string text = "write to someone@example.org today";
    report("regex", std::regex_search(text, match, pattern) && match[1] == "someone" && match[2] == "example");
    const auto shared = std::make_shared<std::vector<int>>(1000, 1);
    const std::weak_ptr<std::vector<int>> weak = shared;
    report("shared and weak", weak.lock()->size() == 1000);
    report("one owner again", shared.use_count() == 1);
    std::uniform_int_distribution<int> die(1, 6);
    std::normal_distribution<double> normal;
    int throws = 0;
    double total = 0;
    for (int i = 0; i < 1000; ++i) {
        throws += die(random);
        total += normal(random);
    }
    printf("dice %d normal %.6f\n", throws, total);
    return report_end();
}
