// See grammar.hpp.
#include "tests/kv/grammar.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace kv_test {

namespace {

std::size_t below(Dice& dice, std::size_t limit) {
    return dice() % limit;
}
template <std::size_t count>
std::string one_of(Dice& dice, const char* const (&choices)[count]) {
    return choices[below(dice, count)];
}

std::string octets(Dice& dice, std::size_t most) {
    std::string text(below(dice, most + 1), ' ');
    for (char& octet : text)
        octet = below(dice, 8) ? static_cast<char>('a' + below(dice, 26)) : static_cast<char>(dice());
    return text;
}

std::string key(Dice& dice, const char* prefix) {
    static const char* const prefixes[] = {"s", "l", "t", "z", "h", "n"};
    const std::string kind = below(dice, 25) ? prefix : prefixes[below(dice, 6)];
    return kind + std::to_string(below(dice, 6));
}

std::string number(Dice& dice) {
    switch (below(dice, 12)) {
    case 0:
        return std::to_string(static_cast<std::int64_t>(dice()));
    case 1:
        return std::to_string(static_cast<std::int64_t>(dice() >> below(dice, 64)));
    default:
        return std::to_string(static_cast<std::int64_t>(below(dice, 25)) - 8);
    }
}

std::string real(Dice& dice) {
    char text[64];
    switch (below(dice, 10)) {
    case 0:
        return one_of(dice, {"inf", "-inf", "+inf", "nan", "1e400", "-1e-400", "0x1p3", "1e5", "-0", "0.1", "3.0e3"});
    case 1:
        std::snprintf(text, sizeof text, "%.17g", static_cast<double>(static_cast<std::int64_t>(dice())) / 1e7);
        return text;
    case 2:
        std::snprintf(text, sizeof text, "%.15e", static_cast<double>(dice()) * (below(dice, 2) ? 1e-12 : 1e12));
        return text;
    case 3:
    case 4:
        std::snprintf(text, sizeof text, "%.2f", static_cast<double>(below(dice, 2000)) / 100 - 10);
        return text;
    default:
        return std::to_string(static_cast<std::int64_t>(below(dice, 20)) - 5);
    }
}

std::string value(Dice& dice) {
    switch (below(dice, 10)) {
    case 0:
        return octets(dice, 700);
    case 1:
        return octets(dice, 60);
    case 2:
    case 3:
        return number(dice);
    case 4:
        return real(dice);
    default:
        return octets(dice, 8);
    }
}

std::string member(Dice& dice) {
    switch (below(dice, 30)) {
    case 0:
        return octets(dice, 90);
    case 1:
        return number(dice);
    default:
        return std::string(below(dice, 2) ? "m" : "") + std::to_string(below(dice, 30));
    }
}

std::string bound(Dice& dice) {
    if (below(dice, 20) == 0)
        return one_of(dice, {"(", "", "(nan", "abc", "(1.5x", "(inf"});
    return (below(dice, 3) ? "" : "(") + real(dice);
}

std::string letters_bound(Dice& dice) {
    if (below(dice, 4) == 0)
        return one_of(dice, {"-", "+", "-", "+", "a", "", "("});
    return (below(dice, 2) ? "[" : "(") + member(dice);
}

std::string some(std::string_view kind, Dice& dice) {
    if (kind == "str")
        return key(dice, "s");
    if (kind == "list")
        return key(dice, "l");
    if (kind == "set")
        return key(dice, "t");
    if (kind == "zset")
        return key(dice, "z");
    if (kind == "hash")
        return key(dice, "h");
    if (kind == "num")
        return key(dice, "n");
    if (kind == "any")
        return key(dice, one_of(dice, {"s", "l", "t", "z", "h", "n"}).c_str());
    // Keys of their own, which no other kind names: large ones, those that lose members by chance, and sorted sets
    // whose members all have one score.
    if (kind == "bigset")
        return "T" + std::to_string(below(dice, 2));
    if (kind == "bigzset")
        return "Z" + std::to_string(below(dice, 2));
    if (kind == "seldom")
        return below(dice, 200) ? "nokey" : one_of(dice, {"T0", "T1", "Z0", "Z1"});
    if (kind == "pop")
        return "p" + std::to_string(below(dice, 3));
    if (kind == "even")
        return "e" + std::to_string(below(dice, 4));
    if (kind == "wide")
        return std::to_string(below(dice, 1200));
    if (kind == "val")
        return value(dice);
    if (kind == "int")
        return number(dice);
    if (kind == "real")
        return real(dice);
    if (kind == "mem")
        return member(dice);
    if (kind == "bound")
        return bound(dice);
    if (kind == "lex")
        return letters_bound(dice);
    if (kind == "idx")
        return std::to_string(static_cast<std::int64_t>(below(dice, 30)) - 15);
    if (kind == "few")
        return std::to_string(below(dice, 4));
    if (kind == "bit")
        return std::to_string(below(dice, 200));
    if (kind == "sec")
        return std::to_string(100 + below(dice, 1000));
    if (kind == "db")
        return std::to_string(below(dice, 3));
    if (kind == "chan")
        return "c" + std::to_string(below(dice, 6));
    if (kind == "chans")
        return one_of(dice, {"*", "c*", "c?", "[c]1", "c[^1-3]", "x*", "\\c1", "", "c1"});
    if (kind == "slot")
        return std::to_string(below(dice, 20) ? below(dice, 16384) : below(dice, 20000));
    if (kind == "tag")
        return one_of(dice, {"{a}", "{}", "{", "}{a}", "{{a}}", "a{b}c{d}", "{a", "", "{}{a}"}) + octets(dice, 4);
    if (kind == "limit")
        return one_of(dice,
                      {"pubsub 32mb 8mb 60", "normal 0 0 0", "slave 1 2", "foo 0 0 0", "normal x 0 0", "normal -1 0 0",
                       "replica 256mb 64mb 60 NORMAL 0 0 0", "normal 0 0 x", "normal 0 0 -1", "master 0 0 0"});
    if (kind == "pat")
        return one_of(dice, {"*", "s*", "?1", "[a-l]*", "m[^1]*", "*1*2", "\\s1", "[", "[z-a]*", "**3", "h?", ""});
    std::fprintf(stderr, "differential: no such kind <%.*s>\n", static_cast<int>(kind.size()), kind.data());
    std::exit(1);
}

// One of the alternatives up to `close`, expanded into `words` if given; leaves `at` behind it.
void expand(const std::vector<std::string>& tokens, std::size_t& at, std::string_view close, Words* words, Dice& dice) {
    while (at < tokens.size() && tokens[at] != close && tokens[at] != "|") {
        const std::string& token = tokens[at++];
        if (token == "(" || token == "[" || token == "{") {
            const std::string_view end = token == "(" ? ")" : token == "[" ? "]" : "}";
            // How many alternatives there are.
            std::size_t alternatives = 1, scan = at, depth = 0;
            for (; depth || tokens[scan] != end; scan++) {
                depth += tokens[scan] == "(" || tokens[scan] == "[" || tokens[scan] == "{";
                depth -= depth && (tokens[scan] == ")" || tokens[scan] == "]" || tokens[scan] == "}");
                alternatives += !depth && tokens[scan] == "|";
            }
            const std::size_t repeats = token == "{" ? 1 + below(dice, 4) : token == "[" ? below(dice, 2) : 1;
            for (std::size_t repeat = 0; repeat < repeats; repeat++) {
                const std::size_t chosen = below(dice, alternatives);
                std::size_t inner = at;
                for (std::size_t skipped = 0; skipped < chosen; skipped++) {
                    expand(tokens, inner, end, nullptr, dice);
                    inner++; // the |
                }
                expand(tokens, inner, end, words, dice);
            }
            at = scan + 1;
        } else if (words) {
            std::string word;
            for (std::string_view rest = token; !rest.empty();) {
                const std::size_t open = rest.find('<'), close_at = rest.find('>');
                word += rest.substr(0, open);
                if (open == rest.npos || close_at == rest.npos)
                    break;
                word += some(rest.substr(open + 1, close_at - open - 1), dice);
                rest.remove_prefix(close_at + 1);
            }
            words->push_back(word);
        }
    }
}

} // namespace

std::vector<Row> read_rows(const std::string& path, std::string_view family) {
    static const char* const names[] = {"exact", "sorted", "pairs", "scan", "scans", "size", "near", "second", "shape"};
    std::ifstream file(path);
    std::vector<Row> rows;
    std::string line, section;
    while (std::getline(file, line)) {
        if (line.empty() || line.front() == '#')
            continue;
        if (line.front() == '@') {
            section = line.substr(1);
            continue;
        }
        const std::size_t blank = line.find(' ');
        for (std::size_t index = 0; index < std::size(names); index++)
            if (line.substr(0, blank) == names[index] &&
                (family == section || (family.empty() && section != "transactions" && section != "waiting" &&
                                       section != "messages" && section != "cluster")))
                rows.push_back({static_cast<Compare>(index), section, line.substr(blank + 1)});
    }
    if (rows.empty()) {
        std::fprintf(stderr, "differential: no commands in %s\n", path.c_str());
        std::exit(1);
    }
    return rows;
}

Words make_command(const Row& row, Dice& dice) {
    std::vector<std::string> tokens;
    std::string token;
    for (const char octet : row.text + " ") {
        const bool stands_alone = std::string_view("()[]{}|").contains(octet);
        if ((octet == ' ' || stands_alone) && !token.empty()) {
            tokens.push_back(token);
            token.clear();
        }
        if (stands_alone)
            tokens.emplace_back(1, octet);
        else if (octet != ' ')
            token += octet;
    }
    Words words;
    std::size_t at = 0;
    expand(tokens, at, "", &words, dice);
    // The number of keys that follow is written as #.
    for (std::size_t index = 0; index < words.size(); index++)
        if (words[index] == "#") {
            std::size_t keys = 0;
            while (index + 1 + keys < words.size() && words[index + 1 + keys].size() == 2)
                keys++;
            words[index] = std::to_string(keys);
        }
    return words;
}

void make_mistake(Words& words, Dice& dice) {
    const std::size_t at = 1 + below(dice, words.size());
    switch (below(dice, 3)) {
    case 0:
        if (at < words.size())
            words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
        break;
    case 1:
        words.insert(words.begin() + static_cast<std::ptrdiff_t>(at), value(dice));
        break;
    default:
        if (at < words.size())
            words[at] = one_of(dice, {"",
                                      "abc",
                                      "-1",
                                      "0",
                                      "1e400",
                                      "nan",
                                      " 1",
                                      "01",
                                      "9223372036854775807",
                                      "9223372036854775808",
                                      "-9223372036854775808",
                                      "4294967296",
                                      "nx",
                                      "xx",
                                      "gt",
                                      "withscores",
                                      "limit",
                                      "count",
                                      "get",
                                      "(",
                                      "[a",
                                      "+inf"});
    }
}

bool is_by_chance(const Words& words) {
    return words[0] == "srandmember" || words[0] == "hrandfield" || words[0] == "zrandmember";
}

bool is_endless(const Words& words) {
    constexpr long long many = 100'000;
    return is_by_chance(words) && words.size() > 2 && std::atoll(words[2].c_str()) < -many;
}

} // namespace kv_test
