// INFO of all vcores on one page. Interface: merge.hpp.
#include "libos-kv/shard/merge.hpp"

#include "libos-kv/number/integer.hpp"

namespace exo::kv {

namespace {

constexpr std::string_view persistence_title = "# Persistence";

// Of the front and of every shard.
constexpr std::string_view summed_names[] = {
    "total_commands_processed", "expired_keys",    "evicted_keys",      "keyspace_hits",           "keyspace_misses",
    "total_error_replies",      "blocked_clients", "lazyfreed_objects", "lazyfree_pending_objects"};
// Of the front and of every shard, what is the greatest.
constexpr std::string_view greatest_prefix = "longest_turn_";
// Of the shards: the front lies on the vcore of one of them, or has its share alone.
constexpr std::string_view shard_names[] = {"used_memory", "used_memory_peak", "total_system_memory"};

template <std::size_t count>
bool is_among(const std::string_view (&names)[count], std::string_view name) {
    for (const std::string_view each : names)
        if (each == name)
            return true;
    return false;
}

std::string_view take_line(std::string_view& page) {
    const std::size_t end = page.find("\r\n");
    const std::string_view line = page.substr(0, end);
    page.remove_prefix(end == page.npos ? page.size() : end + 2);
    return line;
}

std::string_view name_of(std::string_view line) {
    return line.substr(0, line.find(':'));
}
std::string_view value_of(std::string_view line) {
    const std::size_t colon = line.find(':');
    return colon == line.npos ? std::string_view() : line.substr(colon + 1);
}

// The value of a name; empty: it is not there.
std::string_view find_value(std::string_view page, std::string_view name) {
    while (!page.empty())
        if (const std::string_view line = take_line(page); name_of(line) == name)
            return value_of(line);
    return {};
}

std::int64_t number_in(std::string_view value) {
    return parse_integer(value).value_or(0);
}

// Of what is said of the disk: numbers that are sums, that are the greatest, and that are the least.
constexpr std::string_view summed_kept_names[] = {
    "rdb_changes_since_last_save", "rdb_last_load_keys_loaded", "aof_current_size", "journal_room", "recovered_keys",
    "recovered_records",           "recovered_octets",          "recovery_ms"};
constexpr std::string_view greatest_kept_names[] = {"rdb_bgsave_in_progress", "aof_rewrite_in_progress"};
constexpr std::string_view least_kept_names[] = {"rdb_last_save_time"};

// A line of numbers with labels, such as db0:keys=1,expires=0.
bool has_labels(std::string_view name) {
    return name.starts_with("cmdstat_") || (name.starts_with("db") && name.size() <= 4);
}

void add_labelled(Text& into, std::string_view value) {
    Text sums;
    std::string_view so_far = into;
    while (!value.empty()) {
        const std::string_view part = next_word(value, ','), before = next_word(so_far, ',');
        const std::size_t at = part.find('=') + 1;
        const std::int64_t old = before.empty() ? 0 : number_in(before.substr(at));
        if (!sums.empty())
            sums.append(',');
        sums.append(part.substr(0, at)).append(IntegerText(number_in(part.substr(at)) + old));
    }
    into = std::move(sums);
}

void put(Text& page, std::string_view name, std::string_view value) {
    page.append(name).append(':').append(value).append("\r\n");
}

// Lines that any page has, each name once, in the order in which they are met.
void put_labelled(Text& page, const Array<Text>& pages, std::string_view prefix) {
    for (std::size_t index = 0; index < pages.size(); index++)
        for (std::string_view rest = pages[index]; !rest.empty();) {
            const std::string_view name = name_of(take_line(rest));
            bool is_new = has_labels(name) && name.starts_with(prefix);
            for (std::size_t before = 0; is_new && before < index; before++)
                is_new = find_value(pages[before], name).empty();
            if (!is_new)
                continue;
            Text value;
            for (std::size_t other = index; other < pages.size(); other++)
                if (const std::string_view more = find_value(pages[other], name); !more.empty())
                    add_labelled(value, more);
            put(page, name, value);
        }
}

// Text is the worst that any says: nothing else differs.
void put_kept(Text& page, const Array<Text>& pages, std::string_view name) {
    std::int64_t sum = 0, greatest = 0, least = INT64_MAX;
    std::string_view text;
    for (std::size_t index = 0; index + 1 < pages.size(); index++) {
        const std::string_view value = find_value(pages[index], name);
        const std::int64_t number = number_in(value);
        sum += number;
        greatest = number > greatest ? number : greatest;
        least = number < least ? number : least;
        text = text.empty() || value == "err" ? value : text;
    }
    if (is_among(summed_kept_names, name))
        put(page, name, IntegerText(sum));
    else if (is_among(greatest_kept_names, name))
        put(page, name, IntegerText(greatest));
    else if (is_among(least_kept_names, name))
        put(page, name, IntegerText(least));
    else
        put(page, name, text);
}

void put_greatest(Text& page, const Array<Text>& pages, std::string_view name) {
    std::int64_t greatest = 0;
    for (const Text& each : pages)
        if (const std::int64_t number = number_in(find_value(each, name)); number > greatest)
            greatest = number;
    put(page, name, IntegerText(greatest));
}

// The section that the front knows nothing of, from the pages of the shards.
void put_persistence(Text& page, const Array<Text>& pages) {
    bool is_within = false;
    for (std::string_view rest = pages[0]; !rest.empty();) {
        const std::string_view line = take_line(rest);
        if (is_within && line.empty())
            return;
        if (is_within)
            put_kept(page, pages, name_of(line));
        is_within |= line == persistence_title;
    }
}

} // namespace

Text merge_info(const Array<Text>& pages) {
    const std::size_t front = pages.size() - 1;
    Text page;
    bool is_kept = false; // of the section of the disk
    for (std::string_view rest = pages[front]; !rest.empty();) {
        const std::string_view line = take_line(rest), name = name_of(line);
        is_kept = is_kept && !line.empty();
        if (has_labels(name) || is_kept)
            continue; // behind the title, where those of all stand
        is_kept = line == persistence_title;
        const bool is_of_all = is_among(summed_names, name), is_of_shards = is_among(shard_names, name);
        if (is_of_all || is_of_shards) {
            std::int64_t total = 0;
            for (std::size_t index = 0; index < (is_of_all ? pages.size() : front); index++)
                total += number_in(find_value(pages[index], name));
            put(page, name, IntegerText(total));
        } else if (name.starts_with(greatest_prefix)) {
            put_greatest(page, pages, name);
        } else {
            page.append(line).append("\r\n");
        }
        if (line == "# Commandstats")
            put_labelled(page, pages, "cmdstat_");
        else if (is_kept)
            put_persistence(page, pages);
        else if (line == "# Keyspace")
            put_labelled(page, pages, "db");
    }
    return page;
}

} // namespace exo::kv
