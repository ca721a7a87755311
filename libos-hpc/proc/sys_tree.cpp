// One core a processor, one package, one NUMA node: what the scheduler of the library OS really has.
// Interface: sys_tree.hpp.
#include "libos-hpc/proc/sys_tree.hpp"

#include "libos-hpc/fs/text_node.hpp"
#include "libos-hpc/proc/processor.hpp"
#include "libos-hpc/proc/texts.hpp"
#include "libos/memory/frame_allocator.hpp"
#include "libos/thread/scheduler.hpp"

namespace exo::hpc {
namespace {

constexpr TreeKind kind{linux_abi::file_system::sysfs, 4};
constexpr std::uint64_t cache_shift = 8; // of an argument that names a core and one of its caches

std::uint64_t all_processors() {
    std::size_t count = scheduler().vcore_count();
    return count >= 64 ? ~0ull : (1ull << count) - 1;
}

void online(Text& text, std::uint64_t) {
    write_cpu_list(text, all_processors());
    text.add('\n');
}
void kernel_max(Text& text, std::uint64_t) {
    text.decimal(max_cores - 1).add('\n');
}
void offline(Text& text, std::uint64_t) {
    text.add('\n');
}
void zero(Text& text, std::uint64_t) {
    text.add("0\n");
}
void number(Text& text, std::uint64_t value) {
    text.decimal(value).add('\n');
}
void one_processor_list(Text& text, std::uint64_t processor) {
    write_cpu_list(text, 1ull << processor);
    text.add('\n');
}
void one_processor_mask(Text& text, std::uint64_t processor) {
    write_cpu_mask(text, 1ull << processor);
    text.add('\n');
}
void all_list(Text& text, std::uint64_t) {
    online(text, 0);
}
void all_mask(Text& text, std::uint64_t) {
    write_cpu_mask(text, all_processors());
    text.add('\n');
}

CacheView cache_of(std::uint64_t argument) {
    CacheView caches[caches_max];
    unsigned count = read_caches(caches);
    std::uint64_t index = argument >> cache_shift;
    return index < count ? caches[index] : CacheView{};
}
void cache_level(Text& text, std::uint64_t cache) {
    text.decimal(cache_of(cache).level).add('\n');
}
void cache_type(Text& text, std::uint64_t cache) {
    text.add(cache_of(cache).type).add('\n');
}
void cache_size(Text& text, std::uint64_t cache) {
    text.decimal(cache_of(cache).bytes / 1024).add("K\n");
}
void cache_line(Text& text, std::uint64_t cache) {
    text.decimal(cache_of(cache).line_bytes).add('\n');
}
void cache_ways(Text& text, std::uint64_t cache) {
    text.decimal(cache_of(cache).ways).add('\n');
}
void cache_sets(Text& text, std::uint64_t cache) {
    text.decimal(cache_of(cache).sets).add('\n');
}
void cache_list(Text& text, std::uint64_t cache) {
    one_processor_list(text, cache & ((1u << cache_shift) - 1));
}
void cache_mask(Text& text, std::uint64_t cache) {
    one_processor_mask(text, cache & ((1u << cache_shift) - 1));
}

void node_memory(Text& text, std::uint64_t) {
    FrameStatistics statistics = frames().statistics();
    text.add("Node 0 MemTotal:       ").decimal(statistics.total * page_bytes / 1024).add(" kB\n");
    text.add("Node 0 MemFree:        ").decimal(statistics.free * page_bytes / 1024).add(" kB\n");
}
void free_huge_pages(Text& text, std::uint64_t) {
    text.decimal(frames().statistics().free / frames_per_large).add('\n');
}
void huge_pages(Text& text, std::uint64_t) {
    text.decimal(frames().statistics().total / frames_per_large).add('\n');
}
void transparent(Text& text, std::uint64_t) {
    text.add("[always] madvise never\n");
}

using Directory = Ref<TreeDirectory>;
Directory directory() {
    return make<TreeDirectory>(kind);
}

// Remembers whether everything fitted, so that a tree can be written down line by line.
struct Builder {
    bool complete = true;
    void file(const Directory& in, std::string_view name, TextMaker maker, std::uint64_t argument = 0) {
        complete = complete && in && in->add(name, text_file(kind, maker, argument));
    }
    void lazy(const Directory& in, std::string_view name, TreeDirectory::Maker maker, std::uint64_t argument = 0) {
        complete = complete && in && in->add_lazy(name, maker, argument);
    }
    Directory sub(const Directory& in, std::string_view name) {
        Directory made = directory();
        complete = complete && in && made && in->add(name, Ref<Node>(made));
        return made;
    }
    Ref<Node> result(const Directory& made) const { return complete ? Ref<Node>(made) : Ref<Node>(); }
};

Ref<Node> make_topology(std::uint64_t processor) {
    Builder build;
    Directory made = directory();
    build.file(made, "core_id", number, processor);
    build.file(made, "physical_package_id", zero);
    build.file(made, "die_id", zero);
    for (std::string_view name : {"thread_siblings_list", "core_cpus_list"})
        build.file(made, name, one_processor_list, processor);
    for (std::string_view name : {"thread_siblings", "core_cpus"})
        build.file(made, name, one_processor_mask, processor);
    for (std::string_view name : {"core_siblings_list", "package_cpus_list", "die_cpus_list"})
        build.file(made, name, all_list);
    for (std::string_view name : {"core_siblings", "package_cpus", "die_cpus"})
        build.file(made, name, all_mask);
    return build.result(made);
}

Ref<Node> make_caches(std::uint64_t processor) {
    Builder build;
    Directory made = directory();
    CacheView caches[caches_max];
    for (std::uint64_t i = 0, count = read_caches(caches); i < count; ++i) {
        std::uint64_t argument = processor | (i << cache_shift);
        Text name("index");
        name.decimal(i);
        Directory cache = build.sub(made, name.view());
        build.file(cache, "level", cache_level, argument);
        build.file(cache, "type", cache_type, argument);
        build.file(cache, "size", cache_size, argument);
        build.file(cache, "coherency_line_size", cache_line, argument);
        build.file(cache, "ways_of_associativity", cache_ways, argument);
        build.file(cache, "number_of_sets", cache_sets, argument);
        build.file(cache, "shared_cpu_list", cache_list, argument);
        build.file(cache, "shared_cpu_map", cache_mask, argument);
    }
    return build.result(made);
}

Ref<Node> make_processor(std::uint64_t processor) {
    Builder build;
    Directory made = directory();
    build.lazy(made, "topology", make_topology, processor);
    build.lazy(made, "cache", make_caches, processor);
    return build.result(made);
}

Ref<Node> make_processors(std::uint64_t) {
    Builder build;
    Directory made = directory();
    for (std::string_view name : {"online", "possible", "present"})
        build.file(made, name, online);
    build.file(made, "offline", offline);
    build.file(made, "kernel_max", kernel_max);
    for (std::uint64_t i = 0; i < scheduler().vcore_count(); ++i) {
        Text name("cpu");
        name.decimal(i);
        build.lazy(made, name.view(), make_processor, i);
    }
    return build.result(made);
}

Ref<Node> make_nodes(std::uint64_t) {
    Builder build;
    Directory made = directory();
    for (std::string_view name : {"online", "possible", "has_cpu", "has_memory", "has_normal_memory"})
        build.file(made, name, zero);
    Directory node = build.sub(made, "node0");
    build.file(node, "cpulist", all_list);
    build.file(node, "cpumap", all_mask);
    build.file(node, "meminfo", node_memory);
    build.file(node, "distance", number, 10);
    return build.result(made);
}

Ref<Node> make_memory(std::uint64_t) {
    Builder build;
    Directory made = directory();
    Directory huge = build.sub(build.sub(made, "hugepages"), "hugepages-2048kB");
    build.file(huge, "nr_hugepages", huge_pages);
    build.file(huge, "free_hugepages", free_huge_pages);
    build.file(huge, "resv_hugepages", zero);
    build.file(huge, "surplus_hugepages", zero);
    Directory thp = build.sub(made, "transparent_hugepage");
    build.file(thp, "enabled", transparent);
    build.file(thp, "hpage_pmd_size", number, large_page_bytes);
    return build.result(made);
}

} // namespace

Ref<Node> make_sys_tree(std::uint64_t) {
    Builder build;
    Directory root = directory();
    Directory system = build.sub(build.sub(root, "devices"), "system");
    build.lazy(system, "cpu", make_processors);
    build.lazy(system, "node", make_nodes);
    build.lazy(build.sub(root, "kernel"), "mm", make_memory);
    return build.result(root);
}

} // namespace exo::hpc
