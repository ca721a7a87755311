// See copy_value.hpp.
#include "libos-kv/command/copy_value.hpp"

#include "libos-kv/data/hash.hpp"
#include "libos-kv/data/list.hpp"
#include "libos-kv/data/set.hpp"
#include "libos-kv/data/sorted_set.hpp"

namespace exo::kv {

namespace {

Hash* copy_hash(const Hash& from) {
    if (from.is_packed())
        return make<Hash>(Listpack(from.pack().block()));
    Hash* to = make<Hash>();
    to->unpack();
    from.for_each([&](std::string_view field, std::string_view value) { to->set(field, value); });
    return to;
}

List* copy_list(const List& from) {
    List* to = make<List>();
    for (const List::Node* node = from.first_node(); node; node = node->next)
        to->append_node(Listpack(node->pack.block()));
    return to;
}

Set* copy_set(const Set& from) {
    Set* to = make<Set>();
    if (!from.is_numbers())
        to->unpack();
    from.for_each([&](std::string_view member) { to->insert(member); });
    return to;
}

SortedSet* copy_sorted_set(const SortedSet& from) {
    if (from.is_packed())
        return make<SortedSet>(Listpack(from.pack().block()));
    SortedSet* to = make<SortedSet>();
    to->unpack();
    from.for_each([&](std::string_view member, double score) { to->set(member, score); });
    return to;
}

} // namespace

Entry* copy_value(Entry& entry, std::string_view key) {
    Entry* copy = Entry::create(key, entry.type(), entry.form(), entry.expires, entry.inline_size);
    copy->idle = entry.idle;
    copy->edited = entry.edited;
    if (entry.expires)
        copy->set_expiry(entry.expiry());
    switch (entry.form()) {
    case Entry::Form::Number:
        copy->word() = entry.word();
        return copy;
    case Entry::Form::Inline:
        copy_bytes(copy->inline_place(), entry.inline_place(), entry.inline_size);
        return copy;
    case Entry::Form::Block:
        copy->word().block = SharedText::create(entry.word().block->view());
        return copy;
    case Entry::Form::Object:
        break;
    }
    switch (entry.type()) {
    case Type::String:
        break;
    case Type::List:
        copy->word().object = copy_list(entry.list());
        break;
    case Type::Set:
        copy->word().object = copy_set(entry.set());
        break;
    case Type::SortedSet:
        copy->word().object = copy_sorted_set(entry.sorted_set());
        break;
    case Type::Hash:
        copy->word().object = copy_hash(entry.hash());
        break;
    }
    return copy;
}

} // namespace exo::kv
