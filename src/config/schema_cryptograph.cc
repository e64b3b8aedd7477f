#include "config/java_options.h"
#include "config/schema.h"

#include <array>

namespace helenus::config {
namespace {

constexpr int most_iterations = 1'000'000;  // a second or so of every start

/// The one that we know: with another nothing that is stored could be read.
auto only(std::string_view name) {
  return [name](reader& from, const YAML::Node& value) { from.one_of(value, std::array{name}); };
}

void read_algorithm(reader& from, const YAML::Node& value, crypto::hash& into) {
  constexpr std::array<std::string_view, 3> names{"PBKDF2WithHmacSHA512", "PBKDF2WithHmacSHA384",
                                                  "PBKDF2WithHmacSHA256"};
  constexpr std::array<crypto::hash, 3> values{crypto::hash::sha512, crypto::hash::sha384,
                                               crypto::hash::sha256};
  if (const auto index = from.one_of(value, names); index < values.size()) into = values[index];
}

void read_key_strength(reader& from, const YAML::Node& value, int& into) {
  constexpr std::array<std::string_view, 3> names{"128", "192", "256"};
  constexpr std::array<int, 3> values{128, 192, 256};
  if (const auto index = from.one_of(value, names); index < values.size()) into = values[index];
}

/// Neither a salt nor the name of a variable is empty.
void read_filled(reader& from, const YAML::Node& value, std::string& into) {
  std::string given;
  from.text(value, given);
  if (value.IsScalar() && given.empty()) return from.refuse(value, "a text is accepted");
  into = std::move(given);
}

}  // namespace

void read_cryptograph(reader& from, const YAML::Node& block, settings& into) {
  crypto::cryptograph_options made;
  const std::array keys{
      key{"type", only("symmetric")},
      key{"systemPropertySecret",
          [&](reader& inner, const YAML::Node& value) {
            read_filled(inner, value, made.secret_name);
          }},
      key{"salt",
          [&](reader& inner, const YAML::Node& value) { read_filled(inner, value, made.salt); }},
      key{"cipher", only("AES/CBC/PKCS5Padding")},
      key{"cipherType", only("AES")},
      key{"algorithm",
          [&](reader& inner, const YAML::Node& value) {
            read_algorithm(inner, value, made.algorithm);
          }},
      key{"iterationCount",
          [&](reader& inner, const YAML::Node& value) {
            inner.integer(value, 1, most_iterations, made.iterations);
          }},
      key{"keyStrength", [&](reader& inner, const YAML::Node& value) {
            read_key_strength(inner, value, made.key_bits);
          }}};
  from.block(block, keys);
  into.cryptograph = std::move(made);
}

void find_passphrase(const environment& variables, settings& into) {
  if (!into.cryptograph) return;
  auto& made = *into.cryptograph;
  const auto variable = variables(made.secret_name).value_or(std::string());
  const auto properties = java_properties(variables("JAVA_OPTS").value_or(std::string()));
  const auto property = properties.find(made.secret_name);
  if (!variable.empty()) {
    made.passphrase = base::secret(variable);
  } else if (property != properties.end()) {
    made.passphrase = base::secret(property->second);
  }
  if (!made.passphrase.empty()) return;
  into.warnings.push_back("cryptograph.systemPropertySecret names the environment variable " +
                          made.secret_name +
                          ", which is not set: credentials of clusters can neither be stored nor "
                          "read");
}

}  // namespace helenus::config
