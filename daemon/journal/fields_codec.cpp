#include "journal/fields_codec.hpp"

#include <bit>
#include <cstring>
#include <optional>

namespace haul::journal {
namespace {

// A field is its key, a byte that tells the type (the variant's index: append types, never reorder them) and
// the value. Numbers are LEB128, texts their length and bytes, containers their count and elements.

class Writer {
public:
    void number(std::uint64_t value) {
        while (value >= 0x80) {
            bytes_.push_back(static_cast<char>(value | 0x80));
            value >>= 7;
        }
        bytes_.push_back(static_cast<char>(value));
    }
    void text(std::string_view value) {
        number(value.size());
        bytes_ += value;
    }
    void value(bool flag) { number(flag ? 1 : 0); }
    void value(std::uint16_t value) { number(value); }
    void value(std::uint32_t value) { number(value); }
    void value(std::uint64_t value) { number(value); }
    void value(std::int64_t value) { number(static_cast<std::uint64_t>(value)); }
    void value(double value) { number(std::bit_cast<std::uint64_t>(value)); }
    void value(const std::string& value) { text(value); }
    void value(const std::vector<std::string>& values) {
        number(values.size());
        for (const auto& value : values) text(value);
    }
    void value(const std::vector<std::uint64_t>& values) {
        number(values.size());
        for (auto value : values) number(value);
    }
    void value(const FormParts& parts) {
        number(parts.size());
        for (const auto& part : parts) value(part);
    }
    void value(const std::map<std::string, std::string>& values) {
        number(values.size());
        for (const auto& [key, value] : values) {
            text(key);
            text(value);
        }
    }
    void value(const Blob& blob) {
        number(blob.size());
        bytes_.append(blob.begin(), blob.end());
    }
    std::string take() { return std::move(bytes_); }

private:
    std::string bytes_;
};

class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    bool at_end() const { return bytes_.empty() || broken_; }
    bool is_broken() const { return broken_; }

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
            auto byte = static_cast<unsigned char>(bytes_.front());
            bytes_.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
            if (byte < 0x80) return value;
        }
        broken_ = true;
        return 0;
    }
    std::string text() {
        auto size = number();
        if (size > bytes_.size()) broken_ = true;
        if (broken_) return {};
        std::string value{bytes_.substr(0, size)};
        bytes_.remove_prefix(size);
        return value;
    }
    std::optional<Value> value(std::uint64_t type) {
        switch (type) {
            case 0:
                return number() != 0;
            case 1:
                return static_cast<std::uint16_t>(number());
            case 2:
                return static_cast<std::uint32_t>(number());
            case 3:
                return number();
            case 4:
                return static_cast<std::int64_t>(number());
            case 5:
                return std::bit_cast<double>(number());
            case 6:
                return text();
            case 7: {
                std::vector<std::string> values;
                for (auto left = number(); left > 0 && !broken_; --left) values.push_back(text());
                return values;
            }
            case 8:
                return map();
            case 9: {
                auto bytes = text();
                return Blob{bytes.begin(), bytes.end()};
            }
            case 10: {
                FormParts parts;
                for (auto left = number(); left > 0 && !broken_; --left) parts.push_back(map());
                return parts;
            }
            case 11: {
                std::vector<std::uint64_t> values;
                for (auto left = number(); left > 0 && !broken_; --left) values.push_back(number());
                return values;
            }
            default:
                return std::nullopt;
        }
    }

private:
    std::map<std::string, std::string> map() {
        std::map<std::string, std::string> values;
        for (auto left = number(); left > 0 && !broken_; --left) {
            auto key = text();
            values[key] = text();
        }
        return values;
    }

    std::string_view bytes_;
    bool broken_ = false;
};

}  // namespace

std::string encode(const Fields& fields) {
    Writer writer;
    for (const auto& field : fields) {
        writer.text(field.key);
        writer.number(field.value.index());
        std::visit([&](const auto& value) { writer.value(value); }, field.value);
    }
    return writer.take();
}

Fields decode(std::string_view bytes) {
    Fields fields;
    Reader reader{bytes};
    while (!reader.at_end()) {
        auto key = reader.text();
        auto value = reader.value(reader.number());
        if (reader.is_broken() || !value) break;
        fields.push_back({std::move(key), std::move(*value)});
    }
    return fields;
}

}  // namespace haul::journal
