// Random commands from rows of text (commands.txt). A row: how replies are compared, then words: as they stand; <name>
// for a value of a kind; (a|b) one of them; [a|b] one of them or nothing; {a} a one to four times.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace kv_test {

enum class Compare {
    Exact,
    Sorted, // an array in any order
    Pairs,  // an array of pairs in any order
    Scan,   // a cursor and an array in any order
    Scans,  // a cursor and an array of pairs in any order
    Size,   // an array of as many items: members by chance
    Near,   // milliseconds that may differ by the time that passes
    Second, // seconds that may
    Shape,  // the type of the reply alone
};

struct Row {
    Compare compare;
    std::string family;
    std::string text;
};

using Words = std::vector<std::string>;
using Dice = std::mt19937_64;

// The rows of a file, of one family or of all but four: transactions, whose replies hold others' without saying how to
// compare them, those that wait without end, messages, of which a command may get none or many, and clusters, for which
// the server must be one. Ends the program with a sentence if there are none.
std::vector<Row> read_rows(const std::string& path, std::string_view family);
Words make_command(const Row& row, Dice& dice);
// As someone who makes mistakes would send it: an argument less, one more, or a strange one.
void make_mistake(Words& words, Dice& dice);
// Whether it asks for members by chance, and whether for so many that they would fill all memory.
bool is_by_chance(const Words& words);
bool is_endless(const Words& words);

} // namespace kv_test
